// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import io.linkspan.bridge.text.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * A SUBSCRIBE or UNSUBSCRIBE in place, read filter by filter with {@link #next()}. MQTT 5.0, 3.8 and 3.10.
 *
 * <p>A flyweight of its decoder: valid while it is being handled. Its options and the encoding of its filters have
 * been checked, the form of its filters has not.
 */
public final class SubscribePacket {

    /** Options: No Local. */
    public static final int NO_LOCAL = 0x04;
    /** Options: Retain As Published. */
    public static final int RETAIN_AS_PUBLISHED = 0x08;

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private boolean unsubscribe;
    private int packetId;
    private int subscriptionId;
    private int count;
    private int read;
    private int next;
    private int filterOffset;
    private int filterLength;
    private int options;

    void set(ByteBuf source, boolean isUnsubscribe, int id, int subscription, int index, int filters) {
        buffer = source;
        unsubscribe = isUnsubscribe;
        packetId = id;
        subscriptionId = subscription;
        next = index;
        count = filters;
        read = 0;
    }

    /** Goes to the next filter; false after the last. */
    public boolean next() {
        if (read == count) {
            return false;
        }
        read++;
        filterLength = buffer.getUnsignedShort(next);
        filterOffset = next + 2;
        next = filterOffset + filterLength;
        if (!unsubscribe) {
            options = buffer.getUnsignedByte(next++);
        }
        return true;
    }

    /** The packet identifier, 1 .. 65535. */
    public int packetId() {
        return packetId;
    }

    /** The subscription identifier, 1 .. 268435455; 0 if there is none. */
    public int subscriptionId() {
        return subscriptionId;
    }

    /** Filters in the packet, at least 1. */
    public int count() {
        return count;
    }

    /** The present filter. */
    public String filter() {
        return Utf8.decode(buffer, filterOffset, filterLength);
    }

    /** QoS asked for with the present filter, 0 .. 2. */
    public int qos() {
        return options & 3;
    }

    /** Whether the client's own messages are left out. */
    public boolean noLocal() {
        return (options & NO_LOCAL) != 0;
    }

    /** Whether RETAIN stays as the publisher set it. */
    public boolean retainAsPublished() {
        return (options & RETAIN_AS_PUBLISHED) != 0;
    }

    /** Retain Handling of the present filter, 0 .. 2. */
    public int retainHandling() {
        return options >> 4 & 3;
    }
}
