// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import static io.linkspan.management.agent.Agents.agent;
import static io.linkspan.management.agent.Agents.configured;
import static io.linkspan.management.agent.Agents.map;
import static io.linkspan.management.agent.Agents.query;
import static io.linkspan.management.agent.Agents.request;
import static io.linkspan.management.agent.Agents.results;
import static io.linkspan.management.agent.Agents.row;
import static io.linkspan.management.agent.Agents.source;
import static io.linkspan.management.agent.Agents.told;
import static io.linkspan.management.agent.Agents.withBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linkspan.management.config.LiveConfiguration;
import io.linkspan.management.json.Json;
import io.linkspan.management.schema.Schema;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManagementAgentTest {
    private final LiveConfiguration configuration = configured("""
            listener {
              name: amqp
              port: 5672
            }
            listener {
              name: other
              port: 0
            }
            sslProfile {
              name: tls
              password: pass:secret
            }
            log {
              module: ROUTER
              enable: debug+
            }
            vhost {
              hostname: h
            }
            """);

    private final Asked agent = new Asked(new ManagementAgent(
            Schema.standard(),
            List.of(
                    new ConfiguredSource("listener", configuration, ConfiguredSource.LiveValues.NONE),
                    new ConfiguredSource("sslProfile", configuration, ConfiguredSource.LiveValues.NONE),
                    new ConfiguredSource("vhost", configuration, ConfiguredSource.LiveValues.NONE),
                    new ConfiguredSource(
                            "policy",
                            configuration,
                            (entity, attribute) -> attribute.equals("connectionsCurrent") ? 3L : null),
                    new ConfiguredSource("log", configuration, ConfiguredSource.LiveValues.NONE),
                    source("router", List.of("name", "identity", "id"), new @Nullable Object[] {"R", "1", "R"}),
                    source("connection", List.of("name", "identity"), new @Nullable Object[] {"connection/h", "7"}),
                    source("router.link", List.of("name", "identity"), new @Nullable Object[] {"amqp", "12"}),
                    source("router.address", List.of("name", "identity"), new @Nullable Object[] {"M0a", "M0a"}),
                    source("router.config.address", List.of("name", "identity", "prefix"), new @Nullable Object[] {
                        "foo", "105", "f"
                    }),
                    new ConfiguredSource("connector", configuration, ConfiguredSource.LiveValues.NONE)),
            Stream.of("listener", "connector", "vhost")
                    .<EntityLifecycle>map(type -> new ConfiguredLifecycle(type, configuration, EntityEffect.NONE))
                    .toList(),
            Agents.router(
                    List.of("amqp:/_topo/0/R/$management"),
                    new RouterView.LogLine("SERVER", "info", "one", "a.c", 5, 1_795_201_591L),
                    new RouterView.LogLine("AGENT", "error", "two", null, null, 5_000_000_000L))));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | 400 No 'operation' property: {}",
                "type=listener | 400 No 'operation' property: {'type': 'listener'}",
                "operation=READ,type=foo,name=x | 400 No such entity type 'foo'",
                "operation=READ,type=listener | 400 org.apache.qpid.dispatch.listener: No name or identity provided",
                "operation=READ,type=listener,name=none | 404 No entity with name=none",
                "operation=READ,type=listener,identity=none | 404 No entity with identity=none",
                "operation=READ,name=x,identity=y | 404 No entity with name=x identity=y",
                "operation=READ,name=amqp,identity=sslProfile/tls | 400 Conflicting name=amqp identity=sslProfile/tls",
                "operation=READ,type=connector,name=amqp | 400 Entity type 'org.apache.qpid.dispatch.listener' does not extend requested type 'org.apache.qpid.dispatch.connector'",
                "operation=READ,type=listener,name=amqp | 200 OK",
                "operation=read,type=org.apache.qpid.dispatch.listener,identity=listener/:5672:amqp | 200 OK",
                "operation=READ,name=amqp,identity=listener/:5672:amqp | 200 OK",
                "operation=READ,type=configurationEntity,name=amqp | 200 OK",
                "operation=READ,name=self | 200 OK",
                "operation=READ,type=org.amqp.management,name=self | 200 OK",
                "operation=READ,identity=self | 200 OK",
                "operation=READ | 200 OK",
                "operation=READ,name=router/R | 200 OK",
                "operation=READ,name=router/X | 404 No entity with name=router/X",
                "operation=READ,name=connection/h | 404 No entity with name=connection/h",
                "operation=READ,name=foo | 200 OK",
                "operation=UPDATE,type=listener,name=amqp | 501 Operation 'UPDATE' not implemented for 'org.apache.qpid.dispatch.listener' ['CREATE', 'DELETE', 'READ']",
                "operation=DELETE,type=listener,name=amqp | 204 No Content",
                "operation=UPDATE,type=log,name=log/ROUTER | 501 Operation 'UPDATE' not implemented for 'org.apache.qpid.dispatch.log' ['UPDATE', 'READ']",
                "operation=QUERY,type=listener,name=amqp | 501 Operation 'QUERY' not implemented for 'org.apache.qpid.dispatch.listener' ['CREATE', 'DELETE', 'READ']",
                "operation=PROFILE,name=self | 400 Bad value for 'PROFILE' operation",
                "operation=PROFILE,name=self,start=1 | 501 Operation 'PROFILE' not implemented for 'org.apache.qpid.dispatch.management' ['GET-SCHEMA', 'GET-JSON-SCHEMA', 'GET-LOG', 'PROFILE', 'EXPLAIN', 'QUERY', 'GET-TYPES', 'GET-ANNOTATIONS', 'GET-OPERATIONS', 'GET-ATTRIBUTES', 'GET-MGMT-NODES', 'READ']",
                "operation=GET-SCHEMA-JSON | 501 Operation 'GET-SCHEMA-JSON' not implemented for 'org.apache.qpid.dispatch.management' ['GET-SCHEMA', 'GET-JSON-SCHEMA', 'GET-LOG', 'PROFILE', 'EXPLAIN', 'QUERY', 'GET-TYPES', 'GET-ANNOTATIONS', 'GET-OPERATIONS', 'GET-ATTRIBUTES', 'GET-MGMT-NODES', 'READ']",
                "operation=GET-TYPES,entityType=foo | 400 No such entity type 'foo'",
                "operation=GET-LOG,limit=x | 400 Invalid value 'x' for 'limit', expected 0 or more",
                "operation=GET-JSON-SCHEMA,indent=x | 400 Invalid value 'x' for 'indent', expected 0 to 64"
            })
    void requestsAreJudgedInTheOrderOfTheRules(String properties, String expected) {
        AgentResponse response = agent.handle(ofText(properties));
        assertThat(told(response)).isEqualTo(expected);
        if (response.status() != Status.OK) {
            assertThat(response.body()).isEqualTo(Map.of());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "router | CREATE | `` | 403 Forbidden",
                "router | READ | identity=1 | 403 Forbidden",
                "router | UPDATE | identity=1 | 501 Operation 'UPDATE' not implemented for 'org.apache.qpid.dispatch.router' ['READ']",
                "router | DELETE | identity=1 | 403 Forbidden",
                "connection | CREATE | `` | 501 Operation 'CREATE' not implemented for 'org.apache.qpid.dispatch.connection' ['READ']",
                "connection | READ | identity=7 | 200 OK",
                "connection | READ | identity=8 | 404 Not Found",
                "connection | READ | name=connection/h | 400 Name not supported. Identity required",
                "connection | DELETE | identity=7 | 403 Forbidden",
                "connection | UPDATE | identity=7 | 400 Bad Request",
                "router.link | CREATE | `` | 501 Operation 'CREATE' not implemented for 'org.apache.qpid.dispatch.router.link' ['UPDATE', 'READ']",
                "router.link | READ | identity=12 | 501 Operation 'READ' not implemented for 'org.apache.qpid.dispatch.router.link' ['UPDATE', 'READ']",
                "router.link | DELETE | identity=12 | 501 Operation 'DELETE' not implemented for 'org.apache.qpid.dispatch.router.link' ['UPDATE', 'READ']",
                "router.link | UPDATE | identity=12 | 400 Bad Request",
                "router.address | READ | identity=M0a | 200 OK",
                "router.address | READ | name=M0a | 200 OK",
                "router.address | READ | name=M0b | 404 Not Found",
                "router.address | READ | `` | 400 No name or identity provided",
                "router.address | UPDATE | name=M0a | 501 Operation 'UPDATE' not implemented for 'org.apache.qpid.dispatch.router.address' ['READ']",
                "address | READ | identity=105 | 200 OK",
                "router.config.address | read | name=foo | 200 OK",
                "router.config.address | READ | identity=9,name=foo | 404 Not Found",
                "router.config.address | CREATE | name=x | 400 Body of request must be a map",
                "router.config.address | UPDATE | name=foo | 501 Operation 'UPDATE' not implemented for 'org.apache.qpid.dispatch.router.config.address' ['CREATE', 'DELETE', 'READ']",
                "router.config.linkRoute | DELETE | name=none | 404 Not Found",
                "router.config.linkRoute | DELETE | `` | 400 No name or identity provided",
                "router.config.address | DELETE | name=foo | 501 Operation 'DELETE' not implemented for 'org.apache.qpid.dispatch.router.config.address' ['CREATE', 'DELETE', 'READ']",
                "router.connection.linkRoute | READ | name=x | 404 Not Found",
                "console | CREATE | `` | 403 Forbidden",
                "console | READ | name=x | 403 Forbidden",
                "console | UPDATE | name=x | 403 Forbidden",
                "console | DELETE | name=x | 403 Forbidden"
            })
    void liveTypesHaveTheirOwnRules(String type, String operation, String properties, String expected) {
        String all = "operation=" + operation + ",entityType=" + type + (properties.isEmpty() ? "" : "," + properties);
        AgentResponse response = agent.handle(ofText(all));
        assertThat(told(response)).isEqualTo(expected);
        if (response.status() != Status.OK) {
            assertThat(response.body()).isEqualTo(operation.equals("CREATE") ? null : Map.of());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "name=x | {} | 400 No 'type' attribute in {'name': 'x'}",
                "type=listener | {\"type\": \"connector\"} | 400 Conflicting values for 'type'",
                "type=listener,name=a | {\"name\": \"b\"} | 400 Conflicting values for 'name'",
                "type=foo | {} | 400 No such entity type 'foo'",
                "type=log | {} | 501 Operation 'CREATE' not implemented for 'org.apache.qpid.dispatch.log' ['UPDATE', 'READ']",
                "type=connector | {\"connectionMsg\": \"x\"} | 400 Cannot set attribute 'connectionMsg' in CREATE",
                "type=connector | {\"foo\": \"x\"} | 400 Unknown attribute 'foo' for 'org.apache.qpid.dispatch.connector'",
                "type=listener | {\"role\": \"x\"} | 400 org.apache.qpid.dispatch.listener: Invalid value for enum['normal', 'inter-router', 'route-container', 'edge']: 'x'",
                "type=listener | {\"protocolFamily\": \"IPv4\", \"socketAddressFamily\": \"IPv4\"} | 400 Both 'protocolFamily' and 'socketAddressFamily' cannot be specified for entity 'listener'",
                "type=vhost | {} | 400 org.apache.qpid.dispatch.vhost: Missing required attribute 'hostname'",
                "type=vhost | {\"id\": \"h2\", \"maxConnections\": null} | 201 Created: vhost is recognised but not acted upon by this version; Attribute 'id' of entity 'vhost' has been deprecated. Use 'hostname' instead",
                "type=listener,name=x | {\"port\": \"1\"} | 201 Created",
                "`` | {\"type\": \"address\", \"prefix\": \"p\"} | 501 Operation 'CREATE' not implemented for 'org.apache.qpid.dispatch.router.config.address' ['CREATE', 'DELETE', 'READ']"
            })
    void createIsChecked(String properties, String body, String expected) {
        AgentRequest request = ofText("operation=CREATE" + (properties.isEmpty() ? "" : "," + properties));
        Object map = java.util.Objects.requireNonNull(Json.parse(body));
        assertThat(told(agent.handle(withBody(request, map)))).isEqualTo(expected);
    }

    @Test
    void whatHasNoLifecycleIsNotImplemented() {
        Map<String, Object> body = Map.of("adminStatus", "deleted");
        assertThat(told(agent.handle(
                        withBody(request("operation", "UPDATE", "type", "connection", "identity", "8"), body))))
                .isEqualTo("400 Bad Request");
        assertThat(told(agent.handle(
                        withBody(request("operation", "UPDATE", "type", "connection", "identity", "7"), body))))
                .startsWith("501 ");
    }

    private static AgentRequest ofText(String properties) {
        List<Object> words = new java.util.ArrayList<>();
        for (String property : properties.isEmpty() ? new String[0] : properties.split(",", -1)) {
            words.addAll(Arrays.asList(property.split("=", 2)));
        }
        return request(words.toArray());
    }

    @Test
    void readLeavesNullsOutForConfiguredTypesAndKeepsThemForLiveOnes() {
        assertThat(map(agent.handle(request("operation", "READ", "name", "amqp"))))
                .containsEntry("port", "5672")
                .containsEntry("maxFrameSize", 16384)
                .containsEntry("identity", "listener/:5672:amqp")
                .doesNotContainKey("sslProfile");
        assertThat(map(agent.handle(request("operation", "READ", "type", "connection", "identity", "7"))))
                .hasSize(25)
                .containsEntry("container", null);
    }

    @Test
    void passwordsAreMasked() {
        assertThat(map(agent.handle(request("operation", "READ", "name", "tls"))))
                .containsEntry("password", "*******");
        assertThat(results(agent.handle(query("sslProfile", "password"))).toString())
                .doesNotContain("secret");
    }

    @Test
    void configuredEntitiesShowWhatIsKnownNow() {
        assertThat(results(
                        agent.handle(query("policy", "maxConnections", "connectionsCurrent", "linksDenied", "name"))))
                .isEqualTo(List.of(row(65535, 3, 0, "policy/None")));
        assertThat(results(agent.handle(query("vhost", "hostname", "groups")))).isEqualTo(List.of(row("h", Map.of())));
    }

    @Test
    void everyLogModuleIsThere() {
        assertThat(results(agent.handle(query("log", "module")))).hasSize(18);
        assertThat(map(agent.handle(request("operation", "READ", "name", "log/ROUTER"))))
                .isEqualTo(Map.of(
                        "module", "ROUTER",
                        "enable", "debug+",
                        "name", "log/ROUTER",
                        "identity", "log/ROUTER",
                        "type", "org.apache.qpid.dispatch.log"));
        assertThat(map(agent.handle(request("operation", "READ", "name", "log/AGENT"))))
                .hasSize(4);
    }

    @Test
    void theLogIsGivenFromItsEnd() {
        assertThat(agent.handle(request("operation", "get-log")).body())
                .isEqualTo(List.of(
                        List.of("SERVER", "info", "one", "a.c", 5, 1_795_201_591),
                        row("AGENT", "error", "two", null, null, 5_000_000_000L)));
        assertThat((List<?>) agent.handle(request("operation", "GET-LOG", "limit", "1"))
                        .body())
                .hasSize(1);
        assertThat((List<?>) agent.handle(request("operation", "GET-LOG", "limit", 0))
                        .body())
                .hasSize(2);
        assertThat((List<?>) agent.handle(request("operation", "GET-LOG", "limit", 99L))
                        .body())
                .hasSize(2);
    }

    @Test
    void typesOperationsAttributesAndAnnotationsComeFromTheSchema() {
        assertThat(map(agent.handle(request("operation", "GET-TYPES")))).hasSize(30);
        assertThat(map(agent.handle(request("operation", "GET-TYPES", "entityType", "org.amqp.management"))))
                .isEqualTo(Map.of(
                        "org.apache.qpid.dispatch.org.amqp.management",
                        List.of("org.apache.qpid.dispatch.operationalEntity", "org.apache.qpid.dispatch.entity"),
                        "org.apache.qpid.dispatch.management",
                        List.of(
                                "org.apache.qpid.dispatch.org.amqp.management",
                                "org.apache.qpid.dispatch.operationalEntity",
                                "org.apache.qpid.dispatch.entity")));
        assertThat(map(agent.handle(request("operation", "GET-OPERATIONS", "entityType", "dummy"))))
                .isEqualTo(Map.of(
                        "org.apache.qpid.dispatch.dummy", List.of("CREATE", "READ", "UPDATE", "DELETE", "CALLME")));
        assertThat(map(agent.handle(request("operation", "GET-OPERATIONS")))).hasSize(30);
        assertThat(map(agent.handle(request("operation", "GET-ATTRIBUTES", "entityType", "dummy"))))
                .isEqualTo(Map.of(
                        "org.apache.qpid.dispatch.dummy",
                        List.of("arg1", "arg2", "num1", "num2", "name", "identity", "type")));
        assertThat(map(agent.handle(request("operation", "GET-ANNOTATIONS")))).isEmpty();
        assertThat(agent.handle(request("operation", "GET-MGMT-NODES")).body())
                .isEqualTo(List.of("amqp:/_topo/0/R/$management"));
    }

    @Test
    void theSchemaAnswerLeavesNothingsOut() {
        Map<?, ?> schema = map(agent.handle(request("operation", "GET-SCHEMA")));
        assertThat(schema.get("prefix")).isEqualTo("org.apache.qpid.dispatch");
        Map<?, ?> types = map(schema, "entityTypes");
        assertThat(types).hasSize(30);
        assertThat(types.keySet().containsAll(List.of("address", "router.link", "org.amqp.management", "mqtt")))
                .isTrue();
        Map<?, ?> group = map(types, "vhostUserGroupSettings");
        Map<?, ?> attributes = map(group, "attributes");
        assertThat(attributes.containsKey("type")).isFalse();
        assertThat(attributes.get("maxSenders")).isEqualTo(Map.of("type", "integer", "default", 2147483647L));
        assertThat(attributes.get("allowDynamicSource")).isEqualTo(Map.of("type", "boolean"));
        assertThat(attributes.get("users")).isEqualTo(Map.of("type", "string", "required", true));
        Map<?, ?> router = map(types, "router");
        assertThat(router.get("singleton")).isEqualTo(true);
        assertThat(router.get("operations")).isEqualTo(List.of("READ"));
        assertThat(map(map(router, "attributes"), "mode").get("type"))
                .isEqualTo(List.of("standalone", "interior", "edge"));
    }

    @Test
    void theJsonSchemaIsTheSameAsText() {
        Object schema = Json.parse(Json.write(map(agent.handle(request("operation", "GET-SCHEMA"))), -1));
        Object compact = agent.handle(request("operation", "get-json-schema")).body();
        Object indented = agent.handle(request("operation", "get-json-schema", "indent", "2"))
                .body();
        assertThat(compact).isInstanceOf(String.class).asString().doesNotContain("\n");
        assertThat(Json.parse((String) java.util.Objects.requireNonNull(compact)))
                .isEqualTo(schema);
        assertThat(indented).asString().contains("\n  \"prefix\"");
    }

    @Test
    void aSourceHasToFitTheSchema() {
        assertThatThrownBy(() -> agent(source("router", List.of("id")))).hasMessageContaining("no name or identity");
        assertThatThrownBy(() -> agent(source("router", List.of("name", "identity", "name"))))
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> agent(
                        source("router", List.of("name", "identity")), source("router", List.of("name", "identity"))))
                .hasMessageContaining("two sources");
        assertThatThrownBy(() -> agent(source("foo", List.of("name", "identity"))))
                .isInstanceOf(IllegalStateException.class);
    }
}
