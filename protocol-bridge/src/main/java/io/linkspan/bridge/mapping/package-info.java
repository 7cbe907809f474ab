// SPDX-License-Identifier: Apache-2.0
/**
 * What an MQTT message is in AMQP and an AMQP message in MQTT, section by section. Start with
 * {@link io.linkspan.bridge.mapping.AmqpWriter} and {@link io.linkspan.bridge.mapping.AmqpReader}.
 */
@NullMarked
package io.linkspan.bridge.mapping;

import org.jspecify.annotations.NullMarked;
