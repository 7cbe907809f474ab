// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Private mobile keys, and addresses for a part of the receivers (ADR 0013). */
class TopicKeyTest {

    private static final AddressParser PARSER = new AddressParser("C", false);

    private static Pattern dots(String text) {
        return Pattern.parse(text, PatternSyntax.DOTS);
    }

    private static String text(TopicKey key) {
        String text = key.text();
        assertThat(text).isNotNull();
        return String.valueOf(text);
    }

    @Test
    @DisplayName("each kind of key comes back as it was")
    void keys() {
        AddressKey address = AddressKey.mobile("a.b", 1);
        Pattern slashes = Pattern.parse("+/b/#", PatternSyntax.SLASHES);
        assertThat(text(TopicKey.of(TopicKey.Kind.ALONE, address))).isEqualTo("Xa1a.b");
        assertThat(text(TopicKey.shared("g=1", address))).isEqualTo("Xs3=g=11a.b");
        assertThat(text(TopicKey.alone(slashes, true))).isEqualTo("Xh/+#+/b/#");
        for (TopicKey key : List.of(
                TopicKey.of(TopicKey.Kind.ONLY_TOPICS, address),
                TopicKey.of(TopicKey.Kind.ALONE, AddressKey.mobile("", 0).inPhase(2)),
                TopicKey.shared("7=7", address),
                TopicKey.alone(dots("a..*.#"), false),
                TopicKey.alone(slashes, true),
                TopicKey.shared("12", dots("#.z"), false),
                TopicKey.shared("g", slashes, true))) {
            if (key.address() == null || !key.address().text().isEmpty()) {
                assertThat(TopicKey.parse(text(key))).isEqualTo(key);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X",
                "Xa",
                "Xa0",
                "Xz0a",
                "Xa:a",
                "Xs0a",
                "Xs=a0b",
                "Xs0=0b",
                "Xs9=a0b",
                "Xs99999999999=a0b",
                "Xp",
                "Xp.*",
                "Xp.*#",
                "Xp.##a",
                "Xq1=",
                "Xq1=g",
                "Xq1=g.*",
                "Xs1=g",
                "Xs1=gZa"
            })
    @DisplayName("what is no key is none")
    void malformed(String key) {
        assertThat(TopicDirectory.isPrivate(key)).isTrue();
        assertThat(TopicKey.parse(key)).isNull();
    }

    @Test
    @DisplayName("a key of the greatest length and a pattern of the most levels are the last that travel")
    void limits() {
        String longest = "a".repeat(TopicKey.MAX_CHARACTERS - 3);
        TopicKey key = TopicKey.of(TopicKey.Kind.ALONE, AddressKey.mobile(longest));
        assertThat(TopicKey.parse(text(key))).isEqualTo(key);
        assertThat(TopicKey.of(TopicKey.Kind.ALONE, AddressKey.mobile(longest + "a"))
                        .text())
                .isNull();
        assertThat(TopicKey.parse("Xa0a" + longest)).isNull();
        String levels = "a.".repeat(TopicKey.MAX_LEVELS - 1) + "*";
        TopicKey pattern = TopicKey.alone(dots(levels), false);
        assertThat(TopicKey.parse(text(pattern))).isEqualTo(pattern);
        assertThat(TopicKey.alone(dots("a." + levels), false).text()).isNull();
        assertThat(TopicKey.parse("Xp.*#a." + levels)).isNull();
        assertThat(TopicKey.alone(Pattern.parse("a", new PatternSyntax("./", "*", "#", true)), false)
                        .text())
                .as("with separators that do not fit into a key")
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b", "a", "http://x/y%3Az", "a.", "a/", "%", ":", "_topo/0/C/x", "a;b;"})
    @DisplayName("an address for a part of the receivers passes whatever there is in it, also by other products")
    void parts(String address) {
        for (Part part : List.of(
                Part.TOPICS, Part.COMMON, Part.shared("g=x", null, false), Part.shared("1", dots("*.b"), false))) {
            assertThat(PARSER.parsePart(part.to(address))).isEqualTo(new Part.Addressed(part, address));
            String envelope = part.at("C", address);
            Part here = new Part(part.kind(), true, part.share(), part.pattern());
            assertThat(PARSER.parsePart(envelope)).isEqualTo(new Part.Addressed(here, address));
            String away = part.at("D", address);
            assertThat(PARSER.parsePart(away)).isNull();
            AddressKey way = new AddressKey(AddressClass.ROUTER, 0, "D");
            assertThat(PARSER.parseFromRouter(away)).isEqualTo(way);
            assertThat(PARSER.parseFromRouter(part.at("E", address))).isNotEqualTo(way);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "_linkspan/",
                "_linkspan/t",
                "_linkspan/t/",
                "_linkspan/x/a",
                "_linkspan/s/a",
                "_linkspan/s/1=g",
                "_linkspan/s/1=g0=",
                "_linkspan/s/1=g9=a",
                "_linkspan/s/1=g1=aa",
                "linkspan/t/a",
                "_topo/0/C/_linkspan/t/a",
                "_topo/0/C/_linkspan/;",
                "_topo/0/C/_linkspan/t/;",
                "_topo/0/C/x"
            })
    @DisplayName("what names no part is an address like others, and leads nowhere")
    void noPart(String text) {
        assertThat(PARSER.parsePart(text)).isNull();
    }

    @Test
    @DisplayName("TEN-02: a client that names a part of another address, here or at a router, reaches nobody")
    void clients() {
        for (String text :
                List.of("_topo/0/C/_linkspan/t/a;", "_topo/0/D/_linkspan/t/a;", "amqp:/_topo/0/D/_linkspan/t/a;")) {
            assertThat(PARSER.parse(text).addressClass()).isEqualTo(AddressClass.MOBILE);
        }
        assertThat(AddressKey.ofAnnouncement("M0_linkspan/t/a")).isNull();
    }
}
