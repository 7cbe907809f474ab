// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.topic;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Topics by address, for messages that come from elsewhere: also which addresses have none. Holds at most
 * {@link #MAX_ADDRESSES}, the least recently used one goes first. Confined to the loop of its {@link TopicCache}.
 */
public final class AddressTopics {

    /** Addresses held at most. */
    public static final int MAX_ADDRESSES = 8_192;

    private final TopicCache topics;
    private final Map<String, Optional<Topic>> byAddress = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Optional<Topic>> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    /** Topics of a cache's mapping. */
    public AddressTopics(TopicCache topics) {
        this.topics = topics;
    }

    /** The topic of an address, or null if it has none (MQ-1-17). */
    public @Nullable Topic find(String address) {
        Optional<Topic> known = byAddress.get(address);
        if (known == null) {
            known = Optional.ofNullable(topics.mapping().toTopic(address)).map(topics::of);
            byAddress.put(address, known);
        }
        return known.orElse(null);
    }

    /** Addresses held now. */
    public int size() {
        return byAddress.size();
    }
}
