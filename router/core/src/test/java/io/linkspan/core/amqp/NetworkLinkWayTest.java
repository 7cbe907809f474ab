// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.link.Direction;
import io.linkspan.core.link.RoutedEnd;
import io.linkspan.core.linkroute.LinkRoutes;
import io.linkspan.core.linkroute.RemoteContainers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What routers tell each other of a routed link: the way it has come, and a tenant's node (ADR 0017). */
class NetworkLinkWayTest {

    private static final String NO_ROUTE = "qd:no-route-to-dest: No route to the destination node";

    @SuppressWarnings("NullAway.Init") // Each test connects its own.
    private InteriorRouters routers;

    private void connect(String... pairs) {
        routers = new InteriorRouters(pairs);
    }

    private Network router(String id) {
        return routers.router(id);
    }

    private LinkRoutes routes(String id) {
        return router(id).core.linkRoutes();
    }

    private Peer container(String router, String prefix, Direction... directions) {
        for (Direction direction : directions) {
            routes(router).create(LinkRoutes.Request.prefix(prefix, direction, "broker"));
        }
        Peer container = router(router).container("broker", "broker");
        routers.seconds(3);
        return container;
    }

    private Peer tenant(String router, String host) {
        return router(router).client(AmqpProfile.DEFAULT.withTenants(), host);
    }

    private static Attach asked(Peer.Receiver taken) {
        return Objects.requireNonNull(taken.request);
    }

    private static String text(@Nullable AmqpError error) {
        return error == null ? "none" : error.condition() + ": " + error.description();
    }

    /** A router that sees a container behind another one. */
    private void sees(String router, String prefix, String nextHop) {
        Connection way = router(router).core.connections().stream()
                .filter(connection -> connection.role() == ConnectionRole.INTER_ROUTER
                        && nextHop.equals(connection.facts().container()))
                .findFirst()
                .orElseThrow();
        routes(router).addRemote("C" + prefix, new RemoteContainers() {
            @Override
            public Connection way() {
                return way;
            }

            @Override
            public int cost() {
                return 1;
            }
        });
    }

    private long routedEnds() {
        return routers.all().values().stream()
                .flatMap(router -> router.core.links().stream())
                .filter(link -> link instanceof RoutedEnd)
                .count();
    }

    private static RawValue properties(Map<String, Object> entries) {
        Map<Object, Object> properties = new LinkedHashMap<>();
        entries.forEach((name, value) -> properties.put(new Symbol(name), value));
        return RawValue.of(properties);
    }

    @AfterEach
    void nothingIsLeftWhenTheConnectionsAreGone() {
        router("A").endAll();
        routers.all().values().forEach(router -> {
            assertThat(router.core.connections()).isEmpty();
            assertThat(router.core.links()).isEmpty();
        });
    }

    @Test
    @DisplayName("LNK-04, LNK-18: routers that see each other as the way refuse a link at once, and keep nothing of it")
    void aCircleOfPathsRefusesTheLink() {
        connect("A-B", "B-C", "C-D", "D-A");
        sees("A", "lr", "B");
        sees("B", "lr", "C");
        sees("C", "lr", "D");
        sees("D", "lr", "A");
        for (String id : routers.all().keySet()) {
            Peer.Sender sender = router(id).client().sender("lr.q");
            assertThat(text(sender.detachedWith)).as(id).isEqualTo(NO_ROUTE);
            assertThat(sender.closed).isTrue();
        }
        assertThat(routedEnds()).isZero();
        Peer container = container("C", "lr", Direction.IN);
        assertThat(router("A").client().sender("lr.q").detached).isFalse();
        assertThat(container.takes).hasSize(1);
    }

