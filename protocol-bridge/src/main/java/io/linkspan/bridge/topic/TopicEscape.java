// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.topic;

/** How characters that mean something else on the other side are written (MQ-1-11..13). */
public enum TopicEscape {
    /** {@code %XX} inside levels; a topic and its address determine each other. The default. */
    PERCENT,
    /** Not at all: byte for byte what other brokers do; different topics may share an address. */
    NONE,
    /** A dot is written {@code ___}; different topics may share an address. */
    UNDERSCORE,
    /** Topic and address are the same text wherever a router lets an address stand as it is. */
    IDENTITY
}
