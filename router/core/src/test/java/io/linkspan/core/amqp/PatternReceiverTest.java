// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static io.linkspan.core.amqp.AmqpConnectionTest.data;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.address.AddressEntities;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Receivers that get what matches. MQTT bridge, 1.2 and 1.4. */
class PatternReceiverTest {
    private static final String TOPIC_FILTER = "apache.org:topic-filter:string";
    private static final String MQTT_FILTER = "mqtt:filter";

    private final Network network = new Network();
    private final Peer a = network.client();
    private final Peer b = network.client();

    @AfterEach
    void nothingIsLeft() {
        a.wire.cut();
        b.wire.cut();
    }

    private static Terminus filtered(String address, @Nullable Object... filters) {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < filters.length; i += 2) {
            map.put(new Symbol(String.valueOf(filters[i])), filters[i + 1]);
        }
        return Terminus.source(address).withFilter(RawValue.of(map));
    }

    /** Which of some addresses reach the receiver. */
    private String taken(Peer.Receiver receiver, String... addresses) {
        StringBuilder taken = new StringBuilder();
        for (String address : addresses) {
            int before = receiver.messages.size();
            Peer.Sender sender = b.sender(address);
            if (sender.link().credit() == 0) {
                continue; // There is no receiver.
            }
            sender.send(data(4), false, 1);
            if (receiver.messages.size() > before) {
                taken.append(taken.length() == 0 ? "" : " ").append(address);
            }
        }
        return taken.toString();
    }

    @ParameterizedTest
    @DisplayName("MQ-1-8 the value of a filter filters, beside the source address: the narrower of both counts")
    @CsvSource({
        "#, apache.org:topic-filter:string, cities.*, cities.london cities.paris",
        "#, mqtt:filter, cities/+, cities.london cities.paris",
        "#, mqtt:filter, cities/#, cities cities.london cities.paris cities.paris.metro",
        "cities.#, apache.org:topic-filter:string, cities.paris.#, cities.paris cities.paris.metro",
        "cities.#, mqtt:filter, cities/paris, cities.paris",
        "cities.london, mqtt:filter, cities/+, cities.london",
        "cities.*, apache.org:topic-filter:string, #, cities.london cities.paris",
        "cities.*, apache.org:topic-filter:string, cities.*, cities.london cities.paris"
    })
    void aFilterFilters(String address, String name, String value, String expected) {
        Peer.Receiver receiver = a.receiver(filtered(address, name, value), 100);
        assertThat(receiver.detached).isFalse();
        assertThat(taken(receiver, "cities", "cities.london", "cities.paris", "cities.paris.metro", "towns.bath"))
                .isEqualTo(expected);
    }

    @Test
    @DisplayName("MQ-1-8 a value behind a descriptor is the same value; one that is no text only asks for wildcards")
    void describedValuesAndOthers() {
        Described described = new Described(new Symbol(TOPIC_FILTER), "cities.london");
        Peer.Receiver one = a.receiver(filtered("cities.*", TOPIC_FILTER, described), 100);
        assertThat(taken(one, "cities.london", "cities.paris")).isEqualTo("cities.london");
        Peer.Receiver all = a.receiver(filtered("cities.*", MQTT_FILTER, true), 100);
        assertThat(taken(all, "cities.london", "cities.paris", "towns.bath")).isEqualTo("cities.london cities.paris");
        Peer.Receiver both = a.receiver(filtered("#", TOPIC_FILTER, "cities.#", MQTT_FILTER, "cities/paris/+"), 100);
        assertThat(taken(both, "cities.paris", "cities.paris.metro")).isEqualTo("cities.paris.metro");
    }

    @ParameterizedTest
    @DisplayName("MQ-1-8 a filter that cannot be honoured is refused, not left out")
    @CsvSource({
        "cities.*, apache.org:topic-filter:string, towns.*",
        "*.london, apache.org:topic-filter:string, cities.*",
        "amq.topic, mqtt:filter, cities/+",
        "#, mqtt:filter, sensor/1.5"
    })
    void aFilterBesideTheAddressIsRefused(String address, String name, String value) {
        Peer.Receiver receiver = a.receiver(filtered(address, name, value), 0);
        assertThat(receiver.detached).isTrue();
        assertThat(Objects.requireNonNull(receiver.detachedWith).condition()).hasToString("amqp:not-implemented");
    }

    @Test
    @DisplayName("MQ-1-8 the answer names the filters that are honoured, and no others")
    void theAnswerNamesWhatIsHonoured() {
        Peer.Receiver receiver = a.receiver(
                filtered("#", "jms-selector", "colour = 'red'", TOPIC_FILTER, "cities.*", MQTT_FILTER, "cities/london"),
                0);
        Terminus answered =
                Objects.requireNonNull(Objects.requireNonNull(receiver.answer).source());
        assertThat(answered.address()).isEqualTo("#");
        assertThat(Objects.requireNonNull(answered.filter()).decode())
                .isEqualTo(Map.of(
                        new Symbol(TOPIC_FILTER), "cities.*",
                        new Symbol(MQTT_FILTER), "cities/london"));
        Terminus plain = filtered("q", "jms-selector", "colour = 'red'");
        Peer.Receiver other = a.receiver(plain, 0);
        assertThat(Objects.requireNonNull(Objects.requireNonNull(other.answer).source())
                        .raw())
                .as("without a pattern the source comes back as it came, as ever")
                .isEqualTo(plain.raw());
    }

    @Test
    @DisplayName("MQ-1-8 on an address with mqttPattern a receiver's wildcards count without a word of its own")
    void mqttPatternOfTheAddress() {
        assertThat(network.core.createAddress(new AddressEntities.Request(
                        null, null, "cities/#", "multicast", false, null, null, null, false, true)))
                .isInstanceOf(AddressEntities.Created.class);
        Peer.Receiver wild = a.receiver("cities.*", 100);
        Peer.Receiver literal = a.receiver("towns.*", 100);
        assertThat(taken(wild, "cities.london", "towns.bath")).isEqualTo("cities.london");
        assertThat(taken(literal, "towns.bath", "towns.*")).isEqualTo("towns.*");
    }

    // ---- shared --------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("MQ-1-21 with the capability shared those with one link name take turns")
    void sharedByLinkName() {
        Terminus source =
                Terminus.source("t.*").withCapabilities(List.of(new Symbol("shared"), new Symbol("topic-pattern")));
        Peer.Receiver one = a.receiver(Attach.of("g", source, Terminus.target(null)), 100);
        Peer.Receiver two = b.receiver(Attach.of("g", source, Terminus.target(null)), 100);
        Peer.Receiver other = b.receiver(Attach.of("h", source, Terminus.target(null)), 100);
        Peer.Sender sender = a.sender("t.x");
        for (int i = 0; i < 10; i++) {
            sender.send(data(4), false, i);
        }
        assertThat(one.messages).hasSize(5);
        assertThat(two.messages).hasSize(5);
        assertThat(other.messages).as("another group gets copies of its own").hasSize(10);
    }

    @Test
    @DisplayName("MQ-1-21 $share/name/address in the source is the same group, on an address without wildcards too")
    void sharedByAddress() {
        Peer.Receiver one = a.receiver("$share/g/t.x", 100);
        Peer.Receiver two = b.receiver("$share/g/t.x", 100);
        Peer.Receiver named = b.receiver(
                Attach.of(
                        "g",
                        Terminus.source("t.x").withCapabilities(List.of(new Symbol("shared"))),
                        Terminus.target(null)),
                100);
        Peer.Receiver plain = b.receiver("t.x", 100);
        Peer.Sender sender = a.sender("t.x");
        for (int i = 0; i < 9; i++) {
            sender.send(data(4), false, i);
        }
        assertThat(one.messages).hasSize(3);
        assertThat(two.messages).hasSize(3);
        assertThat(named.messages).hasSize(3);
        assertThat(plain.messages).hasSize(9);
        two.link().detach(true, null);
        network.run();
        sender.send(data(4), false, 9);
        sender.send(data(4), false, 10);
        assertThat(one.messages.size() + named.messages.size()).isEqualTo(8);
    }
}
