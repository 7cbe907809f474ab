// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static io.linkspan.core.amqp.AmqpConnectionTest.data;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.core.address.PatternSyntax;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How clients of brokers name topics. MQTT bridge, 1.2. */
class AddressAliasTest {
    private final Network network = new Network();
    private final Peer plain = network.client();
    private final Peer artemis = understanding(AddressAlias.ARTEMIS);
    private final Peer rabbit = understanding(AddressAlias.RABBITMQ);

    private Peer understanding(AddressAlias alias) {
        return network.client(AmqpProfile.DEFAULT.understanding(Set.of(alias)), null);
    }

    @AfterEach
    void nothingIsLeft() {
        plain.wire.cut();
        artemis.wire.cut();
        rabbit.wire.cut();
    }

    @Test
    @DisplayName("MQ-1-10 with the alias artemis a receiver of cities.# gets what matches, without it nothing but that")
    void artemisPattern() {
        Peer.Receiver wild = artemis.receiver("cities.#", 10);
        Peer.Receiver exact = artemis.receiver("q", 10);
        Peer.Receiver literal = plain.receiver("cities.#", 10);
        plain.sender("cities.london").send(data(4), false, 1);
        plain.sender("q").send(data(4), false, 1);
        assertThat(wild.messages).hasSize(1);
        assertThat(exact.messages).hasSize(1);
        assertThat(literal.messages).isEmpty();
    }

    @Test
    @DisplayName("MQ-1-10 with the alias artemis a sender to cities.# writes to just that address")
    void artemisSender() {
        Peer.Receiver literal = plain.receiver("cities.#", 10);
        artemis.sender("cities.#").send(data(4), false, 1);
        assertThat(literal.messages).hasSize(1);
    }

    @ParameterizedTest
    @DisplayName("MQ-1-10 with the alias rabbitmq each name of a topic is its routing key, to receivers as a pattern")
    @CsvSource({
        "/topic/cities.*, cities.london",
        "/exchange/amq.topic/cities.#, cities.london.bridge",
        "/exchanges/amq.topic/cities%2E%2A, cities.london",
        "/exchanges/amq.topic/z%C3%BCrich.*, zürich.see",
        "/topic/zürich, zürich"
    })
    void rabbitReceivers(String named, String address) {
        Peer.Receiver one = rabbit.receiver(named, 10);
        Peer.Receiver other = rabbit.receiver(named, 10);
        plain.sender(address).send(data(4), false, 1);
        assertThat(one.messages).hasSize(1);
        assertThat(other.messages).as("everyone has a queue of his own").hasSize(1);
    }

    @Test
    @DisplayName("MQ-1-10 with the alias rabbitmq senders to a topic write to its routing key, others to what they say")
    void rabbitSenders() {
        Peer.Receiver receiver = plain.receiver("cities.london", 10);
        rabbit.sender("/topic/cities.london").send(data(4), false, 1);
        rabbit.sender("/exchanges/amq.topic/cities%2elondon").send(data(4), false, 1);
        rabbit.sender("cities.london").send(data(4), false, 1);
        assertThat(receiver.messages).hasSize(3);
        Peer.Receiver plainTopic = rabbit.receiver("topic/cities.paris", 10);
        plain.sender("/topic/cities.paris").send(data(4), false, 1);
        assertThat(plainTopic.messages)
                .as("without the alias the slash alone goes")
                .hasSize(1);
    }

    @ParameterizedTest
    @DisplayName("MQ-1-10 what is not a name of a topic stays what it is")
    @CsvSource({
        "/topic/",
        "/topics/a",
        "/exchange/amq.topic/",
        "/exchange/other/a",
        "/exchanges/amq.topic/a%2",
        "/exchanges/amq.topic/a%zz",
        "/exchanges/amq.topic/%FF",
        "topic/a"
    })
    void otherNames(String address) {
        assertThat(AddressAlias.of(EnumSet.allOf(AddressAlias.class), address, PatternSyntax.DOTS))
                .isEqualTo(new AddressAlias.Named(address, false));
    }
}
