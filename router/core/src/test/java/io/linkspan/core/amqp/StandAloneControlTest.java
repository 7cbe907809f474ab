// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.OutgoingLink;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.core.CoreEvents;
import io.linkspan.core.mesh.ControlWriter;
import io.linkspan.mesh.MeshEvent;
import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.Hello;
import io.linkspan.mesh.message.LinkState;
import io.linkspan.mesh.message.LinkStateRequest;
import io.linkspan.mesh.message.LinkStateUpdate;
import io.linkspan.mesh.message.MobileAddress;
import io.linkspan.mesh.message.MobileAddressRequest;
import io.linkspan.mesh.message.MobileAddressUpdate;
import io.linkspan.mesh.message.RouterAdvertisement;
import io.linkspan.mesh.message.Treatment;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a router that says no more than the inter-router protocol asks for hears of ours by the routing protocol. */
class StandAloneControlTest {

    private static final RouterId A = new RouterId("A");

    private final Network a = Network.interior("A");
    private final PlainRouter j = new PlainRouter(a, "J");

    @Test
    @DisplayName(
            "inter-router 6, 7.2: A answers LSR with its link state, MAR with all its addresses, or with nothing new")
    void answersQuestions() {
        a.client().receiver("q", 1);
        j.joins(10);
        j.says(new LinkStateRequest(j.id), "amqp:/_topo/0/A/qdrouter");
        assertThat(j.told(LinkStateUpdate.class)).last().satisfies(update -> {
            assertThat(update.linkState().id()).isEqualTo(A);
            assertThat(update.linkState().peers()).containsExactly(new LinkState.Peer(j.id, 1));
        });
        j.says(new MobileAddressRequest(j.id, 0), "amqp:/_topo/0/A/qdrouter.ma");
        j.second();
        assertThat(j.told(MobileAddressUpdate.Absolute.class))
                .singleElement()
                .satisfies(all ->
                        assertThat(all.existing()).containsExactly(new MobileAddress("M0q", Treatment.BALANCED)));
        j.says(new MobileAddressRequest(j.id, 1), "amqp:/_topo/0/A/qdrouter.ma");
        j.second();
        assertThat(j.told(MobileAddressUpdate.Absolute.class)).hasSize(1);
        for (byte[] message : j.heard.messages) {
            assertThat(PlainRouter.annotations(message)).contains("x-opt-qd.ingress=0/A", "x-opt-qd.trace=[0/A]");
        }
    }

    @Test
    @DisplayName("inter-router 12: a full MAU of many addresses spans frames, in both directions")
    void manyAddressesInOneMessage() {
        int count = 700;
        Peer client = a.client();
        for (int i = 0; i < count; i++) {
            client.receiver("a.".repeat(40) + i, 0);
        }
        j.joins(10);
        j.says(new MobileAddressRequest(j.id, 0), "amqp:/_topo/0/A/qdrouter.ma");
        j.second();
        assertThat(j.told(MobileAddressUpdate.Absolute.class))
                .singleElement()
                .satisfies(all -> assertThat(all.existing()).hasSize(count));
        List<MobileAddress> ours = IntStream.range(0, count)
                .mapToObj(i -> new MobileAddress("M0j." + "b.".repeat(40) + i, Treatment.CLOSEST))
                .toList();
        j.says(new MobileAddressUpdate.Absolute(j.id, 5, ours), "amqp:/_topo/0/A/qdrouter.ma");
        assertThat(a.core.address("M0j." + "b.".repeat(40) + 699)).isNotNull();
    }

    @ParameterizedTest
    @DisplayName("a control message beyond its limit ends the control link and no more")
    @ValueSource(ints = {0, 1})
    void largestControlMessage(int beyond) {
        j.joins(10);
        ByteBuf chunk = Unpooled.buffer(1 << 20).writeZero(1 << 20);
        OutgoingLink link = j.control.link();
        int id = link.begin(chunk, 0, 1 << 20, 0, true, j.control, 1);
        a.run();
        for (int sent = 1 << 20; sent < ControlInbound.MAX_MESSAGE_BYTES; sent += 1 << 20) {
            assertThat(link.part(id, chunk, 0, 1 << 20, false)).isTrue();
            a.run();
        }
        link.part(id, chunk, 0, beyond, beyond == 0);
        a.run();
        assertThat(j.control.detached).isEqualTo(beyond == 1);
        assertThat(j.isReached()).isEqualTo(beyond == 0);
        assertThat(j.peer.closed).isFalse();
        if (beyond == 1) {
            assertThat(Objects.requireNonNull(j.control.detachedWith).condition())
                    .hasToString("amqp:link:message-size-exceeded");
            j.control = j.controlSender();
            j.second();
            j.second();
            j.tellsItsLinks(2);
        }
        assertThat(j.isReached()).isTrue();
    }

