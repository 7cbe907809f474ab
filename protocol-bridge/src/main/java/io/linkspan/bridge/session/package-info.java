// SPDX-License-Identifier: Apache-2.0
/**
 * The MQTT engine: one object per connection, bytes in, bytes out, the core above. Start with
 * {@link io.linkspan.bridge.session.MqttEngine}.
 */
@NullMarked
package io.linkspan.bridge.session;

import org.jspecify.annotations.NullMarked;
