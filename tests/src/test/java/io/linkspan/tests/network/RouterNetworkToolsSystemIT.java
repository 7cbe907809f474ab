// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.management.cli.ToolLine;
import io.linkspan.server.cli.Manage;
import io.linkspan.server.cli.Stat;
import io.linkspan.server.cli.Trace;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Three real routers with a cheap way and a dear one, seen by the tools, and a container behind them. */
class RouterNetworkToolsSystemIT {

    @SuppressWarnings("NullAway.Init") // Made before all tests.
    private static Vertx vertx;

    @SuppressWarnings("NullAway.Init")
    private static RouterNetwork network;

    @BeforeAll
    static void makeNetwork() {
        vertx = Vertx.vertx();
        network = new RouterNetwork(vertx, "A-B:2", "B-C:3", "A-C:9");
    }

    @AfterAll
    static void closeNetwork() {
        network.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static void waitForTheCheapWay(TestClient client) {
        RouterNetwork.waitUntil(
                "the way over B",
                () -> client.query("router.node").stream()
                        .anyMatch(row -> "C".equals(row.get("id")) && "B".equals(row.get("nextHop"))));
    }

    /** How many other routers have an address, as a client's router knows. */
    private static long remotes(TestClient client, String key) {
        return client.query("router.address").stream()
                .filter(row -> key.equals(row.get("key")))
                .mapToLong(row -> ((Number) row.getOrDefault("remoteCount", 0)).longValue())
                .sum();
    }

    private static String run(Object command, String... arguments) {
        return runAt("A", command, arguments);
    }

    private static String runAt(String router, Object command, String... arguments) {
        StringWriter out = new StringWriter();
        String[] all = new String[arguments.length + 3];
        all[0] = "--timeout=60";
        all[1] = "-b";
        all[2] = "127.0.0.1:" + network.clientPort(router);
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        int code = ToolLine.of(command, "tool")
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(all);
        assertThat(code).as(out.toString()).isZero();
        return out.toString();
    }

    @Test
    @DisplayName(
            "qdstat -n, -r ROUTER, -a --all-routers and qdmanage ask any router through any; trace shows a message's way")
    void tools() {
        network.client("C").receive("q");
        TestClient client = network.client("A");
        waitForTheCheapWay(client);
        RouterNetwork.waitUntil("the address at A", () -> remotes(client, "M0q") == 1);
        RouterNetwork.waitUntil("the address at B", () -> remotes(network.client("B"), "M0q") == 1);
        String nodes = run(new Stat(), "-n", "-v");
        assertThat(nodes).contains("Routers in the Network");
        assertThat(nodes.lines().filter(line -> line.matches("\\s*[ABC] .*"))).hasSize(3);
        assertThat(run(new Stat(), "-r", "C", "-g").lines()).anyMatch(line -> line.matches("C"));
        assertThat(run(new Stat(), "-r", "C", "-l")).contains("q");
        assertThat(run(new Stat(), "-a", "--all-routers")
                        .lines()
                        .filter(line -> line.matches("\\s*(mobile )?\\s*q .*")))
                .hasSize(3);
        String trace = run(new Trace(), "q");
        assertThat(trace).contains("  A -> B -> C, cost 5: ").contains("  B -> C, cost 3: ");
        assertThat(trace.lines().filter(line -> line.startsWith("from "))).hasSize(3);
        // Inter-router protocol, 11: any router answers READ and QUERY through any other one.
        RouterNetwork.waitUntil(
                "the way back from C",
                () -> network.client("C").query("router.node").size() == 3);
        Map<String, String> connectors = Map.of("B", "toA", "C", "toB");
        for (String at : network.ids()) {
            connectors.forEach((of, name) -> {
                String[] read = {"-r", of, "read", "--type=connector", "--name=" + name};
                assertThat(runAt(at, new Manage(), read)).contains("\"name\": \"" + name + "\"");
            });
            for (String of : network.ids()) {
                String[] query = {"-r", of, "query", "--type=router"};
                assertThat(runAt(at, new Manage(), query)).contains("\"id\": \"" + of + "\"");
            }
        }
    }

    @Test
    @DisplayName(
            "LNK-04, LNK-16: links at one router reach a container at another one; when a link between routers is cut,"
                    + " those over it are lost, and others come by a new way")
    void linkRoutes() {
        List<String> taken =
                TestClient.connect(vertx, network.containerPort("C")).contain("given");
        TestClient client = network.client("A");
        waitForTheCheapWay(client);
        RouterNetwork.waitUntil(
                "the link route at A", () -> remotes(client, "Clr") == 1 && remotes(client, "Dlr") == 1);
        RouterNetwork.waitUntil("the link route at B", () -> remotes(network.client("B"), "Dlr") == 1);
        List<String> received = client.receive("lr.q");
        RouterNetwork.waitUntil("what the container gives", () -> received.equals(List.of("given")));

        TestClient.Sender sender = client.sender("lr.q");
        sender.send("first-", 100_000);
        RouterNetwork.waitUntil("traffic", () -> sender.outcomes().size() > 500);
        network.link("B-C").cut();
        RouterNetwork.waitUntil("the end of the link", () -> !sender.endedWith().isEmpty());
        assertThat(sender.endedWith()).contains("qd:routed-link-lost");
        assertThat(sender.outcomes().values()).containsOnly("Accepted");
        TestClient.Sender[] second = {client.sender("lr.q")};
        RouterNetwork.waitUntil("a link by the new way", () -> {
            if (!second[0].endedWith().isEmpty()) {
                second[0] = client.sender("lr.q");
            }
            second[0].send("probe-", 1);
            return second[0].outcomes().containsKey("probe-0");
        });
        second[0].send("second-", 100);
        RouterNetwork.waitUntil("all outcomes", () -> second[0].outcomes().size() == 101);
        assertThat(second[0].outcomes().values()).containsOnly("Accepted");
        assertThat(taken.stream().filter(text -> !text.startsWith("probe-")).toList())
                .containsAll(sender.outcomes().keySet())
                .doesNotHaveDuplicates();
        assertThat(taken.stream().filter(text -> text.startsWith("second-"))).hasSize(100);
        network.link("B-C").mend();
    }
}
