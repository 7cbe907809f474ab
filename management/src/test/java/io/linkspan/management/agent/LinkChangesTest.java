// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import static io.linkspan.management.agent.Agents.request;
import static io.linkspan.management.agent.Agents.results;
import static io.linkspan.management.agent.Agents.told;
import static io.linkspan.management.agent.Agents.withBody;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.CoreEvents;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionFacts;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.delivery.Destination;
import io.linkspan.core.link.Direction;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.linkroute.Choice;
import io.linkspan.core.rows.CoreRows;
import io.linkspan.management.json.Json;
import io.linkspan.management.schema.Schema;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** UPDATE of links, and link routes that a connection makes over itself: management protocol, 6.2 and 6.3. */
class LinkChangesTest {
    private static final String ROUTE = "router.connection.linkRoute";

    private final RouterCore core =
            new RouterCore(CoreSettings.standalone("R"), CoreEvents.NONE, new SplittableRandom(1));
    private final Asked agent = new Asked(new ManagementAgent(
            Schema.standard(),
            List.of(EntitySource.of(CoreRows.links(core)), ConnectionLinkRoutes.source(core)),
            List.of(new LinkLifecycle(core), ConnectionLinkRoutes.lifecycle(core)),
            Agents.router(List.of())));

    /** An open connection. */
    private final class Peer extends Connection {
        private final boolean amqp;

        Peer(ConnectionRole role, String container, boolean amqp) {
            super(core, role, 250, ConnectionFacts.plain("127.0.0.1:9", amqp ? "amqp" : "mqtt", true));
            this.amqp = amqp;
            core.connected(this);
            facts(facts().openedBy(container, Map.of()));
            core.opened(this);
        }

        @Override
        public boolean carriesLinks() {
            return amqp;
        }

        @Override
        protected void close(@Nullable AmqpError error) {}

        @Override
        protected void drop() {}

        @Override
        protected void tracingChanged(boolean on) {}
    }

    /** A link that sends, of a kind that can be disabled or not. */
    private static final class Sender extends InboundLink {
        private final boolean canBeDisabled;

        Sender(Connection connection, String name, boolean canBeDisabled) {
            super(connection, name);
            this.canBeDisabled = canBeDisabled;
            connection.core().producer(this, connection.core().senderKey("q", 0));
        }

        @Override
        public boolean canBeDisabled() {
            return canBeDisabled;
        }

        @Override
        protected void issueCredit(int more) {}

        @Override
        protected void drain() {}

        @Override
        protected void onForwarded(int key, Destination to, int outKey) {}

        @Override
        protected void onOutcome(int key, @Nullable DeliveryState state, boolean settled) {}

        @Override
        protected void detach(AmqpError error) {}

        @Override
        public void holdStream(boolean hold) {}
    }

    private Peer client(String container) {
        return new Peer(ConnectionRole.NORMAL, container, true);
    }

    private AgentResponse update(String property, String value, String body) {
        return agent.handle(withBody(
                request("operation", "UPDATE", "type", "router.link", property, value),
                Objects.requireNonNull(Json.parse(body))));
    }

    private static AgentRequest over(Connection asker, AgentRequest request) {
        return new AgentRequest(request.properties(), request.body(), asker);
    }

    private AgentResponse create(@Nullable Connection asker, String body) {
        return agent.handle(new AgentRequest(
                request("operation", "CREATE", "type", ROUTE, "name", "r").properties(), Json.parse(body), asker));
    }

    private List<?> routesSeenBy(Connection asker) {
        return results(agent.handle(over(asker, Agents.query(ROUTE, "name", "pattern"))));
    }

    // ---- adminStatus ---------------------------------------------------------------------------------------------

    @Test
    @DisplayName("link adminStatus: an update disables and enables the link, and shows it, by identity or name")
    void adminStatus() {
        Sender link = new Sender(client("c"), "l", true);
        String identity = Long.toString(link.identity());
        assertThat(Agents.map(update("identity", identity, "{\"adminStatus\": \"disabled\"}")))
                .containsEntry("identity", identity)
                .containsEntry("adminStatus", "disabled")
                .containsEntry("operStatus", "idle")
                .hasSize(29);
        assertThat(link.isDisabled()).isTrue();
        assertThat(Agents.map(update("name", "l", "{\"adminStatus\": \"enabled\"}")))
                .containsEntry("adminStatus", "enabled")
                .containsEntry("operStatus", "up");
        assertThat(link.isDisabled()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "identity | 99 | {\"adminStatus\": \"disabled\"} | 404 Not Found",
                "name | none | {\"adminStatus\": \"disabled\"} | 404 Not Found",
                "name | l | {\"operStatus\": \"up\"} | 400 Bad Request",
                "name | l | {\"adminStatus\": \"deleted\"} | 400 Bad Request",
                "name | l | {\"adminStatus\": null} | 400 Bad Request",
                "name | l | {\"adminStatus\": true} | 400 Bad Request",
                "other | l | {\"adminStatus\": \"disabled\"} | 400 Bad Request",
                "name | fixed | {\"adminStatus\": \"disabled\"} | 501 Links of this kind cannot be disabled",
                "name | fixed | {\"adminStatus\": \"enabled\"} | 200 OK"
            })
    void whatIsNoAdminStatusChangesNothing(String property, String value, String body, String expected) {
        Peer client = client("c");
        Sender link = new Sender(client, "l", true);
        Sender fixed = new Sender(client, "fixed", false);
        assertThat(told(update(property, value, body))).isEqualTo(expected);
        assertThat(link.isDisabled() || fixed.isDisabled()).isFalse();
    }

