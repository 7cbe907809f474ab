// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.bridge.text.Utf8;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MQ-1-1: topic and address determine each other. */
class TopicMappingPropertyTest {

    private static final List<TopicMapping> BIJECTIVE = List.of(
            TopicMapping.standard(),
            TopicMapping.identity(),
            new TopicMapping('/', '*', '#', TopicEscape.PERCENT, false, ""),
            new TopicMapping('|', '~', '!', TopicEscape.PERCENT, false, ""),
            new TopicMapping('.', '*', '#', TopicEscape.PERCENT, false, "t.1."),
            new TopicMapping('/', '+', '#', TopicEscape.IDENTITY, false, "t/"));

    /** Pieces that escaping could trip over, and some that it could not. */
    private static final String[] PIECES = {
        "/",
        "/",
        ".",
        "*",
        "%",
        "%2",
        "%2F",
        "%2B",
        "%23",
        "%25",
        "%2E",
        "%2A",
        "%00",
        "%3A",
        "%5F",
        "%24",
        "%61",
        "%71",
        "25",
        "2F",
        "00",
        "3A",
        ":",
        ":/",
        "_",
        "$",
        "a",
        "q",
        "_topo",
        "_local",
        "_$",
        "$management",
        "qdrouter",
        "amqp:",
        "mqp:",
        "topo",
        "drouter",
        "temp.",
        "amqp:%2F_topo%2F0%2FR%2Ftemp/x",
        "___",
        "~",
        "!",
        "%21",
        "%7E",
        "\u00e9",
        "\ud83d\ude00",
        " "
    };

    private static String topic(Random random) {
        StringBuilder topic = new StringBuilder();
        for (int k = random.nextInt(7); k >= 0; k--) {
            topic.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return topic.toString();
    }

    /** Any characters that a topic name may have, up to the last plane. */
    private static String anyTopic(Random random) {
        StringBuilder topic = new StringBuilder();
        int length = 1 + random.nextInt(40);
        int highest = new int[] {0x80, 0x800, 0x10000, 0x110000}[random.nextInt(4)];
        while (topic.length() < length) {
            int c = 1 + random.nextInt(highest - 1);
            if (c != '+' && c != '#' && (c < 0xd800 || c > 0xdfff)) {
                topic.appendCodePoint(c);
            }
        }
        return topic.toString();
    }

    private static void leadsBack(TopicMapping mapping, String topic) {
        String address = mapping.toAddress(topic);
        String back = mapping.toTopic(address);
        if (!topic.equals(back)) {
            assertThat(back).as(address).isEqualTo(topic);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @DisplayName("MQ-1-1 An address leads back to its topic")
    void addressLeadsBackToItsTopic(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            String topic = topic(random);
            BIJECTIVE.forEach(mapping -> leadsBack(mapping, topic));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    @DisplayName("MQ-1-1 An address leads back to its topic, any characters")
    void addressLeadsBackToAnyTopic(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            String topic = anyTopic(random);
            assertThat(Utf8.check(topic)).isNotEqualTo(Utf8.Verdict.MALFORMED);
            BIJECTIVE.forEach(mapping -> leadsBack(mapping, topic));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 7, 8, 9})
    @DisplayName("MQ-1-1 No two topics share an address")
    void noTwoTopicsShareAnAddress(long seed) {
        Random random = new Random(seed);
        for (TopicMapping mapping : BIJECTIVE) {
            Map<String, String> topicOf = new HashMap<>();
            for (int i = 0; i < 10_000; i++) {
                String topic = topic(random);
                String other = topicOf.put(mapping.toAddress(topic), topic);
                assertThat(other == null ? topic : other).isEqualTo(topic);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {10, 11})
    @DisplayName("MQ-1-15, 1-23 No address is one that a router reads differently, or outside its prefix")
    void addressesAreWhatRoutersLeaveAlone(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            String topic = topic(random);
            BIJECTIVE.forEach(mapping -> isLeftAlone(mapping, mapping.toAddress(topic)));
            assertThat(BIJECTIVE.get(4).toAddress(topic)).startsWith("t.1.");
            assertThat(BIJECTIVE.get(5).toAddress(topic)).startsWith("t/");
        }
    }

    private static void isLeftAlone(TopicMapping mapping, String address) {
        if (mapping.isTemporaryAddress(address)) {
            return;
        }
        boolean endsWithSeparator = address.length() > 1 && (address.endsWith(".") || address.endsWith("/"));
        boolean isReadDifferently = address.contains(":/")
                || address.startsWith("/")
                || address.startsWith("_topo/")
                || address.startsWith("_local/")
                || address.startsWith("amqp:")
                || address.equals("$management");
        assertThat(endsWithSeparator || isReadDifferently).as(address).isFalse();
    }
}