    @Test
    @DisplayName("LNK-18: a link that has come by 64 routers is refused, and one that has come by fewer passes")
    void noLinkComesByTooManyRouters() {
        connect("A-B");
        Peer container = container("B", "lr", Direction.IN);
        Peer other = router("A").router("X");
        Symbol control = new Symbol("qd.router");
        other.sender(Attach.of(
                "control",
                Terminus.source(null).withCapability(control),
                Terminus.target(null).withCapability(control)));
        List<String> trace = new ArrayList<>();
        for (int i = 0; i < LinkWay.MAX_ROUTERS - 1; i++) {
            trace.add("R" + i);
        }
        Attach attach = Attach.of("one", Terminus.source(null), Terminus.target("lr.q"));
        Peer.Sender passes = other.sender(attach.withProperties(properties(Map.of("linkspan.trace", trace))));
        assertThat(text(passes.detachedWith)).isEqualTo("none");
        assertThat(container.takes).hasSize(1);
        trace.add("last");
        Attach next = Attach.of("two", Terminus.source(null), Terminus.target("lr.q"));
        Peer.Sender refused = other.sender(next.withProperties(properties(Map.of("linkspan.trace", trace))));
        assertThat(text(refused.detachedWith)).isEqualTo(NO_ROUTE);
        assertThat(container.takes).hasSize(1);
    }

    @Test
    @DisplayName("LNK-06: what routers tell each other is hidden from containers, and clients cannot say it")
    void propertiesOfRouters() {
        for (String[] line : new String[][] {{"A-B", "B-C"}, {"A-OldB", "OldB-C"}}) {
            connect(line);
            Peer container = container("C", "lr", Direction.IN);
            Attach attach = Attach.of("x", Terminus.source(null), Terminus.target("lr.q"));
            RawValue own = properties(Map.of("mine", 5));
            assertThat(router("A").client().sender(attach.withProperties(own)).detached)
                    .isFalse();
            assertThat(asked(container.takes.get(0)).properties()).isEqualTo(own);
            RawValue false1 = properties(Map.of("linkspan.trace", List.of("A", "B", "C"), "linkspan.node", "y"));
            assertThat(router("A").client().sender(attach.withProperties(false1)).detached)
                    .isFalse();
            assertThat(asked(container.takes.get(1)).properties()).isNull();
            assertThat(router("A").client().sender(attach).detached).isFalse();
            assertThat(router("C").client().sender(attach.withProperties(false1)).detached)
                    .isFalse();
            assertThat(asked(container.takes.get(3)).properties()).isNull();
            router("A").endAll();
        }
    }

    @Test
    @DisplayName("TEN-02, TEN-03, LNK-20: a tenant's links reach the container of its space at another router")
    void tenantsLinks() {
        connect("A-B", "B-C");
        Peer container = container("C", "acme/lr", Direction.IN, Direction.OUT);
        Peer acme = tenant("A", "acme");
        Peer.Sender sender = acme.sender("lr.q");
        assertThat(Objects.requireNonNull(asked(container.takes.get(0)).target())
                        .address())
                .isEqualTo("acme/lr.q");
        assertThat(Objects.requireNonNull(Objects.requireNonNull(sender.answer).target())
                        .address())
                .isEqualTo("lr.q");
        Terminus dynamic = Terminus.source(null)
                .withDynamic(true)
                .withDynamicNodeProperties(properties(Map.of("x-opt-qd.address", "lr.any")));
        assertThat(acme.receiver(dynamic, 0).detached).isFalse();
        assertThat(Objects.requireNonNull(Objects.requireNonNull(container.gives.get(0).request)
                                .source())
                        .dynamicNodeProperties())
                .isEqualTo(properties(Map.of("x-opt-qd.address", "acme/lr.any")));
        assertThat(tenant("A", "other").sender("lr.q").link().credit()).isZero();
        assertThat(container.takes).hasSize(1);
    }

