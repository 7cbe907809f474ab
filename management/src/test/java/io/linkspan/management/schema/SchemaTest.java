// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private final Schema schema = Schema.standard();

    @Test
    void theOriginalsTypesAreAllKnownAndMqttIsOurs() {
        assertThat(schema.managedTypes()).hasSize(30);
        long attributes = schema.managedTypes().stream()
                .filter(type -> !type.longName().startsWith(Schema.OUR_PREFIX))
                .mapToLong(type -> type.attributes().size())
                .sum();
        // 400 of the original, listener.protocols, mqttProfile and addressAliases, protocolTrace of listener and
        // connector, four of address, router.streamingThresholdBytes.
        assertThat(attributes).isEqualTo(410);
    }

    @Test
    void typesAreFoundByLongAndByShortName() {
        EntityType address = schema.type("router.config.address");
        assertThat(address.longName()).isEqualTo("org.apache.qpid.dispatch.router.config.address");
        assertThat(address.shortName()).isEqualTo("address");
        assertThat(schema.find("org.apache.qpid.dispatch.router.config.address"))
                .isSameAs(address);
        assertThat(schema.find("address")).isSameAs(address);
        assertThat(schema.find("org.apache.qpid.dispatch.address")).isSameAs(address);
        assertThat(schema.find("io.linkspan.mqtt"))
                .isSameAs(schema.find("mqtt"))
                .isNotNull();
        assertThat(schema.find("org.amqp.management"))
                .isSameAs(schema.find("org.apache.qpid.dispatch.org.amqp.management"));
        assertThat(schema.find("foo")).isNull();
        assertThatThrownBy(() -> schema.type("foo")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void adaptorSectionsAreSectionsButNotManaged() {
        EntityType tcp = schema.section("tcpListener");
        assertThat(tcp).isNotNull();
        assertThat(schema.managedTypes()).doesNotContain(tcp);
    }

    @Test
    void attributesOfTheBaseFollowItsOwn() {
        EntityType policy = schema.type("policy");
        List<String> names =
                policy.attributes().stream().map(AttributeType::name).toList();
        assertThat(names)
                .startsWith("maxConnections", "maxMessageSize")
                .endsWith("totalDenials", "name", "identity", "type");
        assertThat(policy.bases()).containsExactly(schema.type("configurationEntity"), schema.type("entity"));
        assertThat(policy.isA(schema.type("entity"))).isTrue();
        assertThat(policy.isA(schema.type("router"))).isFalse();
    }

    @Test
    void operationsAreItsOwnThenInheritedOnes() {
        assertThat(schema.type("management").operations())
                .containsExactly(
                        "GET-SCHEMA",
                        "GET-JSON-SCHEMA",
                        "GET-LOG",
                        "PROFILE",
                        "EXPLAIN",
                        "QUERY",
                        "GET-TYPES",
                        "GET-ANNOTATIONS",
                        "GET-OPERATIONS",
                        "GET-ATTRIBUTES",
                        "GET-MGMT-NODES",
                        "READ");
        assertThat(schema.type("vhost").operations()).containsExactly("CREATE", "UPDATE", "DELETE", "READ");
        assertThat(schema.type("dummy").allows("callme")).isTrue();
        assertThat(schema.type("listener").allows("UPDATE")).isFalse();
    }

    @Test
    void columnsAreThoseOfTheLiveAnswerOrAllAttributes() {
        assertThat(schema.type("connection").columns()).hasSize(25);
        assertThat(schema.type("connection").columns().get(7)).isEqualTo(new EntityType.Column("sasl", "string", true));
        assertThat(schema.type("router.link").columns().get(24))
                .isEqualTo(new EntityType.Column("ingressHistogram", "list<ulong>", true));
        assertThat(schema.type("logStats").columns()).hasSize(10);
    }

    @Test
    void defaultsHaveTheTypeOfTheirAttribute() {
        EntityType listener = schema.type("listener");
        assertThat(attribute(listener, "maxFrameSize").defaultValue()).isEqualTo(16384L);
        assertThat(attribute(listener, "host").defaultValue()).isEqualTo("");
        assertThat(attribute(listener, "healthz").defaultValue()).isEqualTo(true);
        assertThat(attribute(listener, "linkCapacity").defaultValue()).isNull();
    }

    @Test
    void deprecatedNamesLeadToPresentOnes() {
        assertThat(schema.type("connector").currentName("verifyHostName")).isEqualTo("verifyHostname");
        assertThat(schema.type("connector").currentName("protocolFamily")).isNull();
        assertThat(schema.type("listener").currentName("protocolFamily")).isEqualTo("socketAddressFamily");
        long deprecatedNames = schema.types().stream()
                .filter(type -> !type.is(EntityType.Word.ABSTRACT))
                .flatMap(type -> type.attributes().stream())
                .filter(attribute -> attribute.deprecatedName() != null)
                .count();
        assertThat(deprecatedNames).isEqualTo(29);
    }

    @Test
    void rangesMayAllowMinusOneApart() {
        AttributeType.Range range =
                attribute(schema.type("mqtt"), "receiveMaximum").range();
        assertThat(range).isNotNull();
        assertThat(java.util.Objects.requireNonNull(range).contains(-1)).isTrue();
        assertThat(range.contains(0)).isFalse();
        assertThat(range.contains(1)).isTrue();
        assertThat(range.contains(65535)).isTrue();
        assertThat(range.contains(65536)).isFalse();
        assertThat(range).hasToString("-1 or 1 to 65535");
    }

    @Test
    void everyAttributeOfAnEntityThatIsActedUponIsDescribed() {
        List<String> silent =
                List.of("router", "listener", "connector", "sslProfile", "log", "address", "mqtt").stream()
                        .map(schema::type)
                        .flatMap(type -> type.attributes().stream())
                        .filter(attribute -> attribute.is(AttributeType.Word.CREATE)
                                && attribute.description().isEmpty())
                        .map(AttributeType::name)
                        .distinct()
                        .toList();
        assertThat(silent).containsExactlyInAnyOrder("name", "type");
    }

    @Test
    void aLineThatCannotBeReadIsShown() {
        assertThatThrownBy(() -> SchemaText.parse("entity x : y")).hasMessage("schema: x : y");
        assertThatThrownBy(() -> SchemaText.parse("entity x\n  a foo")).hasMessage("schema:   a foo");
        assertThatThrownBy(() -> SchemaText.parse("entity x\n  a integer = b")).hasMessage("schema:   a integer = b");
    }

    private static AttributeType attribute(EntityType type, String name) {
        AttributeType attribute = type.attribute(name);
        assertThat(attribute).as(name).isNotNull();
        return java.util.Objects.requireNonNull(attribute);
    }
}
