// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.tests.ArtemisBroker;
import io.linkspan.tests.RouterProcess;
import io.linkspan.tests.client.ClientEvent;
import io.linkspan.tests.client.ClientProcess;
import io.linkspan.tests.client.ClientProgram;
import io.linkspan.tests.client.ToolProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A real broker behind the router: waypoints, link routes, transactions, a restart, and the broker as the one that connects. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ArtemisSystemIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @SuppressWarnings("InlineFormatString") // A file of its own weight.
    private static final String CONFIGURATION = """
            router {
                mode: standalone
                id: artemis
            }
            listener {
                name: any
                host: 127.0.0.1
                port: %d
                authenticatePeer: no
            }
            connector {
                name: broker
                host: 127.0.0.1
                port: %d
                role: route-container
            }
            address {
                prefix: q.wp
                waypoint: yes
            }
            address {
                prefix: q.peer
                waypoint: yes
            }
            address {
                prefix: topic
                distribution: multicast
                waypoint: yes
            }
            address {
                prefix: fb
                enableFallback: yes
            }
            autoLink {
                address: fb.one
                externalAddress: q.fb.one
                direction: in
                connection: broker
                fallback: yes
            }
            autoLink {
                address: fb.one
                externalAddress: q.fb.one
                direction: out
                connection: broker
                fallback: yes
            }
            autoLink {
                address: fb.two
                externalAddress: q.fb.two
                direction: in
                connection: broker
                fallback: yes
            }
            autoLink {
                address: fb.two
                externalAddress: q.fb.two
                direction: out
                connection: broker
                fallback: yes
            }
            autoLink {
                address: q.wp.one
                direction: in
                connection: broker
            }
            autoLink {
                address: q.wp.one
                direction: out
                connection: broker
            }
            autoLink {
                address: topic.news
                direction: in
                connection: broker
            }
            autoLink {
                address: topic.news
                direction: out
                connection: broker
            }
            autoLink {
                address: q.wp.alias
                externalAddress: q.second
                direction: in
                connection: broker
            }
            autoLink {
                address: q.wp.alias
                externalAddress: q.second
                direction: out
                connection: broker
            }
            linkRoute {
                prefix: lr
                direction: in
                connection: broker
            }
            linkRoute {
                prefix: lr
                direction: out
                connection: broker
            }
            linkRoute {
                prefix: ext
                direction: in
                connection: broker
                delExternalPrefix: ext.
            }
            linkRoute {
                prefix: ext
                direction: out
                connection: broker
                delExternalPrefix: ext.
            }
            linkRoute {
                prefix: $coordinator
                direction: in
                connection: broker
            }
            """;

    @TempDir
    static Path directory;

    @RegisterExtension
    static final Clients CLIENTS = new Clients();

    private static int brokerPort;
    private static int routerPort;
    private static @Nullable ArtemisBroker broker;
    private static @Nullable RouterProcess router;

    @BeforeAll
    static void start() {
        brokerPort = ArtemisBroker.freePort();
        routerPort = ArtemisBroker.freePort();
        startBroker();
        router = RouterProcess.start(
                String.format(Locale.ROOT, CONFIGURATION, routerPort, brokerPort),
                List.of("-Xmx96m", "-Dio.netty.leakDetection.level=paranoid"));
        awaitActive(1);
    }

    @AfterAll
    static void stop() {
        try (ArtemisBroker ending = Objects.requireNonNull(broker);
                RouterProcess stopping = Objects.requireNonNull(router)) {
            assertThat(ending.text()).contains("Listening on");
            int status = stopping.terminate();
            assertThat(status).as(String.join("\n", stopping.output())).isZero();
            assertThat(stopping.output())
                    .noneMatch(line -> line.contains("LEAK"))
                    .noneMatch(line -> line.contains("Unexpected exception"));
        }
    }

    private static void startBroker() {
        broker = ArtemisBroker.start(
                brokerPort,
                directory.resolve("broker"),
                "--persistent",
                "--router=127.0.0.1:" + routerPort + "/q.peer.one");
    }

    /** Waits until the connector has opened its connection so many times. */
    private static void awaitActive(int times) {
        RouterProcess process = Objects.requireNonNull(router);
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> process.output().stream()
                                .filter(line -> line.contains("Connection Opened: dir=out"))
                                .count()
                        >= times);
    }

    private static ClientProcess jms() {
        return CLIENTS.amqp(ClientProgram.QPID_JMS, "amqp://127.0.0.1:" + routerPort);
    }

    private static String stat(String what) {
        try (ToolProcess tool = ToolProcess.start(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.linkspan.server.Main",
                "stat",
                "-b",
                "127.0.0.1:" + routerPort,
                what)) {
            assertThat(tool.exitStatus()).as(tool.text()).isZero();
            return tool.text();
        }
    }

    @Test
    @Order(1)
    @DisplayName("AUT-09, PHS-02: a queue of the broker stands between senders and receivers of a waypoint")
    void aQueueIsAWaypoint() {
        ClientProcess jms = jms();
        jms.tell("sender out q.wp.one");
        jms.await("attached", "link", "out");
        jms.tell("send out 5 --durable");
        assertThat(jms.await(5, "outcome", "link", "out", "state", "accepted")).hasSize(5);
        jms.tell("receiver in q.wp.one");
        List<ClientEvent> messages = jms.await(5, "message", "link", "in");
        assertThat(messages.get(4).number("n")).isEqualTo(4);
        Clients.close(jms);
    }

    @Test
    @Order(2)
    @DisplayName(
            "AUT-09, DST-30: a topic of the broker stands between senders and all receivers of a multicast waypoint")
    void aTopicIsAWaypoint() {
        ClientProcess jms = jms();
        jms.tell("receiver one topic.news");
        jms.tell("receiver two topic.news");
        jms.await("attached", "link", "one");
        jms.await("attached", "link", "two");
        jms.tell("sender out topic.news");
        jms.await("attached", "link", "out");
        jms.tell("send out 3");
        assertThat(jms.await(3, "message", "link", "one")).hasSize(3);
        assertThat(jms.await(3, "message", "link", "two")).hasSize(3);
        Clients.close(jms);
    }

    @Test
    @Order(3)
    @DisplayName("AUT-05: a second address of the broker has another name in the network")
    void aSecondAddressHasAnotherName() {
        ClientProcess jms = jms();
        jms.tell("sender out q.wp.alias");
        jms.await("attached", "link", "out");
        jms.tell("send out 2");
        jms.await(2, "outcome", "link", "out", "state", "accepted");
        jms.tell("receiver in q.wp.alias");
        jms.await(2, "message", "link", "in");
        jms.tell("sender routed ext.q.second");
        jms.await("attached", "link", "routed");
        jms.tell("send routed 1");
        jms.await("outcome", "link", "routed", "state", "accepted");
        // It is the same queue, and this time its messages came by LNK-08's prefix.
        jms.await("message", "link", "in");
        Clients.close(jms);
    }

    @Test
    @Order(4)
    @DisplayName("LNK-06, LNK-10, LNK-14: JMS sends, browses, selects and receives over link routes")
    void jmsWorksOverLinkRoutes() {
        ClientProcess jms = jms();
        jms.tell("sender out lr.jms");
        jms.await("attached", "link", "out");
        jms.tell("send out 3 --durable --property=colour:s:red");
        jms.await(3, "outcome", "link", "out", "state", "accepted");
        jms.tell("send out 2 --durable --property=colour:s:blue");
        jms.await(2, "outcome", "link", "out", "state", "accepted");
        jms.tell("browse look lr.jms");
        assertThat(jms.await("browsed", "link", "look").number("count")).isEqualTo(5);
        jms.tell("browse some lr.jms --selector=colour='blue'");
        assertThat(jms.await("browsed", "link", "some").number("count")).isEqualTo(2);
        jms.tell("receiver blue lr.jms --selector=colour='blue'");
        assertThat(jms.await(2, "message", "link", "blue")).hasSize(2);
        jms.tell("detach blue");
        jms.await("detached", "link", "blue");
        jms.tell("receiver rest lr.jms");
        assertThat(jms.await(3, "message", "link", "rest")).hasSize(3);
        jms.tell("browse empty lr.jms");
        assertThat(jms.await("browsed", "link", "empty").number("count")).isZero();
        Clients.close(jms);
    }

    @Test
    @Order(5)
    @DisplayName(
            "LNK-21: local transactions of JMS are committed and rolled back by the broker, for senders and receivers")
    void transactionsAreTheBrokers() {
        ClientProcess jms = jms();
        jms.tell("sender out lr.tx --transacted");
        jms.await("attached", "link", "out");
        jms.tell("send out 2 --durable");
        jms.tell("rollback out");
        jms.await("rolledback", "link", "out");
        jms.tell("browse nothing lr.tx");
        assertThat(jms.await("browsed", "link", "nothing").number("count")).isZero();
        jms.tell("send out 3 --durable");
        jms.tell("commit out");
        jms.await("committed", "link", "out");
        jms.tell("browse all lr.tx");
        assertThat(jms.await("browsed", "link", "all").number("count")).isEqualTo(3);
        jms.tell("receiver in lr.tx --transacted");
        assertThat(jms.await(3, "message", "link", "in")).hasSize(3);
        jms.tell("rollback in");
        jms.await("rolledback", "link", "in");
        assertThat(jms.await(3, "message", "link", "in")).as("once more").hasSize(3);
        jms.tell("commit in");
        jms.await("committed", "link", "in");
        jms.tell("detach in");
        jms.await("detached", "link", "in");
        jms.tell("browse end lr.tx");
        assertThat(jms.await("browsed", "link", "end").number("count")).isZero();
        Clients.close(jms);
    }

    @Test
    @Order(6)
    @DisplayName("PHS-04: a broker that connects to us with qd.waypoint is the waypoint of its queue")
    void theBrokerConnectsAsAWaypoint() {
        ClientProcess jms = jms();
        jms.tell("sender out q.peer.one");
        jms.await("attached", "link", "out");
        jms.tell("send out 4 --durable");
        jms.await(4, "outcome", "link", "out", "state", "accepted");
        jms.tell("receiver in q.peer.one");
        assertThat(jms.await(4, "message", "link", "in")).hasSize(4);
        Clients.close(jms);
    }

    @Test
    @Order(7)
    @DisplayName(
            "FBK-02, FBK-03, FBK-04, AUT-05: the broker keeps what no consumer of its two fallback addresses takes")
    void theBrokerIsTheFallbackOfTwoAddresses() {
        ClientProcess jms = jms();
        jms.tell("sender one fb.one");
        jms.tell("sender two fb.two");
        jms.await("attached", "link", "one");
        jms.await("attached", "link", "two");
        jms.tell("send one 3 --durable");
        assertThat(jms.await(3, "outcome", "link", "one", "state", "accepted")).hasSize(3);
        jms.tell("send two 2 --durable");
        assertThat(jms.await(2, "outcome", "link", "two", "state", "accepted")).hasSize(2);
        awaitQueued(jms, "ext.q.fb.one", 3);
        awaitQueued(jms, "ext.q.fb.two", 2);
        // A consumer gets what was kept for its address, and what comes now does not go to the broker.
        jms.tell("receiver in fb.one");
        assertThat(jms.await(3, "message", "link", "in")).hasSize(3);
        jms.tell("send one 1 --durable");
        assertThat(jms.await("message", "link", "in").number("n"))
                .as("the fourth that was sent")
                .isEqualTo(3);
        awaitQueued(jms, "ext.q.fb.one", 0);
        awaitQueued(jms, "ext.q.fb.two", 2);
        jms.tell("detach in");
        jms.await("detached", "link", "in");
        jms.tell("send one 1 --durable");
        jms.await("outcome", "link", "one", "state", "accepted");
        awaitQueued(jms, "ext.q.fb.one", 1);
        Clients.close(jms);
    }

    /** The broker's own count follows its consumers' acknowledgements a little later. */
    private static void awaitQueued(ClientProcess jms, String address, int count) {
        AtomicInteger looks = new AtomicInteger();
        Awaitility.await().atMost(LIMIT).until(() -> {
            String look = address + "-" + count + "-" + looks.incrementAndGet();
            jms.tell("browse " + look + " " + address);
            return jms.await("browsed", "link", look).number("count") == count;
        });
    }

    @Test
    @Order(8)
    @DisplayName("LNK-02, AUT-06: management shows what is active")
    void managementShowsWhatIsActive() {
        assertThat(stat("--linkroutes"))
                .contains("Link Routes", "$coordinator  in", "linkBalanced  active")
                .doesNotContain("inactive");
        assertThat(stat("--autolinks"))
                .contains("AutoLinks", "q.second", "active")
                .doesNotContain("inactive")
                .doesNotContain("failed");
        assertThat(stat("-c")).contains("route-container");
    }

    @Test
    @Order(9)
    @DisplayName("LNK-16, AUT-07, CON-07: a broker that crashes and comes back serves again, with what it had stored")
    void theBrokerRestarts() {
        ClientProcess jms = jms();
        jms.tell("sender out lr.restart");
        jms.await("attached", "link", "out");
        jms.tell("send out 2 --durable");
        jms.await(2, "outcome", "link", "out", "state", "accepted");
        Objects.requireNonNull(broker).kill();
        // JMS learns of the loss when it uses the link.
        Awaitility.await().atMost(LIMIT).until(() -> stat("--linkroutes").contains("inactive"));
        jms.tell("sender refused lr.restart");
        assertThat(jms.await("detached", "link", "refused").text("condition")).isEqualTo("qd:no-route-to-dest");
        assertThat(stat("--autolinks")).contains("inactive");
        startBroker();
        awaitActive(2);
        jms.tell("receiver in lr.restart");
        assertThat(jms.await(2, "message", "link", "in")).hasSize(2);
        jms.tell("sender again q.wp.one");
        jms.await("attached", "link", "again");
        jms.tell("receiver back q.wp.one");
        jms.tell("send again 2 --durable");
        assertThat(jms.await(2, "message", "link", "back")).hasSize(2);
        Clients.close(jms);
    }
}
