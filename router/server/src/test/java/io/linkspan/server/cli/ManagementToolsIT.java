// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The stat and manage tools over real sockets, against a router that is a script. */
class ManagementToolsIT {
    private final ScriptedRouter router = ScriptedRouter.start();
    private final String bus = "127.0.0.1:" + router.port();

    @AfterEach
    void stop() {
        router.close();
    }

    private static ToolRun stat(String... arguments) {
        return ToolRun.of(new Stat(), "qdstat", arguments);
    }

    private static ToolRun manage(String... arguments) {
        return ToolRun.of(new Manage(), "qdmanage", arguments);
    }

    private static String operation(Message request) {
        return String.valueOf(request.getApplicationProperties().getValue().get("operation"));
    }

    private static Message table(List<String> names, Object... rows) {
        return ScriptedRouter.answer(200, "OK", Map.of("attributeNames", names, "results", Arrays.asList(rows)));
    }

    @Test
    void theToolsAskThroughADynamicReplyAddressAndPrintWhatComes() {
        router.script = request -> ScriptedRouter.answer(
                200,
                "OK",
                Map.of(
                        "attributeNames",
                        List.of("id", "count", "big", "symbol", "none"),
                        "results",
                        List.of(Arrays.asList(
                                "A",
                                UnsignedInteger.valueOf(7),
                                UnsignedLong.valueOf("18446744073709551615"),
                                Symbol.valueOf("s"),
                                null))));
        ToolRun run = manage("-b", bus, "query", "--type=router", "--indent=-1");

        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .isEqualTo("[{\"id\": \"A\", \"count\": 7, \"big\": 18446744073709551615, \"symbol\": \"s\"}]\n");
        assertThat(run.code()).isZero();
        Message request = router.requests.get(0);
        assertThat(request.getReplyTo()).isEqualTo("amqp:/_topo/0/scripted/temp.0");
        assertThat(request.getCorrelationId()).isEqualTo("1");
        assertThat(request.getApplicationProperties().getValue())
                .containsEntry("offset", 0L)
                .containsEntry("count", 500L);
        assertThat(((AmqpValue) request.getBody()).getValue()).isEqualTo(Map.of("attributeNames", List.of()));
        assertThat(router.targets).containsExactly("$management");
    }

