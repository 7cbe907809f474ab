// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import static io.linkspan.management.agent.Agents.request;
import static io.linkspan.management.agent.Agents.told;
import static io.linkspan.management.agent.Agents.withBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.core.CoreEvents;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.rows.CoreRows;
import io.linkspan.management.config.ConfiguredEntity;
import io.linkspan.management.config.LiveConfiguration;
import io.linkspan.management.json.Json;
import io.linkspan.management.schema.Schema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CREATE, UPDATE and DELETE: management protocol, 3 and 6. */
class ChangesTest {
    private final RouterCore core =
            new RouterCore(CoreSettings.standalone("R"), CoreEvents.NONE, new SplittableRandom(1));
    private final LiveConfiguration configuration = Agents.configured("""
            listener {
              name: amqp
              host: 127.0.0.1
              port: 31101
              saslMechanisms: ANONYMOUS
            }
            vhost {
              hostname: h
              maxConnections: 5
              groups: { "$default": { "users": "*" } }
            }
            sslProfile {
              name: tls
              password: pass:secret
            }
            """);
    private final Ports ports = new Ports();
    private final ManagementAgent agent = new ManagementAgent(
            Schema.standard(),
            List.of(
                    source("listener"),
                    source("vhost"),
                    source("sslProfile"),
                    source("dummy"),
                    new ConfiguredSource("log", configuration, ConfiguredSource.LiveValues.NONE),
                    EntitySource.of(CoreRows.connections(core)),
                    AddressSource.of(core)),
            List.of(
                    new ConfiguredLifecycle("listener", configuration, ports),
                    new ConfiguredLifecycle("vhost", configuration, EntityEffect.NONE),
                    new ConfiguredLifecycle("sslProfile", configuration, EntityEffect.NONE),
                    new ConfiguredLifecycle("dummy", configuration, EntityEffect.NONE),
                    new ConnectionLifecycle(core),
                    new AddressLifecycle(core)),
            Agents.router(List.of()));
    private final Asked asked = new Asked(agent);

    private EntitySource source(String type) {
        return new ConfiguredSource(type, configuration, ConfiguredSource.LiveValues.NONE);
    }

    /** Listeners that open when the test says so, or at once. */
    private static final class Ports implements EntityEffect {
        private final Map<String, Consumer<EntityLifecycle.Outcome>> pending = new HashMap<>();
        private final List<String> open = new ArrayList<>();
        private boolean slow;
        private @Nullable String failure;

        @Override
        public void create(ConfiguredEntity entity, Consumer<EntityLifecycle.Outcome> outcome) {
            if (slow) {
                pending.put(entity.name(), outcome);
            } else if (failure != null) {
                outcome.accept(new EntityLifecycle.Refused(Status.INTERNAL_SERVER_ERROR, failure));
            } else {
                open.add(entity.name());
                outcome.accept(EntityLifecycle.done(entity.identity()));
            }
        }

        @Override
        public void delete(ConfiguredEntity entity, Consumer<EntityLifecycle.Outcome> outcome) {
            open.remove(entity.name());
            outcome.accept(EntityLifecycle.done(entity.identity()));
        }
    }

    private static AgentRequest change(String operation, String type, @Nullable String name, Object body) {
        AgentRequest request = name == null
                ? request("operation", operation, "type", type)
                : request("operation", operation, "type", type, "name", name);
        return withBody(request, body);
    }

    private static Map<?, ?> body(AgentResponse response) {
        return (Map<?, ?>) Objects.requireNonNull(response.body());
    }

