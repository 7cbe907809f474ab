// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

/** A place where properties come: the packets of a client, and the will within CONNECT. */
public enum PropertyContext {
    /** Properties of CONNECT itself. */
    CONNECT(1),
    /** Properties of the will within CONNECT. */
    WILL(2),
    /** Properties of PUBLISH. */
    PUBLISH(4),
    /** Properties of PUBACK. */
    PUBACK(8),
    /** Properties of PUBREC. */
    PUBREC(16),
    /** Properties of PUBREL. */
    PUBREL(32),
    /** Properties of PUBCOMP. */
    PUBCOMP(64),
    /** Properties of SUBSCRIBE. */
    SUBSCRIBE(128),
    /** Properties of UNSUBSCRIBE. */
    UNSUBSCRIBE(256),
    /** Properties of DISCONNECT. */
    DISCONNECT(512),
    /** Properties of AUTH. */
    AUTH(1024);

    private final int bit;

    PropertyContext(int bit) {
        this.bit = bit;
    }

    int bit() {
        return bit;
    }
}
