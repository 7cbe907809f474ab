// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A sequence of levels with wildcards, in normal form: {@code #.#} is {@code #}, {@code #.*} is {@code *.#}, so two
 * patterns that match the same addresses by these rules are equal. Routing MAT-01, MAT-07.
 *
 * @param levels literal levels and wildcards
 * @param syntax how texts are cut
 */
public record Pattern(List<Level> levels, PatternSyntax syntax) {

    /** States that {@link #contains} looks at before it gives up and says no. */
    public static final int MAX_CONTAINMENT_STATES = 10_000;

    /** One level. */
    public sealed interface Level {}

    /** A level that stands for itself. */
    public record Literal(String text) implements Level {}

    /** A level that stands for one level or for any number of them. */
    public enum Wildcard implements Level {
        /** Exactly one level. */
        ONE,
        /** Zero or more levels. */
        MANY
    }

    /** Reads a pattern. The empty pattern (no level) is possible only where empty ends are ignored. */
    public static Pattern parse(String text, PatternSyntax syntax) {
        List<Level> levels = new ArrayList<>();
        for (String level : syntax.levels(text)) {
            if (level.equals(syntax.one())) {
                levels.add(Wildcard.ONE);
            } else if (level.equals(syntax.many())) {
                levels.add(Wildcard.MANY);
            } else {
                levels.add(new Literal(level));
            }
        }
        return new Pattern(normal(levels), syntax);
    }

    public Pattern {
        levels = List.copyOf(levels);
    }

    /** In each run of wildcards, all ONEs first and at most one MANY. */
    private static List<Level> normal(List<Level> levels) {
        List<Level> normal = new ArrayList<>(levels.size());
        boolean many = false;
        for (Level level : levels) {
            if (level == Wildcard.MANY) {
                many = true;
                continue;
            }
            if (many && level instanceof Literal) {
                normal.add(Wildcard.MANY);
                many = false;
            }
            normal.add(level);
        }
        if (many) {
            normal.add(Wildcard.MANY);
        }
        return normal;
    }

    /** Whether some level is a wildcard. */
    public boolean hasWildcard() {
        return levels.stream().anyMatch(Wildcard.class::isInstance);
    }

    /** Whether the first level is a wildcard. */
    public boolean startsWithWildcard() {
        return !levels.isEmpty() && levels.get(0) instanceof Wildcard;
    }

    /** Whether this pattern matches an address. For single questions; many patterns are asked by a {@link PatternTrie}. */
    public boolean matches(String address) {
        List<String> texts = syntax.levels(address);
        Set<Integer> at = withManySkipped(Set.of(0));
        for (String text : texts) {
            at = step(at, text);
        }
        return at.contains(levels.size());
    }

    /**
     * Whether every address that {@code other} matches is matched by this pattern. Literal levels of {@code other} are
     * cut again by this pattern's separators; its wildcards count as this pattern's levels. Every address has a level.
     */
    public boolean contains(Pattern other) {
        List<Level> inner = new ArrayList<>();
        for (Level level : other.levels) {
            if (level instanceof Literal literal && !literal.text().isEmpty()) {
                syntax.levels(literal.text()).forEach(text -> inner.add(new Literal(text)));
            } else {
                inner.add(level);
            }
        }
        Pattern reader = new Pattern(inner, syntax);
        Set<String> alphabet = new HashSet<>();
        addLiterals(levels, alphabet);
        addLiterals(inner, alphabet);
        // Any level that is in neither pattern behaves alike; one that no text can spell stands for all of them.
        alphabet.add("\0other");

        record State(Set<Integer> outer, Set<Integer> inner) {}
        List<State> open = new ArrayList<>();
        Set<State> seen = new HashSet<>();
        State start = new State(withManySkipped(Set.of(0)), reader.withManySkipped(Set.of(0)));
        open.add(start);
        // The start stands for no level at all; when a level leads back to it, it is looked at like any other.
        boolean level = false;
        while (!open.isEmpty()) {
            State state = open.remove(open.size() - 1);
            if (level && state.inner.contains(inner.size()) && !state.outer.contains(levels.size())) {
                return false;
            }
            level = true;
            for (String text : alphabet) {
                Set<Integer> innerNext = reader.step(state.inner, text);
                if (innerNext.isEmpty()) {
                    continue;
                }
                State next = new State(step(state.outer, text), innerNext);
                if (seen.add(next)) {
                    if (seen.size() > MAX_CONTAINMENT_STATES) {
                        return false;
                    }
                    open.add(next);
                }
            }
        }
        return true;
    }

    private static void addLiterals(List<Level> levels, Set<String> alphabet) {
        for (Level level : levels) {
            if (level instanceof Literal literal) {
                alphabet.add(literal.text());
            }
        }
    }

    /** The positions reachable by one more level of text, from positions that are all reachable at once. */
    private Set<Integer> step(Set<Integer> positions, String text) {
        Set<Integer> next = new HashSet<>();
        for (int position : positions) {
            if (position == levels.size()) {
                continue;
            }
            Level level = levels.get(position);
            if (level == Wildcard.MANY) {
                next.add(position);
            } else if (level == Wildcard.ONE || ((Literal) level).text().equals(text)) {
                next.add(position + 1);
            }
        }
        return withManySkipped(next);
    }

    private Set<Integer> withManySkipped(Set<Integer> positions) {
        Set<Integer> all = new HashSet<>(positions);
        for (int position : positions) {
            int p = position;
            while (p < levels.size() && levels.get(p) == Wildcard.MANY) {
                all.add(++p);
            }
        }
        return all;
    }

    /** The pattern as a text, with the first separator of its syntax. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < levels.size(); i++) {
            if (i > 0) {
                text.append(syntax.separators().charAt(0));
            }
            Level level = levels.get(i);
            if (level instanceof Literal literal) {
                text.append(literal.text());
            } else {
                text.append(level == Wildcard.ONE ? syntax.one() : syntax.many());
            }
        }
        return text.toString();
    }
}
