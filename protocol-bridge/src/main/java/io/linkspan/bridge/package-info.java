// SPDX-License-Identifier: Apache-2.0
/**
 * The MQTT side of the router: what the rest of the program gives it and gets from it. Start with
 * {@link io.linkspan.bridge.MqttSettings}; the engine is {@code io.linkspan.bridge.session.MqttEngine}.
 */
@NullMarked
package io.linkspan.bridge;

import org.jspecify.annotations.NullMarked;
