// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.server.Routers;
import io.linkspan.server.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** diff, apply and explain against a running router. What they say in each case is in the test of the commands. */
class PlanToolsIT {
    private static final String FILE = """
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
            address {
                name: orders
                prefix: orders
                distribution: multicast
            }
            linkRoute {
                name: old
                prefix: old
                direction: in
                containerId: c
            }
            log {
                module: DEFAULT
                enable: error+
            }
            """;

    /** Other log lines, another kind of orders, a listener more and a link route less. */
    private static final String OTHER = FILE.replace("distribution: multicast", "distribution: closest")
                    .replace("enable: error+", "enable: critical")
                    .replaceAll("(?s)linkRoute \\{.*?\\}\n", "")
            + "listener {\n  name: more\n  host: 127.0.0.1\n  port: 0\n  role: route-container\n}\n";

    @SuppressWarnings("NullAway.Init") // started before all tests
    private static Routers.Running router;

    @TempDir
    static Path directory;

    @BeforeAll
    static void start() throws StartFailure {
        router = Routers.start(FILE);
    }

    @AfterAll
    static void stop() {
        router.close();
    }

    private static ToolRun run(Object command, String program, String... arguments) {
        return ToolRun.at(router.port("all"), command, "linkspan " + program, arguments);
    }

    private static String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    @Test
    void aRouterGetsWhatAnotherFileHasAfterItHasBeenShown() throws IOException {
        String same = file("same.conf", FILE);
        String other = file("other.conf", OTHER);
        assertThat(run(new Diff(), "diff", same)).isEqualTo(new ToolRun(0, "The router has what the file has.\n", ""));
        ToolRun difference = run(new Diff(), "diff", other);
        assertThat(difference.code()).isEqualTo(1);
        assertThat(difference.out())
                .contains("- linkRoute old\n")
                .contains("~ log DEFAULT\n    enable: error+ -> critical\n")
                .contains("~ address orders (made anew)\n    distribution: multicast -> closest\n")
                .contains("+ listener more\n");

        ToolRun shown = run(new Apply(), "apply", other);
        assertThat(shown.code()).isZero();
        assertThat(shown.out()).isEqualTo(difference.out() + "Nothing was done. Do it with --yes.\n");
        assertThat(run(new Diff(), "diff", other)).isEqualTo(difference);

        ToolRun done = run(new Apply(), "apply", "--yes", other);
        assertThat(done.code()).as(done.out()).isZero();
        assertThat(done.out()).isEqualTo(difference.out() + "Done: 4 of 4\n");
        assertThat(router.port("more")).isPositive();
        assertThat(run(new Diff(), "diff", other)).isEqualTo(new ToolRun(0, "The router has what the file has.\n", ""));

        assertThat(run(new Apply(), "apply", "-y", same).out()).endsWith("Done: 4 of 4\n");
        assertThat(run(new Diff(), "diff", same).code()).isZero();
    }

    @Test
    void aRouterThatIsNotThereCannotBeCompared() throws IOException {
        ToolRun run = ToolRun.of(new Diff(), "linkspan diff", "-b", "127.0.0.1:1", file("same.conf", FILE));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).startsWith("ConnectionException: ");
    }

    @Test
    void aRouterExplainsWhatBecomesOfAMessageAndOfAReceiver() {
        ToolRun send = run(new Explain(), "explain", "send", "other.new", "--user", "u", "--host", "10.0.0.1");
        assertThat(send.code()).as(send.out()).isZero();
        assertThat(send.out())
                .startsWith("router: Router.A\ndirection: send\naddress: other.new\n")
                .contains("rule: no address entity matches", "receivers: none");
        ToolRun receive = run(new Explain(), "explain", "receive", "$management", "--json");
        assertThat(receive.code()).isZero();
        assertThat(receive.out()).contains("\"key\": \"M0$management\"");
        assertThat(run(new Explain(), "explain", "stay", "a").code()).isEqualTo(2);
    }
}