    @Test
    void aListenerIsMadeAndAnsweredWithAllItsAttributes() {
        AgentResponse response = asked.handle(
                change("CREATE", "listener", "l9", Map.of("host", "127.0.0.1", "port", "31109", "role", "normal")));
        assertThat(told(response)).isEqualTo("201 Created");
        Map<String, Object> recorded = new HashMap<>(Map.of(
                "host", "127.0.0.1",
                "port", "31109",
                "role", "normal",
                "type", "org.apache.qpid.dispatch.listener",
                "name", "l9",
                "identity", "listener/127.0.0.1:31109:l9"));
        recorded.putAll(Map.of(
                "cost",
                1,
                "authenticatePeer",
                false,
                "requireEncryption",
                false,
                "requireSsl",
                false,
                "maxFrameSize",
                16384,
                "maxSessions",
                32768,
                "idleTimeoutSeconds",
                16,
                "initialHandshakeTimeoutSeconds",
                0,
                "stripAnnotations",
                "both",
                "multiTenant",
                false));
        recorded.putAll(Map.of(
                "healthz",
                true,
                "metrics",
                true,
                "websockets",
                true,
                "http",
                false,
                "messageLoggingComponents",
                "none"));
        assertThat(body(response)).isEqualTo(recorded);
        assertThat(ports.open).containsExactly("l9");
        assertThat(told(asked.handle(change("DELETE", "listener", "l9", Map.of()))))
                .isEqualTo("204 No Content");
        assertThat(ports.open).isEmpty();
        assertThat(told(asked.handle(change("READ", "listener", "l9", Map.of()))))
                .isEqualTo("404 No entity with name=l9");
    }

    @Test
    void aListenerThatCannotBeOpenedLeavesNoTrace() {
        ports.failure = "CError: Runtime: Listener error on :1: Permission denied";
        List<ConfiguredEntity> before = configuration.entities();
        AgentResponse response = asked.handle(change("CREATE", "listener", "l9", Map.of("port", 1)));
        assertThat(told(response)).isEqualTo("500 CError: Runtime: Listener error on :1: Permission denied");
        assertThat(response.body()).isEqualTo(Map.of());
        assertThat(configuration.entities()).isEqualTo(before);
        ports.failure = null;
        assertThat(told(asked.handle(change("CREATE", "listener", "l9", Map.of("port", 1)))))
                .isEqualTo("201 Created");
    }

    @Test
    void aDuplicateIsRefusedInTheOriginalsWords() {
        AgentResponse response = asked.handle(change("CREATE", "listener", "amqp", Map.of("port", 31108)));
        assertThat(told(response))
                .isEqualTo("400 adding ListenerEntity(authenticatePeer=False, cost=1, healthz=True, host=, http=False,"
                        + " identity=listener/:31108:amqp, idleTimeoutSeconds=16, initialHandshakeTimeoutSeconds=0,"
                        + " maxFrameSize=16384, maxSessions=32768, messageLoggingComponents=none, metrics=True,"
                        + " multiTenant=False, name=amqp, port=31108, requireEncryption=False, requireSsl=False,"
                        + " role=normal, stripAnnotations=both, type=org.apache.qpid.dispatch.listener,"
                        + " websockets=True) duplicates unique attribute 'name' from existing"
                        + " ListenerEntity(authenticatePeer=False, cost=1, healthz=True, host=127.0.0.1, http=False,"
                        + " identity=listener/127.0.0.1:31101:amqp, idleTimeoutSeconds=16,"
                        + " initialHandshakeTimeoutSeconds=0, maxFrameSize=16384, maxSessions=32768,"
                        + " messageLoggingComponents=none, metrics=True, multiTenant=False, name=amqp, port=31101,"
                        + " requireEncryption=False, requireSsl=False, role=normal, saslMechanisms=ANONYMOUS,"
                        + " stripAnnotations=both, type=org.apache.qpid.dispatch.listener, websockets=True)");
        assertThat(ports.open).isEmpty();
    }