    @Test
    @DisplayName("a control link in the place of an earlier one stays the neighbour's when the earlier one ends")
    void controlLinksInTurn() {
        j.joins(10);
        Peer.Receiver firstHeard = j.heard;
        Peer.Sender firstControl = j.control;
        j.heard = j.controlReceiver();
        j.control = j.controlSender();
        firstHeard.link().detach(true, null);
        firstControl.link().detach(true, null);
        a.run();
        assertThat(j.isReached()).isTrue();
        j.second();
        assertThat(j.told(Hello.class)).isNotEmpty();
        j.control.link().detach(true, null);
        a.run();
        assertThat(j.isReached()).as("the last one is gone").isFalse();
    }

    @ParameterizedTest
    @DisplayName("inter-router 6.1: what is no control message is passed over, and the neighbour stays")
    @ValueSource(strings = {"opcode", "body", "annotations", "bytes", "nobody", "elsewhere"})
    void whatIsNoControlMessage(String fault) {
        j.joins(10);
        ByteBuf properties = AmqpConnectionTest.section(0x73, Arrays.asList(null, null, "amqp:/_topo/0/all/qdrouter"));
        ByteBuf opcode = AmqpConnectionTest.section(0x74, Map.of("opcode", "NEW"));
        ByteBuf body = AmqpConnectionTest.section(0x77, Map.of("id", "J"));
        ByteBuf message =
                switch (fault) {
                    case "opcode" -> Unpooled.wrappedBuffer(properties, opcode, body);
                    case "body" -> Unpooled.wrappedBuffer(properties, AmqpConnectionTest.section(0x77, "text"));
                    case "annotations" ->
                        Unpooled.wrappedBuffer(
                                RouterAnnotationsTest.annotations("x-opt-qd.trace", "0/J"), properties, opcode, body);
                    case "bytes" -> Unpooled.wrappedBuffer(new byte[] {0, 0x53, 0x73, (byte) 0xc0, 9});
                    case "nobody" -> ControlWriter.encode(new LinkStateRequest(j.id), "amqp:/_topo/0/GONE/qdrouter");
                    default -> AmqpConnectionTest.to("q", 5);
                };
        Peer.Receiver client = a.client().receiver("q", 10);
        j.control.send(message, true, 1);
        j.second();
        assertThat(j.isReached()).isTrue();
        assertThat(j.control.detached).isFalse();
        assertThat(client.messages)
                .as("nothing of a j.control link reaches clients")
                .isEmpty();
    }

    @Test
    @DisplayName("inter-router 8, 11: what the router serves itself is not announced, nor are temporary sources")
    void notAnnounced() {
        a.core.consume(
                io.linkspan.core.address.AddressKey.mobile("$management"),
                io.linkspan.core.address.Distribution.CLOSEST,
                (amqp, settled, from) -> io.linkspan.amqp.DeliveryState.ACCEPTED);
        Peer client = a.client();
        client.receiver(Terminus.source(null).withDynamic(true), 10);
        client.receiver("_local/mine", 10);
        client.receiver("q", 10);
        j.joins(10);
        j.says(new MobileAddressRequest(j.id, 0), "amqp:/_topo/0/A/qdrouter.ma");
        j.second();
        assertThat(j.told(MobileAddressUpdate.Absolute.class))
                .last()
                .satisfies(all ->
                        assertThat(all.existing()).containsExactly(new MobileAddress("M0q", Treatment.BALANCED)));
        assertThat(j.told(MobileAddressUpdate.Differential.class))
                .allSatisfy(change -> assertThat(change.added())
                        .allSatisfy(address -> assertThat(address.key()).isEqualTo("M0q")));
    }

    private static LinkState.Peer[] peers(int count) {
        return Stream.concat(Stream.of(A), IntStream.rangeClosed(1, count).mapToObj(i -> new RouterId("R" + i)))
                .map(id -> new LinkState.Peer(id, 1))
                .toArray(LinkState.Peer[]::new);
    }

