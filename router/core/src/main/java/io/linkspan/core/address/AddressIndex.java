// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Addresses by their levels, for the question which of them a new pattern matches: the mirror of {@link PatternTrie}.
 *
 * <p>Holds addresses that wait for a destination, so that their senders wake when a pattern appears. A pattern without
 * wildcards costs its levels; each wildcard costs the branches it opens. Confined to the core's loop.
 */
final class AddressIndex {

    private static final class Node {
        private final @Nullable Node parent;
        private final String level;
        private final Map<String, Node> children = new HashMap<>(2);
        private @Nullable List<Address> addresses;

        Node(@Nullable Node parent, String level) {
            this.parent = parent;
            this.level = level;
        }
    }

    private record Place(Node node, int position) {}

    private final PatternSyntax syntax;
    private final Node root = new Node(null, "");
    private int size;

    AddressIndex(PatternSyntax syntax) {
        this.syntax = syntax;
    }

    int size() {
        return size;
    }

    void add(Address address) {
        Node node = root;
        for (String level : syntax.levels(address.key().text())) {
            Node at = node;
            node = node.children.computeIfAbsent(level, text -> new Node(at, text));
        }
        // Texts that differ only in which separator they use share a node.
        if (node.addresses == null) {
            node.addresses = new ArrayList<>(1);
        }
        if (!node.addresses.contains(address)) {
            node.addresses.add(address);
            size++;
        }
    }

    void remove(Address address) {
        Node node = root;
        for (String level : syntax.levels(address.key().text())) {
            node = node.children.get(level);
            if (node == null) {
                return;
            }
        }
        if (node.addresses == null || !node.addresses.remove(address)) {
            return;
        }
        size--;
        if (node.addresses.isEmpty()) {
            node.addresses = null;
        }
        while (node.parent != null && node.addresses == null && node.children.isEmpty()) {
            node.parent.children.remove(node.level);
            node = node.parent;
        }
    }

    /** The addresses a pattern of the same syntax matches. */
    List<Address> matching(Pattern pattern) {
        List<Address> found = new ArrayList<>();
        if (size == 0) {
            return found;
        }
        List<Pattern.Level> levels = pattern.levels();
        Deque<Place> open = new ArrayDeque<>();
        HashSet<Place> seen = new HashSet<>();
        open.push(new Place(root, 0));
        while (!open.isEmpty()) {
            Place place = open.pop();
            if (!seen.add(place)) {
                continue;
            }
            Node node = place.node();
            int position = place.position();
            if (position == levels.size()) {
                if (node.addresses != null) {
                    found.addAll(node.addresses);
                }
                continue;
            }
            Pattern.Level level = levels.get(position);
            if (level instanceof Pattern.Literal literal) {
                Node child = node.children.get(literal.text());
                if (child != null) {
                    open.push(new Place(child, position + 1));
                }
            } else {
                boolean many = level == Pattern.Wildcard.MANY;
                if (many) {
                    open.push(new Place(node, position + 1));
                }
                for (Node child : node.children.values()) {
                    open.push(new Place(child, many ? position : position + 1));
                }
            }
        }
        return found;
    }
}
