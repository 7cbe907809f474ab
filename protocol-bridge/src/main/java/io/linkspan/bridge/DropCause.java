// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge;

/** Why a message, or a part of one, did not go further. */
public enum DropCause {
    /** QoS 0 for a client whose socket takes no more (MQ-4-9). */
    QOS_0_OVERFLOW,
    /** Larger than the client's Maximum Packet Size (MQ-2-7). */
    TOO_LARGE,
    /** Its time was over before it was sent. */
    EXPIRED,
    /** Its address is no topic (MQ-1-17). */
    UNMAPPABLE,
    /** Its AMQP sections cannot be read. */
    UNREADABLE,
    /** QoS 0 on a topic that clients may not publish to (MQ-1-19). */
    REFUSED_TOPIC,
    /** QoS 0 with a payload that is not what it says (MQ-6-27). */
    PAYLOAD_FORMAT,
    /** A user property that no MQTT peer may get (MQ-2-6). */
    USER_PROPERTY
}