    @Test
    void withoutCredentialsTheFirstBytesAreTheAmqpHeader() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<byte[]> first = CompletableFuture.supplyAsync(() -> {
                try (Socket socket = listener.accept()) {
                    return socket.getInputStream().readNBytes(8);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            String url = "127.0.0.1:" + listener.getLocalPort();
            ToolRun run = stat("-b", url);
            assertThat(ScriptedRouter.get(first)).containsExactly('A', 'M', 'Q', 'P', 0, 1, 0, 0);
            assertThat(run.out())
                    .isEqualTo("ConnectionException: Connection amqp://" + url
                            + " disconnected: Condition('amqp:connection:framing-error', 'Expected AMQP protocol"
                            + " header: no protocol header found (connection aborted)')\n");
            assertThat(run.code()).isEqualTo(1);
        }
    }

    @Test
    void withASaslOptionTheFirstBytesAreTheSaslHeader() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<byte[]> first = CompletableFuture.supplyAsync(() -> {
                try (Socket socket = listener.accept()) {
                    return socket.getInputStream().readNBytes(8);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            stat("-b", "127.0.0.1:" + listener.getLocalPort(), "--sasl-mechanisms=ANONYMOUS");
            assertThat(ScriptedRouter.get(first)).containsExactly('A', 'M', 'Q', 'P', 3, 1, 0, 0);
        }
    }

    @Test
    void aPortNobodyListensOnIsReportedInTheOriginalsWords() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        ToolRun run = stat("-b", "127.0.0.1:" + port);
        assertThat(run.out())
                .isEqualTo("ConnectionException: Connection amqp://127.0.0.1:" + port
                        + " disconnected: Condition('proton.pythonio', 'Connection refused to all addresses')\n");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void aNodeThatGivesNoCreditEndsInTheTimeoutOfSending() {
        router.onReceiver = receiver -> {
            receiver.setPrefetch(0);
            receiver.open();
        };
        ToolRun run = stat("-b", bus, "-r", "NOSUCH", "-t", "2");
        assertThat(run.out())
                .matches("Timeout: Connection amqp://" + bus
                        + " timed out: Sending on sender [0-9a-f-]{36}-_topo/0/NOSUCH/\\$management\n");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void aRequestThatIsNeverAnsweredEndsInTheTimeoutOfWaiting() {
        ToolRun run = stat("-b", bus, "-t", "2");
        assertThat(run.out()).isEqualTo("Timeout: Connection amqp://" + bus + " timed out: Waiting for response\n");
        assertThat(router.requests).hasSize(1);
    }

    @Test
    void aReleasedRequestIsASendException() {
        router.settle = (link, delivery) -> delivery.disposition(Released.getInstance(), true);
        ToolRun run = stat("-b", bus);
        assertThat(run.out()).isEqualTo("SendException: released\n");
    }

    @Test
    void aRefusedLinkIsReportedWithItsCondition() {
        router.onReceiver = receiver -> {
            receiver.setTarget(null);
            receiver.open();
            receiver.setCondition(new ErrorCondition(Symbol.valueOf("amqp:not-found"), "Node not found"));
            receiver.close();
        };
        ToolRun run = stat("-b", bus);
        assertThat(run.out())
                .matches("LinkDetached: sender [0-9a-f-]{36}-\\$management to \\$management closed due to:"
                        + " Condition\\('amqp:not-found', 'Node not found'\\)\n");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void aConnectionThatThePeerClosesIsReportedWithItsCondition() {
        router.onConnection = connection -> {
            connection.setCondition(new ErrorCondition(Symbol.valueOf("amqp:connection:forced"), "go away"));
            connection.open();
            connection.close();
        };
        ToolRun run = stat("-b", bus);
        assertThat(run.out())
                .isEqualTo("ConnectionClosed: Connection amqp://" + bus
                        + " closed due to: Condition('amqp:connection:forced', 'go away')\n");
    }

    @Test
    void answersToOtherQuestionsAreSkipped() {
        router.strayAnswers = true;
        router.script = request -> operation(request).equals("GET-MGMT-NODES")
                ? ScriptedRouter.answer(200, "OK", List.of())
                : ScriptedRouter.answer(404, "No entity with name=none", Map.of());
        ToolRun run = manage("-b", bus, "read", "--name=none");
        assertThat(run.out()).isEqualTo("NotFoundStatus: No entity with name=none\n");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void allRoutersAreAskedOverTheSameConnection() {
        router.script = request -> operation(request).equals("GET-MGMT-NODES")
                ? ScriptedRouter.answer(
                        200, "OK", List.of("amqp:/_topo/0/A/$management", "amqp:/_topo/0/B/$management"))
                : table(List.of(
                        "identity",
                        "host",
                        "container",
                        "protocol",
                        "dir",
                        "isAuthenticated",
                        "isEncrypted",
                        "sasl",
                        "user"));
        ToolRun run = stat("-b", bus, "-c", "--all-routers");
        assertThat(run.out().lines().skip(1))
                .containsExactly("Router  A", "", "Connections", "", "Router  B", "", "Connections", "");
        assertThat(router.targets).containsExactly("$management", "_topo/0/A/$management", "_topo/0/B/$management");
        assertThat(router.requests).extracting(Message::getCorrelationId).containsExactly("1", "2", "3");
    }

    @Test
    void aPathInTheUrlReplacesTheManagementAddress() {
        router.script = request -> ScriptedRouter.answer(200, "OK", List.of());
        manage("-b", "amqp://" + bus + "/other/node", "get-mgmt-nodes");
        assertThat(router.targets).containsExactly("other/node");
    }
}
