// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static io.linkspan.core.amqp.AmqpConnectionTest.data;
import static io.linkspan.core.amqp.AmqpConnectionTest.section;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.core.address.Address;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.address.DeliveryOptions;
import io.linkspan.core.exchange.Binding;
import io.linkspan.core.exchange.Exchange;
import io.linkspan.core.exchange.Exchanges;
import io.linkspan.core.exchange.Exchanges.BindingRequest;
import io.linkspan.core.exchange.Exchanges.ExchangeRequest;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.rows.CoreRows;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExchangeTest {

    private final Network network = new Network();
    private final Exchanges exchanges = network.core.exchanges();
    private final Peer a = network.client();
    private final Peer b = network.client();
    private final Exchange exchange = created(
            exchanges.create(new ExchangeRequest("ex", "ex/address", 0, "alternate", 0, Exchange.MatchMethod.AMQP)));

    @AfterEach
    void nothingIsLeft() {
        a.wire.cut();
        b.wire.cut();
        List.copyOf(exchanges.all()).forEach(exchanges::delete);
        assertThat(network.core.links()).isEmpty();
        assertThat(network.core.table().starvedCount()).isZero();
        assertThat(network.core.table().addresses())
                .extracting(Address::keyText)
                .noneMatch(key -> key.startsWith("M0ex") || key.startsWith("M0q") || key.startsWith("M0alt"));
    }

    private static <T> T created(Exchanges.Result<T> result) {
        if (result instanceof Exchanges.Created<T> created) {
            return created.entity();
        }
        throw new AssertionError(result.toString());
    }

    private Binding bind(String key, String to) {
        return created(exchanges.bind(BindingRequest.of("ex", key, to)));
    }

    private static ByteBuf subject(@Nullable String subject) {
        return Unpooled.wrappedBuffer(section(0x73, Arrays.asList(null, null, null, subject)), data(10));
    }

    @Test
    @DisplayName("EXC-01 an exchange needs a name and an address of its own, a binding an exchange and a next hop")
    void checks() {
        assertThat(exchanges.create(ExchangeRequest.amqp("ex", "other"))).isInstanceOf(Exchanges.Refused.class);
        assertThat(exchanges.create(ExchangeRequest.amqp("other", "ex/address")))
                .isInstanceOf(Exchanges.Refused.class);
        assertThat(exchanges.create(ExchangeRequest.amqp("other", "_local/x"))).isInstanceOf(Exchanges.Refused.class);
        assertThat(exchanges.create(new ExchangeRequest(null, "x", 0, null, 0, Exchange.MatchMethod.AMQP)))
                .isInstanceOf(Exchanges.Refused.class);
        assertThat(exchanges.create(new ExchangeRequest("x", null, 0, null, 0, Exchange.MatchMethod.AMQP)))
                .isInstanceOf(Exchanges.Refused.class);
        assertThat(exchanges.create(new ExchangeRequest("x", "x", 10, null, 0, Exchange.MatchMethod.AMQP)))
                .isInstanceOf(Exchanges.Refused.class);
        assertThat(exchanges.create(new ExchangeRequest("x", "x", 0, "y", -1, Exchange.MatchMethod.AMQP)))
                .isInstanceOf(Exchanges.Refused.class);
        // The same address in another phase is another address.
        created(exchanges.create(new ExchangeRequest("ex1", "ex/address", 1, null, 0, Exchange.MatchMethod.AMQP)));
        assertThat(exchanges.bind(BindingRequest.of("none", "#", "q"))).isInstanceOf(Exchanges.Refused.class);
        assertThat(exchanges.bind(new BindingRequest(null, "ex", "#", null, 0))).isInstanceOf(Exchanges.Refused.class);
        assertThat(exchanges.bind(new BindingRequest(null, "ex", "#", "q", 10))).isInstanceOf(Exchanges.Refused.class);
        assertThat(exchanges.all()).hasSize(2);
    }

    @Test
    @DisplayName("EXC-01 key, next hop and phase are unique per exchange, and so is a binding's name; # is the default")
    void uniqueBindings() {
        bind("a.#", "q1");
        assertThat(exchanges.bind(BindingRequest.of("ex", "a.#", "q1"))).isInstanceOf(Exchanges.Refused.class);
        bind("a.#", "q2");
        created(exchanges.bind(new BindingRequest("named", "ex", "a.#", "q1", 3)));
        assertThat(exchanges.bind(new BindingRequest("named", "ex", "b", "q1", 0)))
                .isInstanceOf(Exchanges.Refused.class);
        Binding byDefault = created(exchanges.bind(new BindingRequest(null, "ex", null, "q1", 0)));
        assertThat(byDefault.key()).isEqualTo("#");
        assertThat(exchange.bindings()).hasSize(4);
        assertThat(exchanges.unbind(byDefault)).isTrue();
        assertThat(exchanges.unbind(byDefault)).isFalse();
        assertThat(exchange.bindings()).hasSize(3);
    }

    @Test
    @DisplayName("EXC-01 exchanges and bindings have a limit, one more is refused")
    void limits() {
        for (int i = exchanges.all().size(); i < Exchanges.MAX_EXCHANGES; i++) {
            created(exchanges.create(ExchangeRequest.amqp("n" + i, "qx" + i)));
        }
        assertThat(exchanges.create(ExchangeRequest.amqp("more", "qmore"))).isInstanceOf(Exchanges.Refused.class);
        List.copyOf(exchanges.all()).stream().skip(1).forEach(exchanges::delete);
    }

    @ParameterizedTest(name = "{0} {1} {2}: {3}")
    @DisplayName(
            "EXC-02 amqp: words by dot, * one, # any number; mqtt: levels by slash, + one, # any number at the end")
    @CsvSource({
        "amqp, a.b, a.b, true",
        "amqp, a.*, a.b, true",
        "amqp, a.*, a.b.c, false",
        "amqp, a.#, a, true",
        "amqp, a.#.c, a.x.y.c, true",
        "amqp, #, x.y, true",
        "amqp, a/b, a.b, false",
        "mqtt, a/b, a/b, true",
        "mqtt, a/+, a/b, true",
        "mqtt, a/+, a/b/c, false",
        "mqtt, a/#, a, true",
        "mqtt, a/#, a/b/c, true",
        "mqtt, a/*, a/b, false"
    })
    void matchMethods(String method, String key, String subject, boolean matches) {
        Exchange.MatchMethod match = method.equals("mqtt") ? Exchange.MatchMethod.MQTT : Exchange.MatchMethod.AMQP;
        created(exchanges.create(new ExchangeRequest("m", "exm", 0, null, 0, match)));
        created(exchanges.bind(BindingRequest.of("m", key, "q")));
        Peer.Receiver receiver = a.receiver("q", 10);
        b.sender("exm").send(subject(subject), false, 1);
        assertThat(receiver.messages).hasSize(matches ? 1 : 0);
    }

    @ParameterizedTest
    @DisplayName("EXC-02 mqtt: # elsewhere than at the end is refused")
    @CsvSource({"#/a", "a/#/b", "a#"})
    void mqttKeys(String key) {
        created(exchanges.create(new ExchangeRequest("m", "exm", 0, null, 0, Exchange.MatchMethod.MQTT)));
        assertThat(exchanges.bind(BindingRequest.of("m", key, "q"))).isInstanceOf(Exchanges.Refused.class);
    }

    @Test
    @DisplayName("EXC-02 a message without a subject matches no binding, not even #")
    void noSubject() {
        Peer.Receiver receiver = a.receiver("q", 10);
        bind("#", "q");
        Peer.Sender sender = b.sender("ex/address");
        sender.send(subject(null), false, 1);
        sender.send(data(10), false, 2);
        assertThat(receiver.messages).isEmpty();
        assertThat(sender.outcomes).containsExactly("1 released settled", "2 released settled");
        assertThat(exchange.droppedCount()).isEqualTo(2);
    }

    @Test
    @DisplayName("EXC-03 every next hop gets one copy however many bindings match, each under its own distribution")
    void oneCopyPerNextHop() {
        Cores.prefix(network.core, "qm", "multicast");
        Peer.Receiver queue1 = a.receiver("q1", 10);
        Peer.Receiver queue1too = a.receiver("q1", 10);
        Peer.Receiver topic1 = a.receiver("qm", 10);
        Peer.Receiver topic2 = a.receiver("qm", 10);
        Peer.Receiver other = a.receiver("q2", 10);
        Binding wide = bind("#", "q1");
        Binding narrow = bind("a.*", "q1");
        bind("a.b", "qm");
        bind("c", "q2");
        b.sender("ex/address").send(subject("a.b"), false, 1);
        assertThat(queue1.messages.size() + queue1too.messages.size()).isOne();
        assertThat(topic1.messages).hasSize(1);
        assertThat(topic2.messages).hasSize(1);
        assertThat(other.messages).isEmpty();
        assertThat(wide.matchedCount()).isOne();
        assertThat(narrow.matchedCount()).isOne();
    }

    @Test
    @DisplayName("EXC-03 the phase of the next hop is honoured")
    void nextHopPhase() {
        created(exchanges.bind(new BindingRequest(null, "ex", "#", "q", 1)));
        Peer.Receiver phase0 = a.receiver("q", 10);
        Peer.Receiver phase1 = a.receiver(
                io.linkspan.amqp.Terminus.source("q")
                        .withCapability(new io.linkspan.amqp.codec.Symbol("qd.waypoint.2")),
                10);
        b.sender("ex/address").send(subject("x"), false, 1);
        assertThat(phase0.messages).isEmpty();
        assertThat(phase1.messages).hasSize(1);
    }

    @Test
    @DisplayName("EXC-03 expireQueued: a copy that waits at a next hop for longer than its ttl is taken out")
    void nextHopsExpire() {
        Cores.create(
                network.core,
                new AddressEntities.Request(
                        null,
                        "q/mortal",
                        null,
                        "balanced",
                        false,
                        null,
                        null,
                        null,
                        false,
                        false,
                        new DeliveryOptions(false, true, 0)));
        bind("#", "q/mortal");
        Peer.Receiver receiver = a.receiver("q/mortal", 0);
        Peer.Sender sender = b.sender("ex/address");
        ByteBuf mortal = Unpooled.wrappedBuffer(
                section(0x70, Arrays.asList(null, null, new UnsignedInteger(1000))), subject("s"));
        sender.send(mortal, false, 1);
        sender.send(subject("s"), false, 2);
        assertThat(sender.outcomes).containsExactly("1 accepted settled", "2 accepted settled");
        network.core.tick(4);
        receiver.link().issueCredit(10);
        network.run();
        assertThat(receiver.messages).hasSize(1);
    }

    @Test
    @DisplayName("EXC-04 receivers on the exchange's own address get messages too, and then no alternate is used")
    void directReceivers() {
        Peer.Receiver direct = a.receiver("ex/address", 10);
        Peer.Receiver alternate = a.receiver("alternate", 10);
        Peer.Sender sender = b.sender("ex/address");
        sender.send(subject("x"), false, 1);
        assertThat(direct.messages).hasSize(1);
        assertThat(direct.settled).containsExactly(false);
        assertThat(alternate.messages).isEmpty();
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        assertThat(exchange.forwardedCount()).isOne();
    }

    @Test
    @DisplayName("EXC-05 nothing forwarded: the alternate gets it, and without one it is released")
    void alternate() {
        Peer.Sender sender = b.sender("ex/address");
        sender.send(subject("x"), false, 1);
        Peer.Receiver alternate = a.receiver("alternate", 10);
        sender.send(subject("x"), false, 2);
        sender.send(subject("x"), true, 3);
        assertThat(alternate.messages).hasSize(2);
        assertThat(sender.outcomes).containsExactly("1 released settled", "2 accepted settled");
        assertThat(exchange.droppedCount()).isOne();
        assertThat(exchange.divertedCount()).isEqualTo(2);
        assertThat(sender.link().credit()).isEqualTo(250);
    }

    @Test
    @DisplayName("EXC-06 copies to next hops are settled, the sender is accepted at once; direct copies stay unsettled")
    void settlement() {
        bind("#", "q");
        Peer.Receiver hop = a.receiver("q", 10);
        Peer.Receiver direct = a.receiver("ex/address", 10);
        direct.answers = null;
        Peer.Sender sender = b.sender("ex/address");
        sender.send(subject("x"), false, 1);
        assertThat(hop.settled).containsExactly(true);
        assertThat(direct.settled).containsExactly(false);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        assertThat(sender.link().credit()).isEqualTo(250);
        direct.settle(direct.ids.get(0), DeliveryState.rejected(null));
        assertThat(sender.outcomes).hasSize(1);
        sender.send(subject("x"), true, 2);
        assertThat(hop.messages).hasSize(2);
        assertThat(direct.settled).containsExactly(false, true);
        assertThat(sender.link().credit()).isEqualTo(250);
    }

    @Test
    @DisplayName("EXC-06 a stream goes through an exchange; the outcome is told at its end")
    void stream() {
        bind("#", "q");
        Peer.Receiver hop = a.receiver("q", 10);
        Peer.Sender sender = b.sender("ex/address");
        ByteBuf message = Unpooled.wrappedBuffer(section(0x73, Arrays.asList(null, null, null, "x")), data(400_000));
        int half = 200_000;
        int id = sender.link().begin(message, 0, half, 0, false, sender, 7);
        network.run();
        assertThat(hop.arrivingBytes()).isPositive();
        assertThat(sender.outcomes).isEmpty();
        sender.link().part(id, message, half, message.readableBytes() - half, true);
        network.run();
        assertThat(hop.messages).hasSize(1);
        assertThat(hop.messages.get(0)).hasSize(message.readableBytes());
        assertThat(sender.outcomes).containsExactly("7 accepted settled");
    }

    @Test
    @DisplayName("EXC-07 EXC-08 senders to an exchange have credit without any receiver, anonymous ones reach it too")
    void creditAlways() {
        Peer.Sender early = b.sender("ex2");
        assertThat(early.link().credit()).isZero();
        created(exchanges.create(ExchangeRequest.amqp("ex2", "ex2")));
        network.run();
        assertThat(early.link().credit()).isEqualTo(250);
        assertThat(b.sender("ex/address").link().credit()).isEqualTo(250);
        bind("#", "q");
        Peer.Receiver hop = a.receiver("q", 10);
        ByteBuf named = Unpooled.wrappedBuffer(section(0x73, Arrays.asList(null, null, "ex/address", "s")), data(3));
        b.sender((String) null).send(named, false, 1);
        assertThat(hop.messages).hasSize(1);
    }

    @Test
    @DisplayName("EXC-08 exchanges bound in a circle: a message goes through each of them once")
    void circle() {
        created(exchanges.create(ExchangeRequest.amqp("ex2", "ex2")));
        bind("#", "ex2");
        created(exchanges.bind(BindingRequest.of("ex2", "#", "ex/address")));
        created(exchanges.bind(BindingRequest.of("ex2", "#", "q")));
        Peer.Receiver hop = a.receiver("q", 10);
        Peer.Sender sender = b.sender("ex/address");
        sender.send(subject("x"), false, 1);
        assertThat(hop.messages).hasSize(1);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        assertThat(exchange.receivedCount()).isOne();
    }

    @Test
    @DisplayName("DST-43 EXC-08 an exchange makes an unavailable address usable, as balanced")
    void unavailableBecomesBalanced() {
        Cores.prefix(network.core, "off", "unavailable");
        created(exchanges.create(ExchangeRequest.amqp("off", "off.ex")));
        assertThat(b.sender("off.ex").link().credit()).isEqualTo(250);
        assertThat(Cores.address(network.core, "M0off.ex").distribution())
                .isEqualTo(io.linkspan.core.address.Distribution.BALANCED);
    }

    @Test
    @DisplayName("EXC-09 the counters of exchange and binding are in their rows")
    void rows() {
        bind("a", "q");
        a.receiver("q", 10);
        Peer.Sender sender = b.sender("ex/address");
        sender.send(subject("a"), false, 1);
        sender.send(subject("b"), false, 2);
        List<@Nullable Object[]> rows = new ArrayList<>();
        CoreRows.exchanges(network.core).read(0, rows::add);
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0))
                .containsExactly(
                        "ex",
                        String.valueOf(exchange.identity()),
                        "ex/address",
                        0,
                        "alternate",
                        0,
                        "amqp",
                        1,
                        2L,
                        1L,
                        1L,
                        0L);
        rows.clear();
        CoreRows.bindings(network.core).read(0, rows::add);
        assertThat(rows).hasSize(1);
        assertThat(Arrays.copyOfRange(rows.get(0), 2, 7)).containsExactly("ex", "a", "q", 0, 1L);
    }

    @Test
    @DisplayName("a deleted exchange leaves an ordinary address behind")
    void deleted() {
        Peer.Sender sender = b.sender("ex/address");
        assertThat(exchanges.delete(exchange)).isTrue();
        assertThat(exchanges.delete(exchange)).isFalse();
        sender.send(subject("x"), false, 1);
        assertThat(sender.outcomes).containsExactly("1 released settled");
    }
}
