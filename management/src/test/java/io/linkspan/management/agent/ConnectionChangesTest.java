// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import static io.linkspan.management.agent.Agents.request;
import static io.linkspan.management.agent.Agents.told;
import static io.linkspan.management.agent.Agents.withBody;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.AmqpError;
import io.linkspan.core.CoreEvents;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionFacts;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.rows.CoreRows;
import io.linkspan.management.schema.Schema;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** UPDATE of connections: management protocol, 6.1; routing CON-11. */
class ConnectionChangesTest {
    private final RouterCore core =
            new RouterCore(CoreSettings.standalone("R"), CoreEvents.NONE, new SplittableRandom(1));
    private final Asked agent = new Asked(new ManagementAgent(
            Schema.standard(),
            List.of(EntitySource.of(CoreRows.connections(core))),
            List.of(new ConnectionLifecycle(core)),
            Agents.router(List.of())));

    private final class Peer extends Connection {
        private boolean dropped;

        Peer(ConnectionRole role) {
            super(core, role, 250, ConnectionFacts.plain("127.0.0.1:9", "amqp", true));
            core.connected(this);
        }

        @Override
        protected void close(@Nullable AmqpError error) {
            throw new AssertionError("a goodbye");
        }

        @Override
        protected void drop() {
            dropped = true;
        }

        @Override
        protected void tracingChanged(boolean on) {}
    }

    private AgentResponse update(String identity, Map<String, Object> body) {
        return agent.handle(withBody(request("operation", "UPDATE", "type", "connection", "identity", identity), body));
    }

    @ParameterizedTest
    @EnumSource(
            value = ConnectionRole.class,
            names = {"NORMAL", "ROUTE_CONTAINER"})
    @DisplayName("CON-11: a connection that is deleted is dropped without a goodbye and shown as closing")
    void deleted(ConnectionRole role) {
        Peer peer = new Peer(role);
        AgentResponse response = update("1", Map.of("adminStatus", "deleted"));
        assertThat(Agents.map(response))
                .containsEntry("identity", "1")
                .containsEntry("adminStatus", "deleted")
                .containsEntry("operStatus", "closing");
        assertThat(peer.dropped).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = ConnectionRole.class,
            names = {"INTER_ROUTER", "EDGE"})
    @DisplayName("CON-11: connections between routers may not be deleted")
    void connectionsBetweenRoutersStay(ConnectionRole role) {
        Peer peer = new Peer(role);
        AgentResponse response = update("1", Map.of("adminStatus", "deleted", "enableProtocolTrace", true));
        assertThat(told(response)).isEqualTo("403 You are not allowed to perform this operation.");
        assertThat(response.body()).isEqualTo(Map.of());
        assertThat(peer.dropped).isFalse();
        assertThat(peer.isTracing()).isFalse();
        assertThat(told(update("1", Map.of("adminStatus", "enabled")))).isEqualTo("200 OK");
    }

    @Test
    void otherValuesChangeNothing() {
        Peer peer = new Peer(ConnectionRole.NORMAL);
        assertThat(told(update("1", Map.of("adminStatus", "closed")))).isEqualTo("400 Bad Request");
        assertThat(told(update("1", Map.of("operStatus", "up")))).isEqualTo("400 Bad Request");
        assertThat(told(update("2", Map.of("adminStatus", "deleted")))).isEqualTo("400 Bad Request");
        assertThat(told(update("x", Map.of("adminStatus", "deleted")))).isEqualTo("400 Bad Request");
        assertThat(peer.dropped).isFalse();
    }

    @Test
    void tracingIsSwitchedByBooleansAlone() {
        Peer peer = new Peer(ConnectionRole.NORMAL);
        assertThat(Agents.map(update("1", Map.of("enableProtocolTrace", true))))
                .containsEntry("enableProtocolTrace", true);
        assertThat(peer.isTracing()).isTrue();
        update("1", Map.of("enableProtocolTrace", "true"));
        assertThat(peer.isTracing()).isFalse();
    }
}
