// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternTest {

    private static Pattern configured(String text) {
        return Pattern.parse(text, PatternSyntax.CONFIGURED);
    }

    private static Pattern dots(String text) {
        return Pattern.parse(text, PatternSyntax.DOTS);
    }

    @DisplayName("MAT-01 MAT-02 tokens of entities are between dots and slashes")
    @ParameterizedTest(name = "{0} matches {1}: {2}")
    @CsvSource({
        "p.*, p/x, true",
        "p/*, p.x, true",
        "p/*, p, false",
        "p/*, p/x/y, false",
        "p/#, p, true",
        "p/#, p/x/y, true",
        "p/#, pp, false",
        "#, anything/at.all, true",
        "a*b, a*b, true",
        "a*b, axb, false",
        "p/*/x, p//x, true",
        "p/x, /p/x, true",
        "p/x, //p/x, true",
        "p/x, p/x/, true",
        "*/x, p/x, true",
        "#/x, x, true",
        "a/#/z, a/z, true",
        "a/#/z, a/b/c/z, true",
        "a/#/z, a/b/c, false"
    })
    void entityTokens(String pattern, String address, boolean matches) {
        assertThat(configured(pattern).matches(address)).isEqualTo(matches);
    }

    @DisplayName("MQ-1-7 MQ-1-9 levels of receivers' patterns are exact, empty ones included")
    @ParameterizedTest(name = "{0} matches {1}: {2}")
    @CsvSource({
        "a.#, a, true",
        "a.#, a.b.c, true",
        "a.#, ab, false",
        ".*, ., true",
        "a.*, a., true",
        "a.*, a, false",
        "#, x.y, true",
        "a.#.z, a.z, true",
        "a.#.z, a.b.c.z, true",
        "a.*, a.b/c, true",
        "a.b, a/b, false",
        "#.b.#, a.b.c, true",
        "#.b.#, a.c, false"
    })
    void receiverLevels(String pattern, String address, boolean matches) {
        assertThat(dots(pattern).matches(address)).isEqualTo(matches);
    }

    @Test
    void theIdentityProfileCutsAtSlashes() {
        Pattern pattern = Pattern.parse("a/+/#", PatternSyntax.SLASHES);
        assertThat(pattern.matches("a/b.c")).isTrue();
        assertThat(pattern.matches("a/b/c/d")).isTrue();
        assertThat(pattern.matches("a")).isFalse();
        assertThat(pattern.matches("a.b")).isFalse();
    }

    @DisplayName("MAT-07 normal form")
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"#.#, #", "#.*, *.#", "#.*.#.*, *.*.#", "a.#.*.b.#.#, a.*.#.b.#", "a.b, a.b", ".a, .a", "a., a."})
    void normalForm(String pattern, String normal) {
        assertThat(dots(pattern)).hasToString(normal).isEqualTo(dots(normal));
    }

    @DisplayName("a pattern joins a queue when the queue's entity covers all of it")
    @ParameterizedTest(name = "{0} covers {1}: {2}")
    @CsvSource({
        "jobs/#, jobs.#, true",
        "jobs/#, jobs.*.x, true",
        "jobs/#, #, false",
        "jobs/#, *.x, false",
        "jobs/*, jobs.*, true",
        "jobs/*, jobs.#, false",
        "jobs/a/b, jobs.a/b, true",
        "#, #, true",
        "*/#, #, true",
        "*/*/#, #, false",
        "a/#/z, a.z, true",
        "a/#/z, a.*.z, true",
        "a/#/z, a.#.z, true",
        "a/#/z, a.#, false",
        "#/b/#, a.b.c, true",
        "#/b/#, *.b, true",
        "#/b/#, *.*, false"
    })
    void containment(String outer, String inner, boolean contained) {
        assertThat(configured(outer).contains(dots(inner))).isEqualTo(contained);
    }

    @Test
    void containmentAgreesWithMatchingOnRandomPatterns() {
        SplittableRandom random = new SplittableRandom(7);
        int contained = 0;
        for (int round = 0; round < 3_000; round++) {
            Pattern outer = random(random, PatternSyntax.CONFIGURED);
            Pattern inner = random(random, PatternSyntax.DOTS);
            boolean answer = outer.contains(inner);
            contained += answer ? 1 : 0;
            boolean counterExample = false;
            for (String address : addresses(4)) {
                counterExample |= inner.matches(address) && !outer.matches(address);
            }
            // Short addresses over the same letters and one foreign one are enough to tell patterns this small apart.
            assertThat(answer).as("%s covers %s", outer, inner).isEqualTo(!counterExample);
        }
        assertThat(contained).isBetween(100, 2_900);
    }

    private static Pattern random(SplittableRandom random, PatternSyntax syntax) {
        List<String> levels = new ArrayList<>();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            levels.add(new String[] {"a", "b", "*", "#"}[random.nextInt(4)]);
        }
        return Pattern.parse(String.join(".", levels), syntax);
    }

    private static List<String> addresses(int maxLevels) {
        List<String> all = new ArrayList<>();
        List<String> last = List.of("a", "b", "z");
        all.addAll(last);
        for (int i = 1; i < maxLevels; i++) {
            List<String> next = new ArrayList<>();
            for (String address : last) {
                for (String level : List.of("a", "b", "z")) {
                    next.add(address + "." + level);
                }
            }
            all.addAll(next);
            last = next;
        }
        return all;
    }

    @Test
    void containmentGivesUpBeyondItsLimitAndSaysNo() {
        // Each run of # and literal doubles the places a text can be in.
        String ambiguous = "a.#.".repeat(16);
        Pattern outer = configured(ambiguous + "b.#");
        Pattern inner = dots("*." + "#.a.".repeat(16) + "#");
        assertThat(outer.contains(inner)).isFalse();
    }

    @Test
    void wildcardsAreSeen() {
        assertThat(dots("a.*").hasWildcard()).isTrue();
        assertThat(dots("a.b").hasWildcard()).isFalse();
        assertThat(dots("*.a").startsWithWildcard()).isTrue();
        assertThat(dots("a.*").startsWithWildcard()).isFalse();
    }
}
