// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.topic;

import io.linkspan.bridge.text.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Topics by the bytes of their names, so that a publish neither decodes nor checks a name that was seen before.
 *
 * <p>One cache serves all connections of a loop that share a {@link TopicMapping}. It holds at most
 * {@link #MAX_TOPICS} topics of at most {@link #MAX_CACHED_BYTES} bytes; when it is full a new topic takes the place
 * of another one of its set. A longer name is worked out each time it comes. Confined to that loop.
 */
public final class TopicCache {

    /** Topics held at most. */
    public static final int MAX_TOPICS = 8_192;

    /** Bytes of the longest name that is held. */
    public static final int MAX_CACHED_BYTES = 512;

    private static final int FIRST_SIZE = 64;
    /** A topic is in one of this many neighbouring slots. */
    private static final int WAYS = 4;

    private final TopicMapping mapping;
    private final int maxTopicLevels;
    private final boolean strictUtf8;
    private @Nullable Topic[] slots = new @Nullable Topic[FIRST_SIZE];
    private int count;
    private int victim;

    /**
     * A cache.
     *
     * @param mapping from topics to addresses
     * @param maxTopicLevels levels above which a name is refused
     * @param strictUtf8 whether control characters and non-characters are refused
     */
    public TopicCache(TopicMapping mapping, int maxTopicLevels, boolean strictUtf8) {
        this.mapping = mapping;
        this.maxTopicLevels = maxTopicLevels;
        this.strictUtf8 = strictUtf8;
    }

    /** The mapping its topics' addresses come from. */
    public TopicMapping mapping() {
        return mapping;
    }

    /** Topics held now, 0 .. {@link #MAX_TOPICS}. */
    public int size() {
        return count;
    }

    /** The topic with this name, or null if the bytes are not one; {@link #problem} then says why. */
    public @Nullable Topic find(ByteBuf buffer, int offset, int length) {
        int hash = hash(buffer, offset, length);
        int set = hash & slots.length - WAYS;
        for (int i = set; i < set + WAYS; i++) {
            Topic topic = slots[i];
            if (topic != null && topic.hash() == hash && topic.hasBytes(buffer, offset, length)) {
                return topic;
            }
        }
        if (problem(buffer, offset, length) != null) {
            return null;
        }
        byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return add(bytes, hash, Utf8.decode(buffer, offset, length));
    }

    /** Why the bytes are not a topic name that is served, or null if they are. */
    public @Nullable TopicProblem problem(ByteBuf buffer, int offset, int length) {
        return TopicProblem.of(buffer, offset, length, strictUtf8, maxTopicLevels);
    }

    /**
     * The topic of a name that {@link TopicMapping#toTopic} made. It may be one that a client could not publish to; it
     * is not held then.
     */
    public Topic of(String name) {
        byte[] bytes = Utf8.encode(name);
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        Topic topic = find(buffer, 0, bytes.length);
        return topic != null ? topic : create(bytes, hash(buffer, 0, bytes.length), name);
    }

    private Topic add(byte[] bytes, int hash, String name) {
        Topic topic = create(bytes, hash, name);
        if (bytes.length <= MAX_CACHED_BYTES) {
            if (count >= slots.length / 2 && slots.length < MAX_TOPICS) {
                grow();
            }
            place(topic);
        }
        return topic;
    }

    private Topic create(byte[] bytes, int hash, String name) {
        int levels = 1 + (int) name.chars().filter(c -> c == '/').count();
        return new Topic(bytes, hash, name, mapping.toAddress(name), levels);
    }

    private void place(Topic topic) {
        int set = topic.hash() & slots.length - WAYS;
        for (int i = set; i < set + WAYS; i++) {
            if (slots[i] == null) {
                slots[i] = topic;
                count++;
                return;
            }
        }
        slots[set + (victim++ & WAYS - 1)] = topic;
    }

    private void grow() {
        @Nullable Topic[] old = slots;
        slots = new @Nullable Topic[old.length * 2];
        count = 0;
        Arrays.stream(old).forEach(topic -> {
            if (topic != null) {
                place(topic);
            }
        });
    }

    private static int hash(ByteBuf buffer, int offset, int length) {
        int hash = length;
        int i = offset;
        int end = offset + length;
        for (; i + 8 <= end; i += 8) {
            long eight = buffer.getLong(i);
            hash = hash * 31 + (int) (eight ^ eight >>> 32);
        }
        for (; i < end; i++) {
            hash = hash * 31 + buffer.getByte(i);
        }
        hash *= 0x9e3779b1;
        return hash ^ hash >>> 15;
    }
}
