// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import io.linkspan.bridge.topic.Topic;

/**
 * The will in a CONNECT. MQTT 5.0, 3.1.3.2.
 *
 * @param topic where it goes
 * @param qos 0 .. 2
 * @param retain whether it is to be retained
 * @param delaySeconds how long it waits, 0 .. 4294967295
 * @param properties the will's properties as they came, without their length and without the delay; empty before MQTT
 *     5.0
 * @param payload the message
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes that are written to the wire, never compared as a record.
public record WillPacket(Topic topic, int qos, boolean retain, long delaySeconds, byte[] properties, byte[] payload) {}
