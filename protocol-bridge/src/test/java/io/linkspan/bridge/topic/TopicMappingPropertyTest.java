// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

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

    @Provide
    Arbitrary<String> topics() {
        return Arbitraries.of(PIECES).list().ofMinSize(1).ofMaxSize(7).map(pieces -> String.join("", pieces));
    }

    @Provide
    Arbitrary<String> anyTopics() {
        return Arbitraries.strings()
                .ofMinLength(1)
                .ofMaxLength(40)
                .filter(text -> text.indexOf('+') < 0
                        && text.indexOf('#') < 0
                        && io.linkspan.bridge.text.Utf8.check(text) != io.linkspan.bridge.text.Utf8.Verdict.MALFORMED);
    }

    @Property(tries = 20_000)
    @Label("MQ-1-1 An address leads back to its topic")
    void addressLeadsBackToItsTopic(@ForAll("topics") String topic) {
        for (TopicMapping mapping : BIJECTIVE) {
            assertThat(mapping.toTopic(mapping.toAddress(topic))).isEqualTo(topic);
        }
    }

    @Property(tries = 5_000)
    @Label("MQ-1-1 An address leads back to its topic, any characters")
    void addressLeadsBackToAnyTopic(@ForAll("anyTopics") String topic) {
        for (TopicMapping mapping : BIJECTIVE) {
            assertThat(mapping.toTopic(mapping.toAddress(topic))).isEqualTo(topic);
        }
    }

    @Property(tries = 10)
    @Label("MQ-1-1 No two topics share an address")
    void noTwoTopicsShareAnAddress(@ForAll Random random) {
        for (TopicMapping mapping : BIJECTIVE) {
            Map<String, String> topicOf = new HashMap<>();
            for (int i = 0; i < 5_000; i++) {
                StringBuilder topic = new StringBuilder();
                for (int k = random.nextInt(5); k >= 0; k--) {
                    topic.append(PIECES[random.nextInt(PIECES.length)]);
                }
                String other = topicOf.put(mapping.toAddress(topic.toString()), topic.toString());
                assertThat(other == null ? topic.toString() : other).isEqualTo(topic.toString());
            }
        }
    }

    @Property(tries = 10_000)
    @Label("MQ-1-15, 1-23 No address is one that a router reads differently, or outside its prefix")
    void addressesAreWhatRoutersLeaveAlone(@ForAll("topics") String topic) {
        for (TopicMapping mapping : BIJECTIVE) {
            String address = mapping.toAddress(topic);
            if (!mapping.isTemporaryAddress(address)) {
                assertThat(address).doesNotContain(":/").doesNotStartWith("/").doesNotStartWith("_topo/");
                assertThat(address)
                        .doesNotStartWith("_local/")
                        .doesNotStartWith("amqp:")
                        .isNotEqualTo("$management");
                assertThat(address.length() > 1 && (address.endsWith(".") || address.endsWith("/")))
                        .isFalse();
            }
        }
        assertThat(BIJECTIVE.get(4).toAddress(topic)).startsWith("t.1.");
        assertThat(BIJECTIVE.get(5).toAddress(topic)).startsWith("t/");
    }
}
