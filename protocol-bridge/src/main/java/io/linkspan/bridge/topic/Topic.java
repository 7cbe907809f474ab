// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.topic;

import io.linkspan.core.address.Route;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A topic name that has been checked, with what was worked out for it once: its bytes, its address and its levels.
 * Immutable apart from the slots the engine keeps its own findings in. Confined to the loop of its {@link TopicCache}.
 */
public final class Topic {

    /** How many templates are kept: for QoS 0, 1 and 2, each without and with RETAIN. */
    public static final int TEMPLATES = 6;

    private static final byte[] @Nullable [] NO_TEMPLATES = new byte[TEMPLATES] @Nullable [];

    private final byte[] bytes;
    private final int hash;
    private final String name;
    private final String address;
    private final int levelCount;
    private @Nullable Route route;
    private long routeGeneration;
    private byte[] @Nullable [] templates = NO_TEMPLATES;

    Topic(byte[] bytes, int hash, String name, String address, int levelCount) {
        this.bytes = bytes;
        this.hash = hash;
        this.name = name;
        this.address = address;
        this.levelCount = levelCount;
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** The address it is for the core. */
    public String address() {
        return address;
    }

    /** Levels of the name. */
    public int levelCount() {
        return levelCount;
    }

    /** Length of the name in bytes of UTF-8, 1 .. 65535. */
    public int byteLength() {
        return bytes.length;
    }

    /** Writes the name with its two bytes of length. */
    public void writeTo(ByteBuf out) {
        out.writeShort(bytes.length).writeBytes(bytes);
    }

    /** The way of publishes on this topic through the core, as it was found at {@link #routeGeneration}; or null. */
    public @Nullable Route route() {
        return route;
    }

    /** When the route was found. */
    public long routeGeneration() {
        return routeGeneration;
    }

    /** Keeps the route that was found. */
    public void keepRoute(Route found, long generation) {
        route = found;
        routeGeneration = generation;
    }

    /** What was written before for a message on this topic, or null. The array is not to be changed. */
    public byte @Nullable [] template(int index) {
        return templates[index];
    }

    /** Keeps what was written for a message on this topic. */
    public void keepTemplate(int index, byte[] bytes) {
        if (templates == NO_TEMPLATES) {
            templates = new byte[TEMPLATES] @Nullable [];
        }
        templates[index] = bytes;
    }

    int hash() {
        return hash;
    }

    boolean hasBytes(ByteBuf buffer, int offset, int length) {
        if (length != bytes.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[i] != buffer.getByte(offset + i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return name;
    }
}
