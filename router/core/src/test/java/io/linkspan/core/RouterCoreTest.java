// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core;

import static io.linkspan.amqp.DeliveryState.ACCEPTED;
import static io.linkspan.amqp.DeliveryState.RELEASED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.core.address.Address;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.address.Route;
import io.linkspan.core.address.RouteLookup;
import io.linkspan.core.address.Subscription;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.fake.FakeConnection;
import io.linkspan.core.fake.FakeReceiver;
import io.linkspan.core.fake.FakeSender;
import io.linkspan.core.link.Link;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RouterCoreTest {

    private final RouterCore core = Cores.standalone();

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("ADR-10 a receiver at another router is refused, a sender is accepted without credit")
    void otherRouters() {
        FakeConnection connection = new FakeConnection(core);
        assertThat(core.subscribe(connection.receiver("r"), Subscription.plain(core.receiverKey("_topo/0/OTHER/x", 0))))
                .isEqualTo(new Admission.Refused(
                        ErrorCondition.NO_ROUTE_TO_DEST.error("No route to the destination node")));
        FakeSender sender = connection.sender("s").attach("_topo/0/OTHER/x");
        assertThat(sender.issued).isEmpty();
        assertThat(sender.owningKey()).isEqualTo("ROTHER");
        assertThat(Cores.address(core, "ROTHER").distribution()).isEqualTo(Distribution.CLOSEST);
    }

    @Test
    @DisplayName("ADR-08 a local address and its _topo spelling are the same")
    void localAddresses() {
        FakeConnection connection = new FakeConnection(core);
        FakeReceiver receiver = connection.receiver("r").attach("_local/x").credit(1);
        connection.sender("s").attach("amqp:/_topo/0/R/x").send("m", true);
        assertThat(receiver.bodies()).containsExactly("m");
        assertThat(receiver.owningKey()).isEqualTo("Lx");
    }

    @Test
    @DisplayName("ADR-13 ADR-15 routers' addresses refuse ordinary links without an error, the heartbeat takes senders")
    void routersAddresses() {
        FakeConnection connection = new FakeConnection(core);
        for (String address : List.of("_$qd.edge_addr_tracking", "_$qd.addr_lookup")) {
            assertThat(core.producer(connection.sender("s"), core.senderKey(address, 0)))
                    .isEqualTo(new Admission.Refused(null));
            assertThat(core.subscribe(connection.receiver("r"), Subscription.plain(core.receiverKey(address, 0))))
                    .isEqualTo(new Admission.Refused(null));
        }
        assertThat(core.subscribe(
                        connection.receiver("r"), Subscription.plain(AddressKey.mobile("_$qd.edge_heartbeat"))))
                .isEqualTo(new Admission.Refused(null));
        FakeSender heart = connection.sender("h").attach("_$qd.edge_heartbeat");
        assertThat(heart.outcomeOf(heart.send("beat", false))).isEqualTo(ACCEPTED);
        Address heartbeat = Cores.address(core, "M0_$qd.edge_heartbeat");
        assertThat(heartbeat.inProcessCount()).isZero();
        assertThat(heartbeat.distribution()).isEqualTo(Distribution.BALANCED);
    }

    @Test
    @DisplayName("ADR-14 a delivery to a router-control address is released and its credit given back")
    void routerControlAddresses() {
        FakeSender sender = new FakeConnection(core).sender("s").attach(null);
        for (String address : List.of(
                "_local/qdhello",
                "_local/qdrouter",
                "_topo/0/all/qdrouter",
                "_local/qdrouter.ma",
                "_topo/all/all/qdrouter.ma")) {
            assertThat(sender.outcomeOf(sender.sendTo(address, "x", false))).isEqualTo(RELEASED);
        }
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    @Test
    @DisplayName("ANO-09 ANO-10 ANO-11 dynamic addresses: text, class, distribution, end")
    void dynamicAddresses() {
        RouterCore.Temporary source = core.temporarySource();
        assertThat(source.address()).matches("amqp:/_topo/0/R/temp\\.[a-zA-Z0-9+_]{15}");
        assertThat(core.parse(source.address())).isEqualTo(source.key());
        RouterCore.Temporary target = core.temporaryTarget();
        assertThat(target.address()).matches("amqp:/_\\$temp\\.[a-zA-Z0-9+_]{15}");
        assertThat(core.parse(target.address())).isEqualTo(target.key());
        assertThat(core.temporarySource().address()).isNotEqualTo(source.address());

        FakeConnection connection = new FakeConnection(core);
        FakeReceiver receiver = connection
                .receiver("r")
                .subscribe(Subscription.plain(source.key()))
                .credit(10);
        FakeSender anonymous = connection.sender("s").attach(null);
        anonymous.sendTo(source.address(), "reply", true);
        connection.sender("t").attach(source.address()).send("second", true);
        assertThat(receiver.bodies()).containsExactly("reply", "second");
        Address record = Cores.address(core, source.key().toString());
        assertThat(record.distribution()).isEqualTo(Distribution.BALANCED);
        connection.lose();
        assertThat(core.address(source.key().toString())).isNull();

        RouterCore edge = new RouterCore(
                new CoreSettings("E", CoreSettings.Mode.EDGE, Distribution.BALANCED, "v", 1),
                CoreEvents.NONE,
                new SplittableRandom(2));
        assertThat(edge.temporarySource().address()).startsWith("amqp:/_edge/E/temp.");
        assertThat(edge.parse(edge.temporarySource().address()).toString()).startsWith("Ltemp.");
    }

    @Test
    @DisplayName("ANO-10 a sender to a dynamic target gets credit when somebody receives from it")
    void dynamicTarget() {
        FakeConnection connection = new FakeConnection(core);
        RouterCore.Temporary target = core.temporaryTarget();
        FakeSender sender = connection.sender("s");
        core.producer(sender, target.key());
        assertThat(sender.issued).isEmpty();
        FakeReceiver receiver =
                connection.receiver("r").attach(target.address()).credit(1);
        sender.send("x", true);
        assertThat(receiver.bodies()).containsExactly("x");
    }

    @Test
    @DisplayName("ANO-20 a client that sends and receives gets its own messages")
    void noNoLocal() {
        FakeConnection connection = new FakeConnection(core);
        FakeReceiver receiver = connection.receiver("r").attach("q").credit(1);
        connection.sender("s").attach("q").send("mine", true);
        assertThat(receiver.bodies()).containsExactly("mine");
    }

    @Test
    void theRouterAnswersAndSendsItself() {
        InProcessProducer producer = core.produce("management");
        List<String> log = new ArrayList<>();
        core.consume(AddressKey.mobile("$management"), Distribution.CLOSEST, (amqp, settled, from) -> {
            log.add(amqp.toString(StandardCharsets.UTF_8) + settled);
            producer.send(core.route("reply"), bytes("answer"));
            return ACCEPTED;
        });
        FakeConnection connection = new FakeConnection(core);
        FakeReceiver receiver = connection.receiver("r").attach("reply");
        FakeSender sender = connection.sender("s").attach("$management");
        assertThat(sender.outcomeOf(sender.send("ask", false))).isEqualTo(ACCEPTED);
        assertThat(log).containsExactly("askfalse");
        receiver.credit(1);
        assertThat(receiver.bodies()).containsExactly("answer");
        assertThat(core.links()).hasSize(2);
    }

    @Test
    void aConsumerOfTheRouterMaySendToItself() {
        InProcessProducer producer = core.produce("echo");
        List<String> log = new ArrayList<>();
        core.consume(AddressKey.local("loop"), Distribution.CLOSEST, (amqp, settled, from) -> {
            log.add(amqp.toString(StandardCharsets.UTF_8));
            if (log.size() < 4) {
                producer.send(core.route("_local/loop"), bytes("again " + log.size()));
            }
            return ACCEPTED;
        });
        producer.send(core.route("_local/loop"), bytes("first"));
        assertThat(log).containsExactly("first", "again 1", "again 2", "again 3");
    }

    @Test
    @DisplayName("OUT-05 the router's own sender hears the outcome and settles for a receiver that settles second")
    void ownSenderHearsOutcomes() {
        List<DeliveryState> outcomes = new ArrayList<>();
        InProcessProducer producer = core.produce("p");
        producer.send(core.route("q"), bytes("nobody"), outcomes::add);
        assertThat(outcomes).containsExactly(RELEASED);
        FakeReceiver receiver =
                new FakeConnection(core).receiver("r").attach("q").credit(2);
        producer.send(core.route("q"), bytes("1"), outcomes::add);
        producer.send(core.route("q"), bytes("2"), outcomes::add);
        receiver.settle(ACCEPTED);
        receiver.tell(1, ACCEPTED);
        assertThat(outcomes).containsExactly(RELEASED, ACCEPTED, ACCEPTED);
        assertThat(receiver.senderTold).containsExactly(new FakeSender.Told(ACCEPTED, true));
        assertThat(producer.unsettledCount()).isZero();
    }

    @Test
    @DisplayName("CON-13 the loss of a connection ends its links and leaves nothing behind")
    void lossOfAConnection() {
        int addresses = core.table().addresses().size();
        FakeConnection one = new FakeConnection(core);
        FakeConnection two = new FakeConnection(core);
        FakeReceiver receiver = one.receiver("r").attach("q").credit(1);
        FakeSender sender = two.sender("s").attach("q");
        int key = sender.send(2);
        one.lose();
        assertThat(sender.outcomeOf(key)).isEqualTo(DeliveryState.MODIFIED_FAILED);
        assertThat(sender.outcomeOf(key + 1)).isEqualTo(RELEASED);
        assertThat(receiver.isLost()).isTrue();
        two.lose();
        assertThat(core.connections()).isEmpty();
        assertThat(core.links()).isEmpty();
        assertThat(core.table().addresses()).hasSize(addresses);
        assertThat(core.table().starvedCount()).isZero();
    }

    @Test
    @DisplayName("CON-11 management ends a connection")
    void forcedClose() {
        FakeConnection connection = new FakeConnection(core);
        connection.forceClose();
        assertThat(connection.isClosing()).isTrue();
        assertThat(connection.saidGoodbye).isFalse();
        assertThat(core.connections()).isEmpty();
    }

    @Test
    @DisplayName("CON-12 the connection of a connector that management deleted ends in order")
    void endInOrder() {
        FakeConnection connection = new FakeConnection(core);
        connection.endInOrder();
        assertThat(connection.isClosing()).isTrue();
        assertThat(connection.saidGoodbye).isTrue();
        assertThat(core.connections()).isEmpty();
    }

    @Test
    void eventsTellWhatComesAndGoes() {
        List<String> log = new ArrayList<>();
        RouterCore watched = new RouterCore(
                CoreSettings.standalone("R"),
                new CoreEvents() {
                    @Override
                    public void connectionKnown(Connection connection) {
                        log.add("C" + connection.identity());
                    }

                    @Override
                    public void connectionGone(Connection connection) {
                        log.add("-C" + connection.identity());
                    }

                    @Override
                    public void linkAttached(Link link) {
                        log.add("L" + link.identity());
                    }

                    @Override
                    public void linkGone(Link link) {
                        log.add("-L" + link.identity());
                    }

                    @Override
                    public void addressCreated(Address address) {
                        log.add(address.keyText());
                    }

                    @Override
                    public void addressRemoved(Address address) {
                        log.add("-" + address.keyText());
                    }
                },
                new SplittableRandom(1));
        log.clear();
        long generation = watched.generation();
        FakeConnection connection = new FakeConnection(watched);
        connection.receiver("r").attach("q");
        assertThat(watched.generation()).isGreaterThan(generation);
        connection.lose();
        assertThat(log).containsExactly("C1", "L1", "M0q", "-M0q", "-L1", "-C1");
        assertThat(watched.connection(1)).isNull();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("routes by bytes make no new route for a text seen lately, and long texts work too")
    void routesByBytes() {
        byte[] text = utf8("xxamqp:/a.bxx");
        Route route = core.route(text, 2, 9);
        assertThat(route.key()).isEqualTo(AddressKey.mobile("a.b"));
        assertThat(core.route(text, 2, 9)).isSameAs(route);
        assertThat(core.route("a.b")).isSameAs(route);
        for (int i = 0; i < RouteLookup.PLACES * 2; i++) {
            byte[] other = utf8("t" + i);
            assertThat(core.route(other, 0, other.length).key().text()).isEqualTo("t" + i);
        }
        assertThat(core.route(text, 2, 9).key()).isEqualTo(AddressKey.mobile("a.b"));
        String longText = "y".repeat(RouteLookup.MAX_TEXT_BYTES + 1);
        byte[] longer = utf8(longText);
        assertThat(core.route(longer, 0, longer.length).key().text()).isEqualTo(longText);
    }

    @Test
    void settingsAreChecked() {
        FakeConnection any = new FakeConnection(core);
        assertThat(any.role()).isEqualTo(ConnectionRole.NORMAL);
        assertThatThrownBy(() -> new FakeConnection(core, ConnectionRole.NORMAL, 0))
                .hasMessage("linkCapacity 0 is below 1");
        assertThatThrownBy(() -> Cores.withDefault(Distribution.FLOOD)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDeliveryWithoutATargetIsABug() {
        FakeSender sender = new FakeConnection(core).sender("s").attach(null);
        assertThatThrownBy(() -> sender.send("x", false)).isInstanceOf(IllegalStateException.class);
        FakeSender other = new FakeConnection(core).sender("s").attach(null);
        other.stream(0, core.route("q"));
        assertThatThrownBy(() -> other.sendTo("q", "x", false)).hasMessageContaining("begins before");
    }
}
