// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.interop;

import static io.linkspan.tests.client.ClientProgram.PROTONJ2;
import static io.linkspan.tests.client.ClientProgram.PROTON_PYTHON;
import static io.linkspan.tests.client.ClientProgram.QPID_JMS;
import static io.linkspan.tests.client.ClientProgram.RHEA;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.tests.client.ClientProcess;
import io.linkspan.tests.client.ClientProgram;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** AMQP over WebSocket on the port that also speaks AMQP without it; MQTT over WebSocket is with the MQTT clients. */
class WebSocketInteropSystemIT {

    private static final int MANY = 300;

    @RegisterExtension
    static final InteropRouter router = new InteropRouter();

    @RegisterExtension
    static final Clients clients = new Clients();

    /** Each client that knows WebSocket, with one over WebSocket and one over TCP as partner. */
    static Stream<Arguments> pairs() {
        return Stream.of(
                Arguments.of(RHEA, PROTONJ2, "ws"),
                Arguments.of(PROTONJ2, QPID_JMS, "ws"),
                Arguments.of(QPID_JMS, RHEA, "ws"),
                Arguments.of(RHEA, PROTON_PYTHON, "amqp"),
                Arguments.of(PROTONJ2, PROTON_PYTHON, "amqp"),
                Arguments.of(QPID_JMS, PROTON_PYTHON, "amqp"));
    }

    private static void attach(ClientProcess client, String address) {
        client.tell("receiver in " + address + "." + client.program());
        client.await("attached", "link", "in");
    }

    private static void exchange(ClientProcess from, ClientProcess to, String address) {
        from.tell("sender out " + address + "." + to.program());
        from.await("attached", "link", "out");
        from.tell("send out " + MANY);
        from.tell("send out 1 --body=data --size=1000000");
        for (int n = 0; n < MANY; n++) {
            assertThat(to.await("message", "link", "in").text("body")).isEqualTo("out-" + n);
        }
        assertThat(to.await("message", "link", "in").get("body")).isEqualTo(Shown.large("out-" + MANY, 1_000_000));
        for (int n = 0; n <= MANY; n++) {
            from.await("outcome", "n", n, "state", "accepted");
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("MQ-5-11: messages small and large pass over WebSocket in both directions")
    void messagesPassOverWebSocket(ClientProgram over, ClientProgram partner, String scheme) {
        String address = InteropRouter.address("web.");
        ClientProcess one = clients.amqp(over, router.url("ws"));
        ClientProcess other = clients.amqp(partner, router.url(scheme));
        attach(one, address);
        attach(other, address);
        exchange(one, other, address);
        exchange(other, one, address);
        Clients.close(one);
        Clients.close(other);
        assertThat(one.left("lost")).isEmpty();
    }
}