    // ---- routes over a connection --------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(
            value = ConnectionRole.class,
            names = {"NORMAL", "ROUTE_CONTAINER", "EDGE"})
    @DisplayName("LNK-03: a connection makes a link route over itself, which it alone sees, and which ends with it")
    void routesOverAConnection(ConnectionRole role) {
        Peer owner = new Peer(role, "box", true);
        Peer other = client("other");
        AgentResponse made = create(owner, "{\"pattern\": \"a.*\", \"direction\": \"in\"}");
        assertThat(told(made)).isEqualTo("201 Created");
        assertThat((Map<?, ?>) made.body())
                .extracting("name", "pattern", "direction", "containerId", "type")
                .containsExactly("r", "a.*", "in", "box", "org.apache.qpid.dispatch." + ROUTE);
        assertThat(routesSeenBy(owner)).isEqualTo(List.of(List.of("r", "a.*")));
        assertThat(routesSeenBy(other)).isEmpty();
        assertThat(results(agent.handle(Agents.query(ROUTE, "name")))).isEmpty();
        AgentRequest read = request("operation", "READ", "type", ROUTE, "name", "r");
        assertThat(told(agent.handle(over(owner, read)))).isEqualTo("200 OK");
        assertThat(told(agent.handle(over(other, read)))).isEqualTo("404 Not Found");
        assertThat(told(agent.handle(read))).isEqualTo("404 Not Found");
        assertThat(core.linkRoutes().choose(Direction.IN, "a.b")).isInstanceOf(Choice.Container.class);
        core.disconnected(owner);
        assertThat(core.linkRoutes().isEmpty()).isTrue();
    }

    @Test
    @DisplayName("LNK-03: names may be used twice; the connection that made a route deletes it, by name or identity")
    void routesAreDeletedByTheirConnection() {
        Peer owner = client("box");
        create(owner, "{\"pattern\": \"a\", \"dir\": \"out\"}");
        Map<?, ?> second = (Map<?, ?>) Objects.requireNonNull(
                create(owner, "{\"pattern\": \"b\", \"direction\": \"out\"}").body());
        Object identity = Objects.requireNonNull(second.get("identity"));
        AgentRequest delete = request("operation", "DELETE", "type", ROUTE, "identity", identity);
        assertThat(told(agent.handle(over(client("other"), delete)))).isEqualTo("404 Not Found");
        assertThat(routesSeenBy(owner)).hasSize(2);
        assertThat(told(agent.handle(over(owner, delete)))).isEqualTo("204 No Content");
        assertThat(told(agent.handle(over(owner, delete)))).isEqualTo("404 Not Found");
        assertThat(told(agent.handle(over(owner, request("operation", "DELETE", "type", ROUTE, "name", "r")))))
                .isEqualTo("204 No Content");
        assertThat(core.linkRoutes().isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"direction\": \"in\"} | 400 Pattern field is required",
                "{\"pattern\": \"a\"} | 400 Missing value for 'direction'",
                "{\"pattern\": \"a\", \"direction\": \"up\"} | 400 Invalid value for 'direction'",
                "{\"pattern\": \"\", \"direction\": \"in\"} | 400 Pattern must be a non-empty string type",
                "{\"pattern\": \"/\", \"direction\": \"in\"} | 400 Pattern invalid - no tokens",
                "7 | 400 Body of request must be a map"
            })
    @DisplayName("LNK-03: what is wrong with a route is refused in the original's words")
    void wrongRoutes(String body, String expected) {
        Peer owner = client("box");
        assertThat(told(create(owner, body))).isEqualTo(expected);
        assertThat(core.linkRoutes().isEmpty()).isTrue();
    }

    @Test
    @DisplayName("LNK-03: no route goes over a connection without links, another router's, one that is gone, or none")
    void connectionsThatServeNoRoute() {
        String route = "{\"pattern\": \"a\", \"direction\": \"in\"}";
        Peer gone = client("box");
        core.disconnected(gone);
        assertThat(told(create(gone, route))).isEqualTo("400 The connection is not open");
        String others = "400 Only a container's own AMQP connection can serve a link route";
        assertThat(told(create(new Peer(ConnectionRole.INTER_ROUTER, "B", true), route)))
                .isEqualTo(others);
        assertThat(told(create(new Peer(ConnectionRole.NORMAL, "m", false), route)))
                .isEqualTo(others);
        assertThat(told(create(null, route))).isEqualTo("400 The request has not come over a connection of its own");
        assertThat(core.linkRoutes().isEmpty()).isTrue();
    }
}
