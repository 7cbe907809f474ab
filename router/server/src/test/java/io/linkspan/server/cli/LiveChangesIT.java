// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.linkspan.management.json.Json;
import io.linkspan.server.Routers;
import io.linkspan.server.StartFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What management makes, changes and deletes, on a router with sockets. */
class LiveChangesIT {
    private static final String CONFIGURATION = """
            router {
                mode: standalone
                id: Router.A
            }
            listener {
                name: all
                host: 127.0.0.1
                port: 0
            }
            log {
                module: DEFAULT
                enable: error+
            }
            """;
    private static final byte[] AMQP_HEADER = {'A', 'M', 'Q', 'P', 0, 1, 0, 0};

    @SuppressWarnings("NullAway.Init") // started before each test
    private Routers.Running router;

    @BeforeEach
    void start() throws StartFailure {
        router = Routers.start(CONFIGURATION);
    }

    @AfterEach
    void stop() {
        router.close();
    }

    private ToolRun manage(String... arguments) {
        List<String> all = new ArrayList<>(List.of("-b", "127.0.0.1:" + router.port("all"), "-t", "30"));
        all.addAll(Arrays.asList(arguments));
        return ToolRun.of(new Manage(), "qdmanage", all.toArray(new String[0]));
    }

    private ToolRun stat(String option) {
        return ToolRun.of(new Stat(), "qdstat", "-b", "127.0.0.1:" + router.port("all"), "-t", "30", option);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket.getLocalPort();
        }
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 30_000);
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** Sends the header of AMQP and reads the router's. */
    private static void greet(Socket socket) throws IOException {
        socket.getOutputStream().write(AMQP_HEADER);
        socket.getOutputStream().flush();
        assertThat(socket.getInputStream().readNBytes(8)).isEqualTo(AMQP_HEADER);
    }

    @Test
    @DisplayName(
            "CON-12: a listener accepts as soon as it is made and no longer when it is deleted; its connections live")
    void listener() throws IOException {
        int port = freePort();
        ToolRun made = manage("create", "--type=listener", "--name=l9", "host=127.0.0.1", "port=" + port);
        assertThat(made.code()).as(made.out()).isZero();
        try (Socket peer = connect(port)) {
            assertThat(manage("delete", "--type=listener", "--name=l9")).isEqualTo(new ToolRun(0, "", ""));
            try (ServerSocket free = new ServerSocket()) {
                free.setReuseAddress(true); // The peer's connection holds the port in the system's eyes.
                free.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            }
            greet(peer);
        }
        ToolRun read = manage("read", "--type=listener", "--name=l9");
        assertThat(read.out()).isEqualTo("NotFoundStatus: No entity with name=l9\n");
    }

    @Test
    void aListenerOnATakenPortIsRefusedAndLeavesNoTrace() throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            port = taken.getLocalPort();
            ToolRun refused = manage("create", "--type=listener", "--name=l9", "host=127.0.0.1", "port=" + port);
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.out())
                    .startsWith(
                            "InternalServerErrorStatus: CError: Runtime: Listener error on 127.0.0.1:" + port + ": ")
                    .contains("ddress already in use");
            assertThat(manage("query", "--type=listener", "name", "--indent=-1").out())
                    .isEqualTo("[{\"name\": \"all\"}]\n");
        }
        assertThat(manage("create", "--type=listener", "--name=l9", "host=127.0.0.1", "port=" + port)
                        .code())
                .isZero();
    }

    @Test
    void aListenerWithTlsThatCannotBeLoadedIsRefused() throws IOException {
        assertThat(manage("create", "--type=sslProfile", "--name=tls", "certFile=/none.crt", "privateKeyFile=/none.key")
                        .code())
                .isZero();
        int port = freePort();
        ToolRun refused =
                manage("create", "--type=listener", "--name=l9", "host=127.0.0.1", "port=" + port, "sslProfile=tls");
        assertThat(refused.out())
                .isEqualTo(
                        "InternalServerErrorStatus: CError: Configuration: certificates '/none.crt' cannot be read: /none.crt\n");
        ToolRun unknown =
                manage("create", "--type=listener", "--name=l9", "host=127.0.0.1", "port=" + port, "sslProfile=none");
        assertThat(unknown.out()).isEqualTo("BadRequestStatus: there is no sslProfile named 'none'\n");
        assertThat(manage("delete", "--type=sslProfile", "--name=tls").code()).isZero();
    }

    @Test
    @DisplayName("CON-12: a connector connects when it is made; deleting it ends its connection in order")
    void connector() throws IOException {
        try (ServerSocket broker = new ServerSocket()) {
            broker.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            broker.setSoTimeout(30_000);
            ToolRun made = manage(
                    "create", "--type=connector", "--name=c9", "host=127.0.0.1", "port=" + broker.getLocalPort());
            assertThat(made.code()).as(made.out()).isZero();
            assertThat((Map<?, ?>) Json.parse(made.out()))
                    .extracting("connectionStatus")
                    .isEqualTo("CONNECTING");
            try (Socket connected = broker.accept()) {
                connected.setSoTimeout(30_000);
                assertThat(connected.getInputStream().readNBytes(4)).isEqualTo(new byte[] {'A', 'M', 'Q', 'P'});
                assertThat(manage("delete", "--type=connector", "--name=c9").code())
                        .isZero();
                connected.getInputStream().readAllBytes();
            }
            assertThat(stat("-c").out()).doesNotContain(":" + broker.getLocalPort());
        }
        assertThat(manage("read", "--type=connector", "--name=c9").out()).startsWith("NotFoundStatus: ");
    }

    @Test
    @DisplayName("CON-11: a connection whose adminStatus becomes deleted is dropped")
    void connection() throws IOException {
        try (Socket peer = connect(router.port("all"))) {
            greet(peer);
            String host = "127.0.0.1:" + peer.getLocalPort();
            String query =
                    manage("query", "--type=connection", "host", "identity").out();
            String identity = ((List<?>) java.util.Objects.requireNonNull(Json.parse(query)))
                    .stream()
                            .map(row -> (Map<?, ?>) row)
                            .filter(row -> host.equals(row.get("host")))
                            .map(row -> (String) row.get("identity"))
                            .findFirst()
                            .orElseThrow();
            ToolRun deleted = manage("update", "--type=connection", "--identity=" + identity, "adminStatus=deleted");
            assertThat((Map<?, ?>) Json.parse(deleted.out()))
                    .extracting("adminStatus", "operStatus")
                    .containsExactly("deleted", "closing");
            assertThat(peer.getInputStream().readAllBytes()).isEmpty();
            await().atMost(Duration.ofSeconds(30)).until(() -> !stat("-c").out().contains(" " + host + " "));
        }
    }
}
