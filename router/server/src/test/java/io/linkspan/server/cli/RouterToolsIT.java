// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.linkspan.server.Routers;
import io.linkspan.server.StartFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tools against our own router: what a newcomer does first. */
class RouterToolsIT {
    private static final String CONFIGURATION = """
            router {
                mode: standalone
                id: Router.A
            }
            listener {
                name: all
                host: 127.0.0.1
                port: 0
                authenticatePeer: no
            }
            log {
                module: DEFAULT
                enable: error+
            }
            """;

    @SuppressWarnings("NullAway.Init") // started before all tests
    private static Routers.Running router;

    @BeforeAll
    static void start() throws StartFailure {
        router = Routers.start(CONFIGURATION);
    }

    @AfterAll
    static void stop() {
        router.close();
    }

    private static ToolRun run(Object command, String program, String... arguments) {
        return ToolRun.at(router.port("all"), command, program, arguments);
    }

    private static ToolRun stat(String... arguments) {
        return run(new Stat(), "qdstat", arguments);
    }

    /** A receiver that ends after so many messages; returned once the router knows it. */
    private static CompletableFuture<ToolRun> receive(String address, String... options) {
        List<String> all = new ArrayList<>(List.of(address, "--wait", "60"));
        all.addAll(Arrays.asList(options));
        CompletableFuture<ToolRun> receiver =
                CompletableFuture.supplyAsync(() -> run(new Receive(), "receive", all.toArray(new String[0])));
        await().atMost(Duration.ofSeconds(60)).until(() -> stat("-l").out().contains(" " + address + " "));
        return receiver;
    }

    @Test
    void whatIsSentIsReceivedAndTheSenderLearnsTheOutcome() {
        CompletableFuture<ToolRun> receiver = receive("cities.london", "-n", "2");
        assertThat(run(new Send(), "send", "cities.london", "17 degrees", "rain"))
                .isEqualTo(new ToolRun(0, "accepted\naccepted\n", ""));
        assertThat(ScriptedRouter.get(receiver))
                .isEqualTo(new ToolRun(0, "cities.london 17 degrees\ncities.london rain\n", ""));
    }

    @Test
    void aRejectionReachesTheSender() {
        CompletableFuture<ToolRun> receiver = receive("orders", "-n", "1", "--outcome", "rejected");
        assertThat(run(new Send(), "send", "orders", "x"))
                .isEqualTo(new ToolRun(1, "rejected amqp:not-allowed: rejected by linkspan receive\n", ""));
        assertThat(ScriptedRouter.get(receiver).out()).isEqualTo("orders x\n");
    }

    @Test
    void aPatternReceiverGetsEveryAddressOfThePattern() {
        CompletableFuture<ToolRun> receiver = receive("seas.*", "-n", "2", "--pattern");
        assertThat(run(new Send(), "send", "seas.north", "1").code()).isZero();
        assertThat(run(new Send(), "send", "seas.baltic", "2").code()).isZero();
        assertThat(ScriptedRouter.get(receiver).out()).isEqualTo("seas.north 1\nseas.baltic 2\n");
    }

    @Test
    void withoutAReceiverThereIsNoCredit() {
        ToolRun run = run(new Send(), "send", "-t", "2", "nobody.here", "x");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("no credit for nobody.here");
    }

    @ParameterizedTest
    @CsvSource({
        "-g, Router Statistics, Router Id                        Router.A",
        "-c, Connections, id  host",
        "-l, Router Links, mobile  $management",
        "-a, Router Addresses, local   $management"
    })
    void theTablesOfStatAreThoseOfTheOriginal(String option, String title, String content) {
        ToolRun run = stat(option);
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines().toList().subList(1, 4)).containsExactly("Router.A", "", title);
        assertThat(run.out()).contains(content);
    }

    @Test
    void aStandaloneRouterHasNeitherNodesNorPools() {
        assertThat(stat("-n")).isEqualTo(new ToolRun(0, "Router is Standalone - No Router List\n", ""));
        assertThat(stat("-m")).isEqualTo(new ToolRun(0, "No memory statistics available\n", ""));
    }

    @Test
    void manageReadsWhatIsConfiguredAndIsToldWhatIsNotThere() {
        assertThat(run(new Manage(), "qdmanage", "query", "--type=listener", "name", "role", "--indent=-1")
                        .out())
                .isEqualTo("[{\"name\": \"all\", \"role\": \"normal\"}]\n");
        assertThat(run(new Manage(), "qdmanage", "read", "--type=listener", "--name=none"))
                .isEqualTo(new ToolRun(1, "NotFoundStatus: No entity with name=none\n", ""));
        assertThat(run(new Manage(), "qdmanage", "create", "--type=log", "--name=x", "module=AGENT")
                        .out())
                .startsWith("NotImplementedStatus: ");
    }
}
