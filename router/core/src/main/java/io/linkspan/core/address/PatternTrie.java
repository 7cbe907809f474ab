// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Patterns of one syntax, each with a value.
 *
 * <p>A node is a position in patterns; its edges are literal levels, ONE and MANY. Matching walks the levels of the
 * address once with the set of nodes that are reachable, so its cost depends on levels and on partial matches, not on
 * the number of patterns. Nothing recurses by the length of an address. Confined to the core's loop.
 *
 * @param <V> the value of a pattern
 */
public final class PatternTrie<V> {

    private static final class Node<V> {
        private final @Nullable Node<V> parent;
        private final Pattern.@Nullable Level edge;
        private @Nullable Map<String, Node<V>> literals;
        private @Nullable Node<V> one;
        private @Nullable Node<V> many;
        private @Nullable V value;
        private long stamp;

        Node(@Nullable Node<V> parent, Pattern.@Nullable Level edge) {
            this.parent = parent;
            this.edge = edge;
        }

        @Nullable
        Node<V> child(Pattern.Level level) {
            if (level instanceof Pattern.Literal literal) {
                return literals == null ? null : literals.get(literal.text());
            }
            return level == Pattern.Wildcard.ONE ? one : many;
        }

        void setChild(Pattern.Level level, @Nullable Node<V> child) {
            if (level == Pattern.Wildcard.ONE) {
                one = child;
            } else if (level == Pattern.Wildcard.MANY) {
                many = child;
            } else if (level instanceof Pattern.Literal literal) {
                if (child != null) {
                    if (literals == null) {
                        literals = new HashMap<>(4);
                    }
                    literals.put(literal.text(), child);
                } else if (literals != null) {
                    literals.remove(literal.text());
                    if (literals.isEmpty()) {
                        literals = null;
                    }
                }
            }
        }

        boolean hasChildren() {
            return literals != null || one != null || many != null;
        }
    }

    private final Node<V> root = new Node<>(null, null);
    private int size;
    private long stamp;
    private long visited;

    /** How many patterns have a value. */
    public int size() {
        return size;
    }

    /** Positions in patterns that {@link #matchAll} has looked at so far: its work, apart from the levels. */
    long visited() {
        return visited;
    }

    /** The value of exactly this pattern, or null. */
    public @Nullable V get(Pattern pattern) {
        Node<V> node = root;
        for (Pattern.Level level : pattern.levels()) {
            node = node.child(level);
            if (node == null) {
                return null;
            }
        }
        return node.value;
    }

    /** Gives a pattern its value; the one it had comes back. */
    public @Nullable V put(Pattern pattern, V value) {
        Node<V> node = root;
        for (Pattern.Level level : pattern.levels()) {
            Node<V> child = node.child(level);
            if (child == null) {
                child = new Node<>(node, level);
                node.setChild(level, child);
            }
            node = child;
        }
        V before = node.value;
        node.value = value;
        if (before == null) {
            size++;
        }
        return before;
    }

    /** Takes a pattern out, with the nodes only it needed. */
    public @Nullable V remove(Pattern pattern) {
        Node<V> node = root;
        for (Pattern.Level level : pattern.levels()) {
            node = node.child(level);
            if (node == null) {
                return null;
            }
        }
        V value = node.value;
        if (value == null) {
            return null;
        }
        node.value = null;
        size--;
        while (node.parent != null && node.edge != null && node.value == null && !node.hasChildren()) {
            node.parent.setChild(node.edge, null);
            node = node.parent;
        }
        return value;
    }

    /** Gives the value of each pattern that matches the levels to {@code matches}, each once. */
    public void matchAll(List<String> levels, Consumer<V> matches) {
        if (size == 0) {
            return;
        }
        List<Node<V>> active = new ArrayList<>();
        List<Node<V>> next = new ArrayList<>();
        stamp += 2; // A gap, so that no node looks as though it had been active one level ago.
        reach(root, active, matches);
        for (String level : levels) {
            stamp++;
            for (Node<V> node : active) {
                if (node.edge == Pattern.Wildcard.MANY) {
                    stay(node, next);
                }
                if (node.literals != null) {
                    reach(node.literals.get(level), next, matches);
                }
                reach(node.one, next, matches);
            }
            List<Node<V>> spare = active;
            active = next;
            next = spare;
            next.clear();
        }
        for (Node<V> node : active) {
            if (node.value != null && node.edge != Pattern.Wildcard.MANY) {
                matches.accept(node.value);
            }
        }
    }

    /** Enters a node, and the MANY node below it, which needs no level. */
    private void reach(@Nullable Node<V> node, List<Node<V>> active, Consumer<V> matches) {
        if (node == null || node.stamp == stamp) {
            return;
        }
        node.stamp = stamp;
        visited++;
        active.add(node);
        Node<V> many = node.many;
        if (many != null && many.stamp != stamp) {
            // Whatever follows, a pattern that ends in MANY matches, as soon as its MANY is reached for the first time.
            boolean entered = many.stamp == stamp - 1;
            if (!entered && many.value != null) {
                matches.accept(many.value);
            }
            stay(many, active);
        }
    }

    private void stay(Node<V> many, List<Node<V>> next) {
        if (many.stamp != stamp) {
            many.stamp = stamp;
            visited++;
            next.add(many);
        }
    }

    /** The value of the best match by routing MAT-03 and MAT-04, or null. */
    public @Nullable V matchBest(List<String> levels) {
        return best(root, levels, 0, new IdentityHashMap<>());
    }

    /** Literal before ONE before MANY, with backtracking; recursion is as deep as the longest pattern. */
    private static <V> @Nullable V best(
            Node<V> node, List<String> levels, int at, Map<Node<V>, BitSet> failedBehindMany) {
        V found = null;
        if (at == levels.size()) {
            found = node.value;
        } else {
            Node<V> literal = node.literals == null ? null : node.literals.get(levels.get(at));
            if (literal != null) {
                found = best(literal, levels, at + 1, failedBehindMany);
            }
            if (found == null && node.one != null) {
                found = best(node.one, levels, at + 1, failedBehindMany);
            }
        }
        Node<V> many = node.many;
        if (found == null && many != null) {
            if (many.hasChildren()) {
                BitSet failed = failedBehindMany.computeIfAbsent(many, key -> new BitSet());
                for (int i = at; found == null && i <= levels.size(); i++) {
                    if (!failed.get(i)) {
                        failed.set(i);
                        found = behindMany(many, levels, i, failedBehindMany);
                    }
                }
            }
            if (found == null) {
                found = many.value;
            }
        }
        return found;
    }

    /** A longer pattern that goes on behind a MANY which has taken all levels before {@code at}. */
    private static <V> @Nullable V behindMany(
            Node<V> many, List<String> levels, int at, Map<Node<V>, BitSet> failedBehindMany) {
        if (at == levels.size()) {
            return null;
        }
        Node<V> literal = many.literals == null ? null : many.literals.get(levels.get(at));
        V found = literal == null ? null : best(literal, levels, at + 1, failedBehindMany);
        if (found == null && many.one != null) {
            found = best(many.one, levels, at + 1, failedBehindMany);
        }
        return found;
    }
}
