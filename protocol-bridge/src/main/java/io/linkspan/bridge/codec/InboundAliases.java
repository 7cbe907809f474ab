// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import io.linkspan.bridge.topic.Topic;
import org.jspecify.annotations.Nullable;

/**
 * The topic aliases a client has set on its connection. MQTT 5.0, 3.3.2.3.4.
 *
 * <p>Memory follows the aliases in use: an open-addressing table, and at most {@link #MAX_NAME_BYTES} of topic names.
 * Confined to the connection's loop.
 */
final class InboundAliases {

    /** Bytes of all topic names together; above it 0x97. */
    static final int MAX_NAME_BYTES = 1 << 20;

    private static final int FIRST_SIZE = 16;

    private char[] aliases = new char[0];
    private @Nullable Topic[] topics = new @Nullable Topic[0];
    private int count;
    private long nameBytes;

    @Nullable
    Topic get(int alias) {
        if (count == 0) {
            return null;
        }
        return topics[slot(alias)];
    }

    void set(int alias, Topic topic) {
        if (2 * (count + 1) > aliases.length) {
            grow();
        }
        int slot = slot(alias);
        Topic old = topics[slot];
        if (old == topic) {
            return;
        }
        long bytes = nameBytes + topic.byteLength() - (old == null ? 0 : old.byteLength());
        if (bytes > MAX_NAME_BYTES) {
            throw ViolationException.of(
                    ReasonCode.QUOTA_EXCEEDED,
                    "The topic names behind aliases have " + bytes + " bytes, more than " + MAX_NAME_BYTES);
        }
        nameBytes = bytes;
        if (old == null) {
            count++;
        }
        aliases[slot] = (char) alias;
        topics[slot] = topic;
    }

    private int slot(int alias) {
        int mask = aliases.length - 1;
        int slot = alias * 0x9e37 & mask;
        while (topics[slot] != null && aliases[slot] != alias) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        char[] oldAliases = aliases;
        @Nullable Topic[] oldTopics = topics;
        int size = Math.max(FIRST_SIZE, aliases.length * 2);
        aliases = new char[size];
        topics = new @Nullable Topic[size];
        for (int i = 0; i < oldAliases.length; i++) {
            if (oldTopics[i] != null) {
                int slot = slot(oldAliases[i]);
                aliases[slot] = oldAliases[i];
                topics[slot] = oldTopics[i];
            }
        }
    }
}
