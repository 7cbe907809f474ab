// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import io.linkspan.core.mesh.RouterNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What each other router has told about its receivers, plain keys and private ones together: it keeps the plain key of an
 * address that has topic receivers only out of the table, since it is there for routers that know nothing else, and bounds
 * what one router may tell. Confined to the core's loop.
 */
public final class TopicDirectory {

    /** Private keys of one router; what it announces beyond is ignored. */
    public static final int MAX_KEYS_PER_ROUTER = 100_000;

    /** Different separators and wildcards in the patterns of all other routers. */
    public static final int MAX_SYNTAXES = 16;

    private static final class Told {
        private final Set<String> keys = new HashSet<>();

        /** Addresses that have topic receivers only, and whether their plain key is there. */
        private final Map<AddressKey, Boolean> onlyTopics = new HashMap<>();
    }

    private final AddressTable table;
    private final int maxKeys;
    private final Map<RouterNode, Told> told = new HashMap<>();
    private final Map<PatternSyntax, Integer> syntaxes = new HashMap<>();

    /**
     * Of a router that has heard nothing yet.
     *
     * @param maxKeys private keys of one router, by default {@link #MAX_KEYS_PER_ROUTER}
     */
    public TopicDirectory(AddressTable table, int maxKeys) {
        this.table = table;
        this.maxKeys = maxKeys;
    }

    /** Whether a key is a private one: for {@link #added(RouterNode, String)}. */
    public static boolean isPrivate(String key) {
        return TopicKey.isPrivate(key);
    }

    /** Private keys of one router that are known. */
    public int keyCount(RouterNode node) {
        Told of = told.get(node);
        return of == null ? 0 : of.keys.size();
    }

    /**
     * A router announces a private key.
     *
     * @return null, or why the key is ignored
     */
    public @Nullable String added(RouterNode node, String key) {
        TopicKey topic = TopicKey.parse(key);
        if (topic == null) {
            return "it is not understood";
        }
        Told of = told.computeIfAbsent(node, n -> new Told());
        if (of.keys.size() >= maxKeys) {
            return "it is one more than " + maxKeys + " topics and filters";
        }
        Pattern pattern = topic.pattern();
        if (pattern != null && !syntaxes.containsKey(pattern.syntax()) && syntaxes.size() >= MAX_SYNTAXES) {
            return "its separator and wildcards are one more than " + MAX_SYNTAXES + " kinds";
        }
        if (!of.keys.add(key)) {
            return null;
        }
        AddressKey address = topic.address();
        if (pattern != null) {
            syntaxes.merge(pattern.syntax(), 1, Integer::sum);
        }
        if (topic.kind() != TopicKey.Kind.ONLY_TOPICS) {
            table.addAway(topic, node);
        } else if (address != null) {
            of.onlyTopics.put(address, table.removeRemote(address, node));
        }
        return null;
    }

    /** The reverse of {@link #added(RouterNode, String)}; nothing for a key that was ignored. */
    public void removed(RouterNode node, String key) {
        Told of = told.get(node);
        TopicKey topic = of != null && of.keys.remove(key) ? TopicKey.parse(key) : null;
        if (of == null || topic == null) {
            return;
        }
        AddressKey address = topic.address();
        Pattern pattern = topic.pattern();
        if (pattern != null) {
            syntaxes.computeIfPresent(pattern.syntax(), (syntax, count) -> count == 1 ? null : count - 1);
        }
        if (topic.kind() != TopicKey.Kind.ONLY_TOPICS) {
            table.removeAway(topic, node);
        } else if (address != null && Boolean.TRUE.equals(of.onlyTopics.remove(address))) {
            table.addRemote(address, node, null);
        }
        if (of.keys.isEmpty()) {
            told.remove(node);
        }
    }

    /** A router announces an address, as {@link AddressTable#addRemote}. */
    public void added(RouterNode node, AddressKey address, @Nullable Distribution hint) {
        Told of = told.get(node);
        if (of == null || of.onlyTopics.replace(address, true) == null) {
            table.addRemote(address, node, hint);
        }
    }

    /** A router has an address no longer. */
    public void removed(RouterNode node, AddressKey address) {
        Told of = told.get(node);
        if (of == null || of.onlyTopics.replace(address, false) == null) {
            table.removeRemote(address, node);
        }
    }
}
