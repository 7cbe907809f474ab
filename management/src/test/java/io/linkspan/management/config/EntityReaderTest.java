// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import static io.linkspan.management.config.Configurations.problems;
import static io.linkspan.management.config.Configurations.result;
import static io.linkspan.management.config.Configurations.sound;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntityReaderTest {
    private static final String L = "org.apache.qpid.dispatch.listener";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "foo { | FATAL 1 foo: No such entity type 'org.apache.qpid.dispatch.foo'",
                "foo-BAR { | FATAL 1 foo-BAR: No such entity type 'org.apache.qpid.dispatch.fooBar'",
                "Listener { | FATAL 1 Listener: No such entity type 'org.apache.qpid.dispatch.Listener'",
                "connection { | FATAL 1 connection: Can't find implementation 'ConnectionEntity' for 'org.apache.qpid.dispatch.connection'",
                "vhostUserGroupSettings { | FATAL 1 vhostUserGroupSettings: Can't find implementation 'VhostUserGroupSettingsEntity' for 'org.apache.qpid.dispatch.vhostUserGroupSettings'",
                "configurationEntity { | FATAL 1 configurationEntity: Can't find implementation 'ConfigurationEntityEntity' for 'org.apache.qpid.dispatch.configurationEntity'",
                "`listener {\nfoo: 1` | FATAL 2 listener.foo: org.apache.qpid.dispatch.listener: Unknown attribute 'foo' for 'org.apache.qpid.dispatch.listener'",
                "`listener {\ntype: x` | FATAL 2 listener.type: org.apache.qpid.dispatch.listener: Unknown attribute 'type' for 'org.apache.qpid.dispatch.listener'",
                "`listener {\nrole: foo` | FATAL 2 listener.role: org.apache.qpid.dispatch.listener: Invalid value for enum['normal', 'inter-router', 'route-container', 'edge']: 'foo'",
                "`listener {\ncost: abc` | FATAL 2 listener.cost: org.apache.qpid.dispatch.listener: invalid literal for int() with base 10: 'abc'",
                "`listener {\nhttp: maybe` | FATAL 2 listener.http: org.apache.qpid.dispatch.listener: Invalid Boolean value ''maybe''",
                "`listener {\nhost: {\n}` | FATAL 2 listener.host: org.apache.qpid.dispatch.listener: not a text: {}",
                "`listener {\nopenProperties: x` | FATAL 2 listener.openProperties: org.apache.qpid.dispatch.listener: Properties must be a map",
                "`vhost {\nhostname: h\ngroups: x` | FATAL 3 vhost.groups: org.apache.qpid.dispatch.vhost: not a map: 'x'",
                "log { | FATAL 1 log: org.apache.qpid.dispatch.log: Missing required attribute 'module'",
                "sslProfile { | FATAL 1 sslProfile: org.apache.qpid.dispatch.sslProfile: Missing required attribute 'name'",
                "mqtt { | FATAL 1 mqtt: io.linkspan.mqtt: Missing required attribute 'name'",
                "`router {\nsaslConfigPath: a\nsaslConfigDir: b` | FATAL 2 router.saslConfigPath: Both 'saslConfigPath' and 'saslConfigDir' cannot be specified for entity 'router'",
                "`policy {\nmaxConnections: -1` | FATAL 2 policy.maxConnections: org.apache.qpid.dispatch.policy: maxConnections -1 is out of range",
                "`mqtt {\nname: m\nreceiveMaximum: 0` | FATAL 3 mqtt.receiveMaximum: io.linkspan.mqtt: receiveMaximum 0 is out of range",
                "`listener {\nidleTimeoutSeconds: -1` | ERROR 2 listener.idleTimeoutSeconds: org.apache.qpid.dispatch.listener: idleTimeoutSeconds -1 is out of range; the default is used",
                "`address {\nprefix: a\npriority: 10` | ERROR 3 address.priority: org.apache.qpid.dispatch.router.config.address: priority 10 is out of range; the address is left out",
                "`tcpListener {\nfoo: bar` | WARNING 1 tcpListener: tcpListener belongs to the protocol adaptors of releases 1.16 to 1.18 and does nothing",
                "`log {\nmodule: TCP_ADAPTOR` | WARNING 1 log: this log module belongs to the protocol adaptors of releases 1.16 to 1.18 and does nothing",
                "allocator { | WARNING 1 allocator: allocator is recognised but not acted upon by this version",
                "dummy { | WARNING 1 dummy: dummy is recognised but not acted upon by this version",
                "`console {\nproxy: a\nhome: b` | WARNING 1 console: console is recognised but not acted upon by this version",
                "`listener {\npolicyVhost: v` | WARNING 2 listener.policyVhost: policyVhost is recognised but not acted upon by this version",
                "`listener {\ntrustedCertsFile: f` | WARNING 2 listener.trustedCertsFile: Attribute 'trustedCertsFile' of entity 'listener' has been deprecated",
                "`listener {\nport: 1\nPort: 2` | FATAL 3 listener.Port: org.apache.qpid.dispatch.listener: Unknown attribute 'Port' for 'org.apache.qpid.dispatch.listener'",
                "`listener {\nmax-sessions: 1\nmaxSessions: 2` | WARNING 3 listener.maxSessions: given before on line 2; the last one counts"
            })
    void eachMistakeHasItsWords(String section, String expected) {
        assertThat(problems(section + "\n}"))
                .contains(expected)
                .allMatch(p -> p.equals(expected) || p.endsWith("is recognised but not acted upon by this version"));
    }

    @Test
    void valuesThatEqualTheDefaultOfWhatIsNotAvailableAreFine() {
        sound("listener {\nmultiTenant: no\nmessageLoggingComponents: none\n}\npolicy {\nenableVhostPolicy: false\n}");
    }

    @Test
    void anUnknownAttributeThatDiffersInLetterCaseGetsAHint() {
        assertThat(result("connector {\nVerifyHostName: no\n}")
                        .problems()
                        .get(0)
                        .expected())
                .isEqualTo("verifyHostname");
    }

    @ParameterizedTest
    @CsvSource({
        "router, helloInterval, helloIntervalSeconds, 2",
        "router, raIntervalFlux, raIntervalFluxSeconds, 2",
        "sslProfile, certDb, caCertFile, f",
        "sslProfile, keyFile, privateKeyFile, f",
        "listener, protocolFamily, socketAddressFamily, IPv4",
        "listener, failoverList, failoverUrls, h",
        "listener, logMessage, messageLoggingComponents, none",
        "connector, verifyHostName, verifyHostname, no",
        "log, output, outputFile, stderr",
        "log, timestamp, includeTimestamp, no"
    })
    void deprecatedNamesAreTakenWithAWarning(String section, String old, String current, String value) {
        String required = section.equals("log") ? "module: ROUTER" : "name: n";
        ConfigurationResult result = result(section + " {\n" + old + ": " + value + "\n" + required + "\n}");
        assertThat(result.problems().stream().map(Configurations::line))
                .containsExactly("WARNING 2 " + section + "." + old + ": Attribute '" + old + "' of entity '" + section
                        + "' has been deprecated. Use '" + current + "' instead");
        assertThat(result.configuration().orElseThrow().entities())
                .anySatisfy(e -> assertThat(e.isGiven(current)).isTrue());
    }

    @Test
    void singletonsAreThereOnce() {
        assertThat(problems("router {\nid: A\n}\nrouter {\nid: B\n}"))
                .containsExactly("FATAL 4 router: Adding org.apache.qpid.dispatch.router singleton {id: B} when {id: A}"
                        + " already exists on line 1");
    }

    @Test
    void namesAreUniqueAcrossTypesAndSecretsAreNotShown() {
        assertThat(problems("listener {\nname: x\nport: 0\n}\nsslProfile {\nname: x\npassword: env:SECRET\n}"))
                .containsExactly("FATAL 6 sslProfile.name: adding {password: *******, name: x} duplicates unique"
                        + " attribute 'name' from existing {port: 0, name: x} on line 1");
    }

    @Test
    void unnamedListenersOfOnePlaceCollide() {
        assertThat(problems("listener {\nport: 0\n}\nlistener {\nport: 0\n}"))
                .containsExactly("FATAL 4 listener: adding {port: 0} duplicates unique attribute 'name' from existing"
                        + " {port: 0} on line 1");
        assertThat(problems("listener {\nport: 0\n}\nlistener {\nport: 0\nname: b\n}"))
                .isEmpty();
    }

    @Test
    void namesAndIdentitiesAreThoseOfTheOriginal() {
        List<ConfiguredEntity> entities = started("""
                router {
                  id: A
                }
                listener {
                  host: 127.0.0.1
                }
                listener {
                  name: l
                  port: 0
                }
                connector {
                  port: 5673
                }
                address {
                  prefix: a
                }
                address {
                  prefix: b
                  name: bee
                }
                address {
                  prefix: c
                }
                log {
                  module: SERVER
                }
                sslProfile {
                  name: s
                }
                vhost {
                  hostname: h
                }
                mqtt {
                  name: m
                }
                """);
        assertThat(entities.stream().map(e -> e.name() + " " + e.identity()))
                .containsExactlyInAnyOrder(
                        "router/A router/A",
                        "listener/127.0.0.1:amqp listener/127.0.0.1:amqp",
                        "l listener/:0:l",
                        "connector/127.0.0.1:5673 connector/127.0.0.1:5673",
                        "address/0 address/0",
                        "bee address/bee",
                        "address/1 address/1",
                        "log/SERVER log/SERVER",
                        "s sslProfile/s",
                        "vhost/h vhost/h",
                        "m mqtt/m",
                        "policy/None policy/None");
    }

    private static List<ConfiguredEntity> started(String text) {
        return Configurations.started(text).entities();
    }

    @Test
    void attributesForManagementHaveDefaultsAndNoSecrets() {
        ConfiguredEntity profile = started("sslProfile {\nname: s\npassword: pass:x\ncertFile: c\n}")
                .get(0);
        assertThat(profile.attributes())
                .isEqualTo(Map.of(
                        "certFile", "c",
                        "password", "*******",
                        "name", "s",
                        "identity", "sslProfile/s",
                        "type", "org.apache.qpid.dispatch.sslProfile"));
        ConfiguredEntity listener = started("listener {\nport: 0\n}").get(0);
        assertThat(listener.attributes())
                .containsEntry("port", "0")
                .containsEntry("maxFrameSize", 16384L)
                .containsEntry("type", L)
                .doesNotContainKey("linkCapacity");
    }

    @Test
    void attributesOfTheOperationalSideMayBeGiven() {
        sound("connector {\nconnectionStatus: x\nidentity: y\n}\nlistener {\nport: 0\n}");
    }
}