    @Test
    @DisplayName("inter-router 12: a neighbour of another product hears of 128 routers, with a warning, ours of all")
    void moreRoutersThanAnotherProductBears() {
        List<MeshEvent> events = new ArrayList<>();
        Network large = Network.interior("other").and("A", 10, new CoreEvents() {
            @Override
            public void mesh(MeshEvent event) {
                if (event instanceof MeshEvent.NetworkNarrowed) {
                    events.add(event);
                }
            }
        });
        PlainRouter old = new PlainRouter(large, "Old");
        PlainRouter c = new PlainRouter(large, "C", AmqpProfile.PRODUCT);
        PlainRouter d = new PlainRouter(large, "D", AmqpProfile.PRODUCT);
        old.joins(0);
        for (PlainRouter router : List.of(c, d)) {
            router.joins(0);
            List.of(old, c).forEach(PlainRouter::greets);
        }
        String all = "amqp:/_topo/0/all/qdrouter";
        c.linkedWith(peers(124));
        c.tellsItsLinks(2);
        c.says(new RouterAdvertisement(new RouterId("R124"), 1, 1, 0), all);
        assertThat(old.told(RouterAdvertisement.class))
                .extracting(RouterAdvertisement::id)
                .contains(new RouterId("R124"));
        assertThat(events).as("128 routers").isEmpty();
        c.linkedWith(peers(200));
        c.tellsItsLinks(3);
        c.second();
        List.of(old, d).forEach(PlainRouter::greets);
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.severity()).isEqualTo(MeshEvent.Severity.WARNING);
            assertThat(event.text()).contains("Old").contains("128").contains("204");
        });
        for (String far : List.of("R7", "R150")) {
            c.says(new RouterAdvertisement(new RouterId(far), 1, 5, 0), all);
        }
        assertThat(d.told(RouterAdvertisement.class))
                .contains(
                        new RouterAdvertisement(new RouterId("R7"), 1, 5, 0),
                        new RouterAdvertisement(new RouterId("R150"), 1, 5, 0));
        assertThat(old.told(RouterAdvertisement.class))
                .contains(new RouterAdvertisement(new RouterId("R7"), 1, 5, 0))
                .doesNotContain(new RouterAdvertisement(new RouterId("R150"), 1, 5, 0));
        // The link state of C on its way, as the answer to questions of both.
        for (PlainRouter asks : List.of(old, d)) {
            asks.says(new LinkStateRequest(asks.id), "amqp:/_topo/0/C/qdrouter");
            assertThat(c.told(LinkStateRequest.class)).contains(new LinkStateRequest(asks.id));
            LinkStateUpdate answer = new LinkStateUpdate(c.id, 7, new LinkState(c.id, 3, List.of(peers(200))));
            c.says(answer, ControlWriter.addressOf(asks.id, answer));
        }
        assertThat(d.told(LinkStateUpdate.class))
                .last()
                .satisfies(update -> assertThat(update.linkState().peers()).hasSize(201));
        assertThat(old.told(LinkStateUpdate.class)).last().satisfies(update -> {
            assertThat(update.linkState().id()).isEqualTo(c.id);
            assertThat(update.linkState().sequence()).isEqualTo(3);
            // With C, D and itself it knows of 128 then.
            assertThat(update.linkState().peers()).hasSize(125).contains(new LinkState.Peer(A, 1));
        });
    }

    @Test
    @DisplayName("inter-router 6.1: what is for another router goes on to it from however far, if it has not been here")
    void relayedUntilItGoesRound() {
        PlainRouter k = new PlainRouter(a, "K");
        j.joins(0);
        k.joins(0);
        j.greets();
        int before = k.told(LinkStateRequest.class).size();
        List<String> far = List.of("0/Z", "0/Y", "0/X", "0/W", "0/J");
        List<String> round = List.of("0/Z", "0/A", "0/J");
        for (List<String> trace : List.of(far, round)) {
            ByteBuf plain = ControlWriter.encode(new LinkStateRequest(new RouterId("Z")), "amqp:/_topo/0/K/qdrouter");
            int header = TypeDecoder.skip(plain, 0);
            ByteBuf keys = RouterAnnotationsTest.annotations("x-opt-qd.ingress", trace.get(0), "x-opt-qd.trace", trace);
            j.control.send(Unpooled.wrappedBuffer(plain.readSlice(header), keys, plain.slice()), true, 1);
        }
        assertThat(k.told(LinkStateRequest.class)).hasSize(before + 1);
        assertThat(PlainRouter.annotations(k.heard.messages.get(k.heard.messages.size() - 1)))
                .contains("x-opt-qd.ingress=0/Z", "x-opt-qd.trace=[0/Z, 0/Y, 0/X, 0/W, 0/J, 0/A]");
    }
}