    @Test
    void aDuplicateShowsNoPassword() {
        assertThat(told(asked.handle(change("CREATE", "sslProfile", "tls", Map.of("password", "other")))))
                .startsWith("400 adding SslProfileEntity(")
                .contains("password=*******")
                .doesNotContain("secret")
                .doesNotContain("other");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "saslPlugin | p | 400 saslPlugin is not available in this version",
                "cost | 0 | 400 org.apache.qpid.dispatch.listener: cost 0 is out of range; the default is used",
                "port | abc | 201 Created"
            })
    void whatCannotBeHonouredIsRefused(String attribute, String value, String expected) {
        assertThat(told(asked.handle(change("CREATE", "listener", "l9", Map.of(attribute, value)))))
                .isEqualTo(expected);
    }

    @Test
    void whatIsNotActedUponIsTakenAndSaid() {
        AgentResponse response =
                asked.handle(change("CREATE", "listener", "l9", Map.of("policyVhost", "v", "port", 1)));
        assertThat(told(response))
                .isEqualTo("201 Created: policyVhost is recognised but not acted upon by this version");
    }

    @Test
    void valuesMayHaveAnyTypeOfAmqp() {
        AgentResponse response = asked.handle(change(
                "create",
                "org.apache.qpid.dispatch.listener",
                "l9",
                Map.of(
                        new Symbol("port"),
                        new UnsignedInteger(4000),
                        "maxFrameSize",
                        "2048",
                        "http",
                        new Symbol("true"),
                        "openProperties",
                        Map.of(new Symbol("a"), new UnsignedInteger(1)))));
        assertThat(told(response)).isEqualTo("201 Created");
        assertThat(body(response).get("port")).isEqualTo("4000");
        assertThat(body(response).get("maxFrameSize")).isEqualTo(2048);
        assertThat(body(response).get("http")).isEqualTo(true);
        assertThat(body(response).get("openProperties")).isEqualTo(Map.of("a", 1));
    }

    @Test
    void theNextChangeWaitsForTheOneBeforeAndReadingDoesNot() {
        ports.slow = true;
        List<String> answers = new ArrayList<>();
        agent.handle(change("CREATE", "listener", "a", Map.of("port", 1)), r -> answers.add("a " + told(r)));
        agent.handle(change("CREATE", "listener", "a", Map.of("port", 2)), r -> answers.add("again " + told(r)));
        agent.handle(change("DELETE", "listener", "a", Map.of()), r -> answers.add("deleted " + told(r)));
        agent.handle(change("READ", "listener", "a", Map.of()), r -> answers.add("read " + told(r)));
        assertThat(answers).containsExactly("read 404 No entity with name=a");
        Objects.requireNonNull(ports.pending.remove("a")).accept(EntityLifecycle.done("listener/:1:a"));
        assertThat(answers).hasSize(4);
        assertThat(answers.get(1)).isEqualTo("a 201 Created");
        assertThat(answers.get(2)).startsWith("again 400 adding ListenerEntity(");
        assertThat(answers.get(3)).isEqualTo("deleted 204 No Content");
    }

    @Test
    void changesBeyondTheLimitAreRefusedWhileOneIsUnderWay() {
        ports.slow = true;
        List<String> answers = new ArrayList<>();
        agent.handle(change("CREATE", "listener", "a", Map.of("port", 1)), r -> answers.add(told(r)));
        for (int i = 0; i <= Changes.MAX_WAITING; i++) {
            agent.handle(change("DELETE", "listener", "b" + i, Map.of()), r -> answers.add(told(r)));
        }
        assertThat(answers).containsExactly("500 1000 changes are waiting already; try again later");
        Objects.requireNonNull(ports.pending.get("a")).accept(EntityLifecycle.done("listener/:1:a"));
        assertThat(answers).hasSize(2 + Changes.MAX_WAITING);
    }

    @Test
    void aChangeThatThrowsIsAnsweredAndTheNextOneIsMade() {
        EntityEffect broken = new EntityEffect() {
            @Override
            public void create(ConfiguredEntity entity, Consumer<EntityLifecycle.Outcome> outcome) {
                throw new IllegalStateException("broken");
            }
        };
        ManagementAgent withBug = new ManagementAgent(
                Schema.standard(),
                List.of(source("dummy")),
                List.of(new ConfiguredLifecycle("dummy", configuration, broken)),
                Agents.router(List.of()));
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(
                            () -> withBug.handle(change("CREATE", "dummy", null, Map.of()), r -> answers.add(told(r))))
                    .hasMessage("broken");
        }
        assertThat(answers).containsOnly("500 IllegalStateException: broken").hasSize(2);
    }

    @Test
    void anUpdateChangesWhatItMayAndNothingElse() {
        AgentResponse response =
                asked.handle(change("UPDATE", "vhost", "vhost/h", Map.of("maxConnections", "99", "hostname", "h")));
        assertThat(told(response)).startsWith("200 OK");
        assertThat(body(response).get("maxConnections")).isEqualTo(99);
        assertThat(body(response).get("groups")).isEqualTo(Map.of("$default", Map.of("users", "*")));
        assertThat(told(asked.handle(change("UPDATE", "vhost", "vhost/h", Map.of("hostname", "other")))))
                .isEqualTo("400 Cannot update attribute 'hostname' in UPDATE");
        assertThat(told(asked.handle(change("UPDATE", "vhost", "vhost/h", Map.of("foo", "x")))))
                .isEqualTo("400 Unknown attribute 'foo' for 'org.apache.qpid.dispatch.vhost'");
        assertThat(told(asked.handle(change("UPDATE", "vhost", "vhost/h", Map.of("maxConnections", "x")))))
                .startsWith("400 org.apache.qpid.dispatch.vhost: invalid literal for int()");
        assertThat(told(asked.handle(change("UPDATE", "listener", "amqp", Map.of("port", 1)))))
                .startsWith("501 Operation 'UPDATE' not implemented");
    }

    @Test
    void aNullInAnUpdatePutsTheDefaultBack() {
        Map<String, @Nullable Object> nothing = new HashMap<>();
        nothing.put("maxConnections", null);
        nothing.put("groups", null);
        AgentResponse response = asked.handle(change("UPDATE", "vhost", "vhost/h", nothing));
        assertThat(body(response).get("maxConnections")).isEqualTo(65535);
        assertThat(body(response).get("groups")).isEqualTo(Map.of());
    }

    @Test
    void aVhostThatContradictsItselfIsRefused() {
        Object groups = Objects.requireNonNull(Json.parse("{\"a\": {\"users\": \"u\"}, \"b\": {\"users\": \"u\"}}"));
        AgentResponse response =
                asked.handle(change("CREATE", "vhost", null, Map.of("hostname", "x", "groups", groups)));
        assertThat(told(response))
                .isEqualTo("400 Policy 'x' is invalid: Policy vhost 'x' user 'u' is in the groups 'a' and 'b'");
    }

    @Test
    void theTestEntityLivesItsLife() {
        AgentResponse made = asked.handle(change("CREATE", "dummy", null, Map.of("arg1", "a", "num1", "7")));
        assertThat(body(made))
                .isEqualTo(Map.of(
                        "arg1", "a",
                        "num1", 7,
                        "name", "dummy/0",
                        "identity", "dummy/0",
                        "type", "org.apache.qpid.dispatch.dummy"));
        assertThat(body(asked.handle(change("UPDATE", "dummy", "dummy/0", Map.of("arg2", "b"))))
                        .get("arg2"))
                .isEqualTo("b");
        assertThat(asked.handle(request("operation", "callme", "name", "dummy/0", "x", "y"))
                        .body())
                .isEqualTo(Map.of("operation", "callme", "name", "dummy/0", "x", "y"));
        assertThat(told(asked.handle(change("DELETE", "dummy", "dummy/0", Map.of()))))
                .isEqualTo("204 No Content");
    }

    @Test
    void anAddressIsAnsweredAsRecorded() {
        AgentResponse response = asked.handle(
                change("CREATE", "address", "foo2", Map.of("pattern", "a/*/b", "distribution", "closest")));
        assertThat(told(response)).isEqualTo("201 Created");
        Map<?, ?> made = body(response);
        assertThat(made.get("name")).isEqualTo("foo2");
        assertThat(made.get("pattern")).isEqualTo("a/*/b");
        assertThat(made.get("prefix")).isNull();
        assertThat(made.get("distribution")).isEqualTo("closest");
        assertThat(made.get("waypoint")).isEqualTo(false);
        assertThat(made.get("priority")).isEqualTo(-1);
        assertThat(made.get("fallback")).isEqualTo(false);
        AgentRequest delete = request(
                "operation", "DELETE", "type", "address", "identity", Objects.requireNonNull(made.get("identity")));
        assertThat(told(asked.handle(delete))).isEqualTo("204 No Content");
        assertThat(told(asked.handle(delete))).isEqualTo("404 Not Found");
        assertThat(core.table().entities().all()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | Either a 'prefix' or 'pattern' attribute must be provided",
                "{\"prefix\": \"a\", \"pattern\": \"b\"} | Cannot specify both a 'prefix' and a 'pattern' attribute",
                "{\"prefix\": \"\"} | Prefix must be a non-empty string type",
                "{\"pattern\": 5} | Pattern must be a non-empty string type",
                "{\"prefix\": \"//\"} | Prefix invalid - no tokens",
                "{\"pattern\": \".\"} | Pattern invalid - no tokens",
                "{\"prefix\": \"there\"} | Already exists",
                "{\"prefix\": \"a\", \"ingressPhase\": 10, \"egressPhase\": 0} | Phase values must be between 0 and 9",
                "{\"prefix\": \"a\", \"ingressPhase\": \"x\", \"egressPhase\": 0} | Phase values must be between 0 and 9",
                "{\"prefix\": \"a\", \"priority\": 10} | Priority value, if present, must be between 0 and QDR_MAX_PRIORITY",
                "{\"prefix\": \"a\", \"waypoint\": true, \"fallback\": true} | Fallback cannot be specified with waypoint or non-zero ingress and egress phases",
                "[] | Body of request must be a map"
            })
    @DisplayName("management 6.3: addresses are refused in the core's words, with no body")
    void addressesAreRefusedInTheCoresWords(String attributes, String text) {
        asked.handle(change("CREATE", "address", null, Map.of("prefix", "there")));
        AgentResponse response =
                asked.handle(change("CREATE", "address", null, Objects.requireNonNull(Json.parse(attributes))));
        assertThat(told(response)).isEqualTo("400 " + text);
        assertThat(response.body()).isNull();
        assertThat(core.table().entities().all()).hasSize(1);
    }

    @Test
    void addressesAreLenientWhereTheCoreIs() {
        AgentResponse response = asked.handle(change(
                "CREATE",
                "address",
                "foo",
                Map.of("prefix", "x", "distribution", "nonsense", "unknown", 1, "enableFallback", "yes")));
        assertThat(told(response)).isEqualTo("201 Created");
        assertThat(body(response).get("distribution")).isEqualTo("balanced");
        assertThat(body(response).get("fallback")).isEqualTo(true);
        assertThat(body(response).get("enableFallback")).isEqualTo(true);
        assertThat(told(asked.handle(change("CREATE", "address", "foo", Map.of("prefix", "y")))))
                .isEqualTo("400 Name conflicts with an existing entity");
    }

    @Test
    void logSettingsThatAreReadAgainAreTheOnesShown() {
        AgentRequest read = Agents.request("operation", "READ", "type", "log", "identity", "log/AGENT");
        configuration.readLogs(Agents.read("log {\n module: AGENT\n enable: debug+\n}\n"));
        assertThat(Agents.map(asked.handle(read))).containsEntry("enable", "debug+");
        configuration.readLogs(Agents.read("log {\n module: DEFAULT\n enable: error+\n}\n"));
        assertThat(Agents.map(asked.handle(read))).doesNotContainKey("enable");
        assertThat(configuration.entities(Schema.standard().type("log"))).hasSize(18);
        assertThat(configuration.entities(Schema.standard().type("listener"))).hasSize(1);
    }
}
