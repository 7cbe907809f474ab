// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PatternTrieTest {

    private final PatternTrie<String> trie = new PatternTrie<>();
    private PatternSyntax syntax = PatternSyntax.CONFIGURED;

    private void put(String... patterns) {
        for (String pattern : patterns) {
            trie.put(Pattern.parse(pattern, syntax), pattern);
        }
    }

    private List<String> all(String address) {
        List<String> found = new ArrayList<>();
        trie.matchAll(syntax.levels(address), found::add);
        return found;
    }

    @Test
    @DisplayName("MAT-03 literal before one level before many, token by token, with backtracking")
    void bestMatchIsDecidedFromTheLeft() {
        put("p/a/x", "p/*/x", "p/#");
        assertThat(trie.matchBest(syntax.levels("p/a/x"))).isEqualTo("p/a/x");
        assertThat(trie.matchBest(syntax.levels("p/b/x"))).isEqualTo("p/*/x");
        assertThat(trie.matchBest(syntax.levels("p/b/y"))).isEqualTo("p/#");
        assertThat(trie.matchBest(syntax.levels("p"))).isEqualTo("p/#");
        assertThat(trie.matchBest(syntax.levels("q"))).isNull();
    }

    @Test
    @DisplayName("MAT-03 the literal branch is left again when it leads nowhere")
    void backtracks() {
        put("a/b/c", "a/*/d", "#/e");
        assertThat(trie.matchBest(syntax.levels("a/b/d"))).isEqualTo("a/*/d");
        assertThat(trie.matchBest(syntax.levels("a/b/e"))).isEqualTo("#/e");
        assertThat(trie.matchBest(syntax.levels("a/b/f"))).isNull();
    }

    @Test
    @DisplayName("MAT-04 a pattern that goes on behind the # is preferred to the bare #")
    void longerBehindMany() {
        put("#", "#/z", "a/#");
        assertThat(trie.matchBest(syntax.levels("b/c/z"))).isEqualTo("#/z");
        assertThat(trie.matchBest(syntax.levels("a/z"))).isEqualTo("a/#");
        assertThat(trie.matchBest(syntax.levels("b"))).isEqualTo("#");
    }

    @Test
    void allMatchesAreFoundOnce() {
        put("#", "a/#", "a/b", "a/*", "#/b", "a/#/b", "#/a/#", "x");
        assertThat(all("a/b")).containsExactlyInAnyOrder("#", "a/#", "a/b", "a/*", "#/b", "a/#/b", "#/a/#");
        assertThat(all("a/a/a/b")).containsExactlyInAnyOrder("#", "a/#", "#/b", "a/#/b", "#/a/#");
        assertThat(all("y")).containsExactly("#");
    }

    @Test
    void whatIsTakenOutIsNotFoundAndLeavesNothingBehind() {
        put("a/#", "a/b/c");
        assertThat(trie.remove(Pattern.parse("a/b/c", syntax))).isEqualTo("a/b/c");
        assertThat(trie.remove(Pattern.parse("a/b/c", syntax))).isNull();
        assertThat(trie.remove(Pattern.parse("a/b", syntax))).isNull();
        assertThat(all("a/b/c")).containsExactly("a/#");
        assertThat(trie.remove(Pattern.parse("a/#", syntax))).isEqualTo("a/#");
        assertThat(all("a")).isEmpty();
        assertThat(trie.size()).isZero();
    }

    @Test
    void randomTriesAgreeWithTheirPatterns() {
        SplittableRandom random = new SplittableRandom(11);
        syntax = PatternSyntax.DOTS;
        for (int round = 0; round < 200; round++) {
            PatternTrie<Pattern> patterns = new PatternTrie<>();
            List<Pattern> list = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                Pattern pattern = Pattern.parse(text(random, true), syntax);
                if (patterns.put(pattern, pattern) == null) {
                    list.add(pattern);
                }
                if (random.nextInt(4) == 0) {
                    Pattern gone = list.remove(random.nextInt(list.size()));
                    assertThat(patterns.remove(gone)).isEqualTo(gone);
                }
            }
            for (int i = 0; i < 30; i++) {
                String address = text(random, false);
                List<Pattern> found = new ArrayList<>();
                patterns.matchAll(syntax.levels(address), found::add);
                List<Pattern> expected = list.stream()
                        .filter(pattern -> pattern.matches(address))
                        .toList();
                assertThat(found).as(address).containsExactlyInAnyOrderElementsOf(expected);
                Pattern best = patterns.matchBest(syntax.levels(address));
                assertThat(best == null).isEqualTo(expected.isEmpty());
                if (best != null) {
                    assertThat(expected).contains(best);
                }
            }
        }
    }

    private static String text(SplittableRandom random, boolean wildcards) {
        List<String> levels = new ArrayList<>();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            levels.add(new String[] {"a", "b", "", "*", "#"}[random.nextInt(wildcards ? 5 : 3)]);
        }
        return String.join(".", levels);
    }

    /** Positions that one match looks at beside a number of filters that do not match. */
    private long workBeside(int filters) {
        syntax = PatternSyntax.DOTS;
        PatternTrie<Pattern> many = new PatternTrie<>();
        List<Pattern> patterns = new ArrayList<>();
        for (int i = 0; i < filters; i++) {
            patterns.add(Pattern.parse("site." + i % 100 + ".device" + i + ".*", syntax));
        }
        patterns.add(Pattern.parse("site.#", syntax));
        patterns.add(Pattern.parse("*.7.device7.temperature", syntax));
        patterns.forEach(pattern -> many.put(pattern, pattern));
        assertThat(many.size()).isEqualTo(filters + 2);
        long before = many.visited();
        List<String> found = new ArrayList<>();
        many.matchAll(syntax.levels("site.7.device7.temperature"), pattern -> found.add(pattern.toString()));
        assertThat(found).hasSize(3);
        long work = many.visited() - before;
        assertThat(work).as("it is counted").isPositive();
        return work;
    }

    @Test
    @DisplayName("MQ-1-29 matching depends on levels and matches, not on the number of filters")
    void oneHundredThousandFilters() {
        long beside = workBeside(1_000);
        assertThat(beside).as("a few positions for each of four levels").isLessThan(20);
        assertThat(workBeside(100_000)).isEqualTo(beside);
    }

    @Test
    @DisplayName("MQ-1-29, MQ-6-38 filters of 200 levels of + and 10,000 with # behind a name cost what matches")
    void filtersOfManyWildcards() {
        syntax = PatternSyntax.DOTS;
        put("*.".repeat(199) + "*");
        for (int i = 0; i < 10_000; i++) {
            put("client" + i + ".#");
        }
        long before = trie.visited();
        assertThat(all("a." + "b.".repeat(198) + "c")).hasSize(1);
        assertThat(trie.visited() - before).isLessThanOrEqualTo(201);
    }

    @Test
    void addressesAndPatternsOfManyLevelsOverflowNoStack() {
        syntax = PatternSyntax.DOTS;
        String deep = ".".repeat(65_000);
        put("#", "#.x", deep);
        assertThat(all(deep)).containsExactlyInAnyOrder("#", deep);
        assertThat(all(deep + "x")).containsExactlyInAnyOrder("#", "#.x");
    }

    @Test
    void bestMatchOfManyWildcardsTakesPolynomialTime() {
        put("#/a".repeat(12) + "/b");
        assertThat(trie.matchBest(syntax.levels("a/".repeat(400) + "c"))).isNull();
    }
}
