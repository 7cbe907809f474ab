// SPDX-License-Identifier: Apache-2.0
/**
 * The MQTT side of the router. Start with MqttEngine.
 */
@NullMarked
package io.linkspan.bridge;

import org.jspecify.annotations.NullMarked;
