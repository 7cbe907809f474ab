// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.tests.client.ClientEvent;
import io.linkspan.tests.client.ClientProcess;
import io.linkspan.tests.client.ClientProgram;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** MQTT clients at different routers of one network. */
class MqttNetworkSystemIT {

    private static final int MANY = 20;

    private static ClientProcess connected(
            List<ClientProcess> clients, RouterNetwork network, String router, String options) {
        ClientProcess client = ClientProcess.start(ClientProgram.MQTT_JS);
        clients.add(client);
        connect(client, network, router, "--id=client-" + clients.size() + " " + options);
        return client;
    }

    private static void connect(ClientProcess client, RouterNetwork network, String router, String options) {
        client.tell("connect mqtt://127.0.0.1:%d %s", network.clientPort(router), options);
        client.await("connected");
    }

    private static ClientProcess connected(List<ClientProcess> clients, RouterNetwork network, String router) {
        return connected(clients, network, router, "--version=5");
    }

    private static void subscribe(ClientProcess client, String filter) {
        subscribe(client, filter, "");
    }

    private static void subscribe(ClientProcess client, String filter, String options) {
        client.tell("subscribe %s 1 %s", filter, options);
        client.await("subscribed", "filter", filter);
    }

    /** Waits until the client's router knows that other routers have receivers of an address or a pattern. */
    private static void waitForRemote(TestClient client, String key, int routers) {
        RouterNetwork.waitUntil(
                key + " at " + routers + " other routers",
                () -> client.query("router.address").stream()
                        .anyMatch(row -> key.equals(row.get("name"))
                                && row.get("remoteCount") instanceof Number known
                                && known.intValue() == routers));
    }

    private static void publish(ClientProcess client, String topic, int qos) {
        client.tell("publish %s %d %d", topic, qos, MANY);
        List<ClientEvent> published = client.await(MANY, "published", "topic", topic);
        if (qos > 0) {
            assertThat(published).allMatch(event -> event.number("reason") == 0);
        }
    }

    private static void closed(List<ClientProcess> clients) {
        clients.forEach(ClientProcess::close);
    }

    @Test
    @DisplayName(
            "MQ-1-21, MQ-1-24, MQ-4-13: topics, wildcards, shared groups, wills and RETAIN reach every router, once")
    void acrossRouters() {
        Vertx vertx = Vertx.vertx();
        List<ClientProcess> clients = new ArrayList<>();
        try (RouterNetwork network = new RouterNetwork(vertx, "A-B", "B-C")) {
            ClientProcess a = connected(clients, network, "A");
            ClientProcess c = connected(clients, network, "C");
            subscribe(a, "net/+/t");
            subscribe(a, "net/x/t");
            subscribe(a, "$share/g/job/#");
            subscribe(c, "$share/g/job/#");
            TestClient amqpAtC = network.client("C");
            TestClient amqpAtB = network.client("B");
            waitForRemote(amqpAtC, "M0net.*.t", 1);
            waitForRemote(amqpAtC, "M0job.#", 1);
            waitForRemote(amqpAtB, "M0net.*.t", 1);
            waitForRemote(amqpAtB, "M0job.#", 2);

            for (int qos = 0; qos <= 1; qos++) {
                publish(c, "net/x/t", qos);
                publish(c, "net/y/t", qos);
                assertThat(bodies(a.await(MANY, "message", "topic", "net/x/t", "qos", qos)))
                        .hasSize(MANY);
                assertThat(bodies(a.await(MANY, "message", "topic", "net/y/t", "qos", qos)))
                        .hasSize(MANY);
            }
            TestClient.Sender sender = amqpAtB.sender("net.z.t");
            sender.send("z-", MANY);
            assertThat(bodies(a.await(MANY, "message", "topic", "net/z/t"))).hasSize(MANY);
            RouterNetwork.waitUntil("outcomes", () -> sender.outcomes().size() == MANY);
            assertThat(sender.outcomes().values()).containsOnly("Accepted");

            publish(c, "job/1", 1);
            TestClient.Sender jobs = amqpAtB.sender("job.2");
            jobs.send("job-", MANY);
            RouterNetwork.waitUntil("outcomes of jobs", () -> jobs.outcomes().size() == MANY);
            RouterNetwork.waitUntil("all jobs", () -> jobsDone(a, c).size() >= 2 * MANY);
            assertThat(jobsDone(a, c)).as("each job for one of both").hasSize(2 * MANY);
            assertThat(bodies(jobsDone(a, c))).hasSize(2 * MANY);

            List<ClientProcess> gone = wills(clients, network, a, amqpAtC);
            connect(gone.get(0), network, "C", "--id=asks --version=5");
            connect(gone.get(1), network, "A", "--id=older --version=4");
            retain(network, c, gone.get(0), gone.get(1));

            a.tell("unsubscribe net/+/t");
            a.await("unsubscribed");
            RouterNetwork.waitUntil(
                    "the filter is gone",
                    () -> amqpAtC.query("router.address").stream()
                            .noneMatch(row -> "M0net.*.t".equals(row.get("name"))));
        } finally {
            closed(clients);
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    /** A client of C is lost: its will reaches an MQTT client of A and an AMQP client of C, once. Two clients that left. */
    private static List<ClientProcess> wills(
            List<ClientProcess> clients, RouterNetwork network, ClientProcess a, TestClient amqpAtC) {
        List<String> wills = amqpAtC.receive("net.gone.t");
        ClientProcess leaves = connected(clients, network, "C", "--version=5 --will=net/left/t");
        ClientProcess lost = connected(clients, network, "C", "--version=5 --will=net/gone/t");
        leaves.tell("disconnect");
        leaves.await("disconnected");
        lost.tell("drop");
        lost.await("lost");
        assertThat(a.await("message", "topic", "net/gone/t", "qos", 1).get("body"))
                .isEqualTo("will-client-" + clients.size());
        RouterNetwork.waitUntil("the will at C", () -> wills.size() == 1);
        assertThat(a.left("message", "topic", "net/left/t"))
                .as("who says goodbye has no will")
                .isEmpty();
        return List.of(leaves, lost);
    }

    /** The flag goes with the message to who asks for it; later subscribers get nothing, here or elsewhere. */
    private static void retain(RouterNetwork network, ClientProcess c, ClientProcess asks, ClientProcess older) {
        subscribe(asks, "kept/#", "--retain-as-published");
        subscribe(c, "kept/#");
        waitForRemote(network.client("A"), "M0kept.#", 1);
        older.tell("publish kept/x 1 1 --retain");
        older.await("published");
        assertThat(asks.await("message", "topic", "kept/x").get("retain")).isEqualTo(true);
        assertThat(c.await("message", "topic", "kept/x").get("retain")).isEqualTo(false);
        subscribe(older, "kept/#");
        subscribe(c, "kept/x");
        older.tell("publish kept/x 1 1");
        assertThat(asks.await("message", "topic", "kept/x").get("retain")).isEqualTo(false);
        for (ClientProcess late : List.of(c, older)) {
            assertThat(late.await("message", "topic", "kept/x").get("body"))
                    .as("the first that came to a later subscription")
                    .isEqualTo("kept/x-1");
        }
    }

    private static List<ClientEvent> jobsDone(ClientProcess one, ClientProcess other) {
        List<ClientEvent> done = new ArrayList<>(one.left("message"));
        done.addAll(other.left("message"));
        return done;
    }

    private static Set<String> bodies(List<ClientEvent> messages) {
        Set<String> bodies = new TreeSet<>();
        messages.forEach(message -> bodies.add(message.get("topic") + " " + message.get("body")));
        return bodies;
    }
}