    @Test
    @DisplayName("LNK-21, TEN-02: a tenant's coordinator is found in its space at another router, and nobody else's")
    void tenantsCoordinator() {
        connect("A-B", "B-C");
        Peer everybodys = container("C", "$coordinator", Direction.IN);
        routes("C").create(LinkRoutes.Request.prefix("acme/$coordinator", Direction.IN, "acmes"));
        Peer acmes = router("C").container("acmes", "acmes");
        routers.seconds(3);
        Terminus coordinator = Terminus.coordinator(List.of(new Symbol("amqp:local-transactions")));
        Peer.Sender sender = tenant("A", "acme").sender(coordinator);
        assertThat(asked(acmes.takes.get(0)).target()).isEqualTo(coordinator);
        assertThat(asked(acmes.takes.get(0)).properties()).isNull();
        assertThat(Objects.requireNonNull(sender.answer).target()).isEqualTo(coordinator);
        assertThat(router("A").client().sender(coordinator).detached).isFalse();
        assertThat(everybodys.takes).hasSize(1);
        assertThat(text(tenant("A", "other").sender(coordinator).detachedWith)).startsWith("amqp:precondition-failed");
        assertThat(everybodys.takes).hasSize(1);
        assertThat(acmes.takes).hasSize(1);
    }

    @Test
    @DisplayName("LNK-21: a tenant's coordinator behind a router that cannot be told of the tenant is out of reach")
    void tenantsCoordinatorBehindAnother() {
        connect("A-OldB", "OldB-C");
        Peer everybodys = container("C", "$coordinator", Direction.IN);
        routes("C").create(LinkRoutes.Request.prefix("acme/$coordinator", Direction.IN, "broker"));
        routers.seconds(3);
        Terminus coordinator = Terminus.coordinator(List.of());
        assertThat(text(tenant("A", "acme").sender(coordinator).detachedWith)).isEqualTo(NO_ROUTE);
        assertThat(router("A").client().sender(coordinator).detached).isFalse();
        assertThat(everybodys.takes).hasSize(1);
    }

    @Test
    @DisplayName(
            "LNK-16, LNK-19: a link that outlives its connection passes three routers, and its loss leaves it open")
    void resumableLinks() {
        connect("A-B", "B-C");
        Peer container = container("C", "lr", Direction.OUT);
        Peer client = router("A").client();
        Terminus lasting = Terminus.source("lr.q").withTimeout(10).withExpiryPolicy(new Symbol("connection-close"));
        Peer.Receiver receiver = client.receiver(lasting, 0);
        assertThat(Objects.requireNonNull(container.gives.get(0).request).source())
                .isEqualTo(lasting);
        Peer.Receiver never = client.receiver(Terminus.source("lr.q").withExpiryPolicy(new Symbol("never")), 0);
        Peer.Receiver usual = client.receiver("lr.q", 0);
        routers.cut("B-C");
        for (Peer.Receiver one : List.of(receiver, never, usual)) {
            assertThat(text(one.detachedWith)).startsWith("qd:routed-link-lost");
        }
        assertThat(List.of(receiver.closed, never.closed, usual.closed)).containsExactly(false, false, true);
        for (Peer.Sender one : container.gives) {
            assertThat(text(one.detachedWith)).startsWith("qd:routed-link-lost");
        }
        assertThat(container.gives.stream().map(one -> one.closed)).containsExactly(false, false, true);
        routers.connect("B", "C", 1);
        routers.seconds(8);
        assertThat(client.receiver(lasting, 0).detached).as("it comes back").isFalse();
        assertThat(container.gives).hasSize(4);
    }

    @Test
    @DisplayName("LNK-19: any router on the way may refuse links that outlive their connection, with its reason")
    void resumableLinksMayBeForbidden() {
        connect("A-B", "B-C");
        Peer container = container("C", "lr", Direction.OUT);
        Terminus lasting = Terminus.source("lr.q").withTimeout(10);
        for (String id : routers.all().keySet()) {
            routes(id).resumable(false);
            assertThat(text(router("A").client().receiver(lasting, 0).detachedWith))
                    .as(id)
                    .isEqualTo("qd:link-expiration: Requested link expiration not allowed");
            routes(id).resumable(true);
        }
        assertThat(container.gives).isEmpty();
        assertThat(router("A").client().receiver(lasting, 0).detached).isFalse();
        assertThat(container.gives).hasSize(1);
    }
}
