// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import static io.linkspan.management.config.Configurations.problems;
import static io.linkspan.management.config.Configurations.result;
import static io.linkspan.management.config.Configurations.sound;
import static io.linkspan.management.config.Configurations.started;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulesTest {
    private static ListenerSettings listener(String... lines) {
        return started("listener {\n" + String.join("\n", lines) + "\n}")
                .listeners()
                .get(0);
    }

    private static List<String> ofListener(String lines) {
        return problems("listener {\n" + lines + "\n}");
    }

    @Test
    void anEmptyTextIsRefusedAndACommentStartsAStandaloneRouter() {
        assertThat(problems("")).containsExactly("FATAL 0: Configuration: Configuration file was empty");
        RouterConfiguration configuration = sound("# nothing\n");
        assertThat(configuration.router())
                .isEqualTo(new RouterSettings(
                        null,
                        RouterSettings.Mode.STANDALONE,
                        4,
                        Distribution.BALANCED,
                        null,
                        false,
                        true,
                        null,
                        RouterSettings.Intervals.DEFAULT,
                        131_072));
        assertThat(configuration.listeners()).isEmpty();
        assertThat(configuration.maxConnections()).isEqualTo(65535);
    }

    @Test
    void aRouterIdIsMadeWhenNoneIsGiven() {
        assertThat(sound("#").router().idOrMade(new Random(1))).matches("Standalone_[A-Za-z0-9+_]{15}");
        assertThat(sound("router {\nmode: interior\n}").router().idOrMade(new Random(1)))
                .matches("Interior_[A-Za-z0-9+_]{15}");
        assertThat(sound("router {\nid: A\n}").router().idOrMade(new Random(1))).isEqualTo("A");
    }

    @Test
    void routerIdsAreShortAndPlain() {
        String longest = "x".repeat(127);
        assertThat(sound("router {\nid: " + longest + "\n}").router().id()).isEqualTo(longest);
        assertThat(problems("router {\nid: " + longest + "x\n}"))
                .containsExactly("FATAL 2 router.id: Router ID \"" + longest
                        + "x\" exceeds the maximum allowed length (127 characters)");
        assertThat(problems("router {\nid: a b\n}"))
                .containsExactly(
                        "FATAL 2 router.id: Router id attribute containing character ' ' in id 'a b' is disallowed.");
        assertThat(problems("router {\nid: a\\u200bb\n}"))
                .containsExactly("FATAL 2 router.id: Router id attribute containing character '\u200b' in id"
                        + " 'a\u200bb' is disallowed.");
    }

    @Test
    void otherModesAreRefusedHonestly() {
        assertThat(problems("router {\nmode: interior\n}\nlistener {\nrole: inter-router\n}"))
                .isEmpty();
        assertThat(sound("router {\nmode: interior\nhelloMaxAgeSeconds: 5\nraIntervalSeconds: 7\n}")
                        .router()
                        .intervals())
                .isEqualTo(new RouterSettings.Intervals(1, 5, 7, 4, 60));
        assertThat(problems("router {\nmode: interior\nhelloMaxAgeSeconds: 0\n}"))
                .containsExactly("ERROR 3 router.helloMaxAgeSeconds: org.apache.qpid.dispatch.router:"
                        + " helloMaxAgeSeconds 0 is out of range; the default is used");
        assertThat(problems("router {\nmode: edge\n}\nlistener {\nrole: edge\n}\nconnector {\nrole: edge\n}"))
                .containsExactly(
                        "FATAL 2 router.mode: mode edge is not available in this version",
                        "FATAL 5 listener.role: role='edge' only allowed with router mode='interior' for"
                                + " listener/:amqp");
        assertThat(problems("router {\nmode: edge\n}\nconnector {\nrole: inter-router\n}"))
                .contains("FATAL 5 connector.role: role='inter-router' only allowed with router mode='interior' for"
                        + " connector/127.0.0.1:amqp");
    }

    @ParameterizedTest
    @CsvSource({"listener, inter-router", "listener, edge", "connector, inter-router", "connector, edge"})
    @DisplayName("CON-15 a standalone router has no other routers")
    void aStandaloneRouterHasNoOtherRouters(String section, String role) {
        assertThat(problems(section + " {\nrole: " + role + "\n}"))
                .containsExactly("FATAL 2 " + section + ".role: role='standalone' not allowed to connect to or accept"
                        + " connections from other routers.");
    }

    @Test
    void aListenerHasTheDefaultsOfTheOriginal() {
        ListenerSettings settings = listener();
        assertThat(settings.connection())
                .isEqualTo(new ConnectionSettings(
                        Role.NORMAL,
                        1,
                        16384,
                        32768,
                        Integer.MAX_VALUE,
                        16,
                        true,
                        true,
                        250,
                        List.of(),
                        Map.of(),
                        Set.of(),
                        false));
        assertThat(settings.name()).isEqualTo("listener/:amqp");
        assertThat(settings.named()).isFalse();
        assertThat(settings.portNumber()).isEqualTo(5672);
        assertThat(settings.anyHost()).isTrue();
        assertThat(settings.protocols()).containsExactly(Protocol.AMQP);
        assertThat(settings.webSocketProtocols()).isEmpty();
        assertThat(settings.tls()).isNull();
        assertThat(settings.authenticatePeer()).isFalse();
        assertThat(settings.handshakeTimeoutSeconds()).isZero();
    }

    @Test
    void partsOfLoggedMessagesAreAListAndUnknownWordsAreIgnored() {
        assertThat(listener("messageLoggingComponents: to,nonsense,message-id")
                        .connection()
                        .messageLogging())
                .containsExactly("message-id", "to");
        assertThat(listener("messageLoggingComponents: all").connection().messageLogging())
                .containsExactlyElementsOf(ConnectionSettings.MESSAGE_PARTS);
        assertThat(listener("messageLoggingComponents: none").connection().messageLogging())
                .isEmpty();
    }

    @Test
    @DisplayName("CON-10 CRD-01 CRD-14 limits of connections are capped as in the original")
    void limitsOfConnectionsAreCappedAsInTheOriginal() {
        ConnectionSettings zero = listener(
                        "maxSessions: 0", "linkCapacity: 0", "maxSessionFrames: 0", "idleTimeoutSeconds: 0")
                .connection();
        assertThat(zero.maxSessions()).isEqualTo(32768);
        assertThat(zero.linkCapacity()).isEqualTo(250);
        assertThat(zero.maxSessionFrames()).isEqualTo(Integer.MAX_VALUE);
        assertThat(zero.idleTimeoutSeconds()).isZero();
        ConnectionSettings some = listener("maxSessions: 32769", "linkCapacity: 7", "maxSessionFrames: 9")
                .connection();
        assertThat(some.maxSessions()).isEqualTo(32768);
        assertThat(some.linkCapacity()).isEqualTo(7);
        assertThat(some.maxSessionFrames()).isEqualTo(9);
        assertThat(listener("maxFrameSize: 512").connection().maxFrameSizeBytes())
                .isEqualTo(512);
        assertThat(listener("maxFrameSize: 511").connection().maxFrameSizeBytes())
                .isEqualTo(512);
        assertThat(ofListener("maxFrameSize: 511"))
                .containsExactly("WARNING 2 listener.maxFrameSize: maxFrameSize 511 is below the least that AMQP"
                        + " allows; 512 is used");
    }

    @ParameterizedTest
    @CsvSource({"in, true, false", "out, false, true", "both, true, true", "no, false, false"})
    void annotationsAreStrippedAsSaid(String word, boolean in, boolean out) {
        ConnectionSettings settings = listener("stripAnnotations: " + word).connection();
        assertThat(settings.stripIn()).isEqualTo(in);
        assertThat(settings.stripOut()).isEqualTo(out);
    }

    @ParameterizedTest
    @CsvSource({"amqp, 5672", "amqps, 5671", "0, 0", "65535, 65535", "mqtt, 1883", "secure-mqtt, 8883"})
    void portsAreNumbersOrServices(String port, int number) {
        assertThat(listener("port: " + port).portNumber()).isEqualTo(number);
        assertThat(listener("port: " + port).port()).isEqualTo(port);
    }

    @ParameterizedTest
    @CsvSource({"65536", "-1", "nonesuch", "1_0", "99999999999"})
    void aPortThatIsNoneStopsAListenerAndLeavesAConnectorOut(String port) {
        assertThat(ofListener("port: " + port))
                .containsExactly(
                        "FATAL 2 listener.port: port '" + port + "' is neither a port number nor a known service");
        ConfigurationResult result = result("connector {\nport: " + port + "\n}");
        assertThat(result.problems().get(0).severity()).isEqualTo(Severity.ERROR);
        assertThat(result.configuration().orElseThrow().connectors()).isEmpty();
        assertThat(result.configuration().orElseThrow().entities())
                .noneMatch(e -> e.type().shortName().equals("connector"));
    }

    @Test
    void servicesAreLookedUpByNameAndAlias() {
        List<String> services = List.of("# x 1/tcp", "domain 53/udp", "domain\t53/tcp  dns # names", "bad");
        assertThat(Ports.inServices("dns", services)).hasValue(53);
        assertThat(Ports.inServices("domain", services)).hasValue(53);
        assertThat(Ports.inServices("53/tcp", services)).isEmpty();
        assertThat(Ports.inServices("names", services)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http: no | AMQP | ",
                "http: yes | HTTP | AMQP",
                "httpRootDir: /x | HTTP | AMQP",
                "protocols: http | HTTP | AMQP",
                "protocols: amqp | AMQP | ",
                "protocols: mqtt | MQTT | ",
                "protocols: amqp mqtt http | AMQP,MQTT,HTTP | AMQP,MQTT",
                "protocols: http, mqtt | MQTT,HTTP | MQTT"
            })
    void protocolsFollowTheListOrHttp(String line, String protocols, String overWebSocket) {
        ListenerSettings settings = listener(line);
        assertThat(String.join(
                        ",", settings.protocols().stream().map(Enum::name).toList()))
                .isEqualTo(protocols);
        assertThat(String.join(
                        ",",
                        settings.webSocketProtocols().stream().map(Enum::name).toList()))
                .isEqualTo(overWebSocket == null ? "" : overWebSocket);
    }

    @Test
    void theBrokersWhoseNamesOfTopicsAreUnderstoodAreNamedInAnyOrder() {
        assertThat(listener("addressAliases: rabbitmq, artemis").addressAliases())
                .containsExactlyInAnyOrder("ARTEMIS", "RABBITMQ");
        assertThat(listener().addressAliases()).isEmpty();
    }

    @Test
    void webSocketsMayBeSwitchedOff() {
        assertThat(listener("protocols: amqp http", "websockets: no").webSocketProtocols())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`role: route-container\nprotocols: mqtt` | FATAL 3 listener.protocols: mqtt is not allowed on a listener of role route-container",
                "`http: yes\nprotocols: amqp` | FATAL 3 listener.protocols: http or httpRootDir asks for HTTP and protocols leaves it out",
                "`http: no\nprotocols: http` | FATAL 2 listener.http: http: no and protocols with http exclude each other",
                "`mqttProfile: x` | FATAL 2 listener.mqttProfile: mqttProfile without mqtt in protocols",
                "`protocols: mqtt\nmqttProfile: x` | FATAL 3 listener.mqttProfile: there is no mqtt section named 'x'",
                "`protocols: mqtt\naddressAliases: artemis` | FATAL 3 listener.addressAliases: addressAliases without amqp in protocols",
                "`sslProfile: x` | FATAL 2 listener.sslProfile: there is no sslProfile named 'x'",
                "`saslPlugin: x` | FATAL 2 listener.saslPlugin: saslPlugin is not available in this version",
                "`authenticatePeer: yes` | FATAL 2 listener.authenticatePeer: authenticatePeer needs a SASL mechanism that this version has",
                "`failoverUrls: a,,b` | FATAL 2 listener.failoverUrls: Value: No network host in failover item",
                "`failoverUrls: amqp://:1` | FATAL 2 listener.failoverUrls: Value: No network host in failover item",
                "`requireSsl: yes` | WARNING 2 listener.requireSsl: encryption is demanded and there is no sslProfile, so that every connection is refused",
                "`requireEncryption: yes` | WARNING 2 listener.requireEncryption: encryption is demanded and there is no sslProfile, so that every connection is refused",
                "`saslMechanisms: ANONYMOUS PLAIN` | WARNING 2 listener.saslMechanisms: SASL PLAIN is not available in this version",
                "`openProperties: {\nproduct: x\n}` | FATAL 2 listener.openProperties: Reserved key 'product' not allowed in openProperties",
                "`openProperties: {\nqd.x: x\n}` | FATAL 2 listener.openProperties: Reserved key 'qd.x' not allowed in openProperties",
                "`openProperties: {\nhostname: x\n}` | FATAL 2 listener.openProperties: Reserved key 'hostname' not allowed in openProperties"
            })
    @DisplayName("CON-03 CON-05 listeners that cannot be honoured are refused")
    void listenersThatCannotBeHonouredAreRefused(String lines, String expected) {
        assertThat(ofListener(lines)).contains(expected);
    }

    @Test
    @DisplayName("CON-03 openProperties are not for routers")
    void openPropertiesOfRoutersAreRefused() {
        assertThat(problems("router {\nmode: interior\n}\nlistener {\nrole: edge\nopenProperties: {\na: b\n}\n}"))
                .contains("FATAL 6 listener.openProperties: openProperties not allowed for role edge");
    }

    @Test
    @DisplayName("CON-03 CON-05 openProperties and failoverUrls are handed on")
    void openPropertiesAndFailoverUrlsAreHandedOn() {
        ListenerSettings settings = listener(
                "openProperties: {", "\"a\": 1", "\"b\": [true, null]", "}", "failoverUrls: a, amqps://b:1 ,c:d");
        assertThat(settings.connection().openProperties())
                .containsEntry("a", 1L)
                .containsKey("b");
        assertThat(settings.failoverUrls())
                .containsExactly(
                        new FailoverUrl(null, "a", "5672"),
                        new FailoverUrl("amqps", "b", "1"),
                        new FailoverUrl(null, "c", "d"));
    }

    @Test
    void tlsIsThatOfTheProfile() {
        RouterConfiguration configuration = sound("""
                listener {
                  sslProfile: s
                  requireSsl: yes
                }
                sslProfile {
                  name: s
                  certFile: c.pem
                  privateKeyFile: k.pem
                  password: env: SECRET
                }
                """);
        SslProfileSettings tls = configuration.listeners().get(0).tls();
        assertThat(tls)
                .isEqualTo(new SslProfileSettings("s", "c.pem", "k.pem", new Secret("s3cret"), null, null, null));
        assertThat(configuration.listeners().get(0).requireTls()).isTrue();
        assertThat(configuration.toString()).doesNotContain("s3cret");
        assertThat(problems("listener {\nsslProfile: s\n}\nsslProfile {\nname: s\n}"))
                .containsExactly(
                        "FATAL 2 listener.sslProfile: sslProfile 's' has no certificate and key to listen with");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "password: env:SECRET | s3cret | ",
                "password: env: SECRET | s3cret | ",
                "password: env:NONE |  | FATAL Not found: Failed to find a password in the environment variable",
                "password: file:/f | line | ",
                "password: file:/none |  | ERROR password file '/none' cannot be read",
                "password: pass:abc | abc | WARNING It is unsafe to provide plain text passwords in the config file",
                "password: literal:env:x | env:x | WARNING It is unsafe to provide plain text passwords in the config file",
                "password: abc | abc | WARNING It is unsafe to provide plain text passwords in the config file",
                "passwordFile: /f | line | WARNING Attribute 'passwordFile' of entity 'sslProfile' has been deprecated"
            })
    void passwordsComeFromWhereTheySay(String line, String password, String problem) {
        Surroundings surroundings = new Surroundings() {
            @Override
            public java.util.Optional<String> variable(String name) {
                return Configurations.NOWHERE.variable(name);
            }

            @Override
            public java.util.Optional<String> firstLine(String path) {
                return path.equals("/f") ? java.util.Optional.of("line") : java.util.Optional.empty();
            }

            @Override
            public java.util.OptionalInt servicePort(String name) {
                return java.util.OptionalInt.empty();
            }
        };
        ConfigurationResult result =
                ConfigurationReader.read("q.conf", "sslProfile {\nname: s\n" + line + "\n}", surroundings);
        assertThat(result.problems().stream().map(p -> p.severity() + " " + p.message()))
                .isEqualTo(problem == null ? List.of() : List.of(problem));
        result.configuration()
                .ifPresent(
                        configuration -> assertThat(configuration.sslProfiles().get("s"))
                                .extracting(profile -> profile.password())
                                .isEqualTo(password == null ? null : new Secret(password)));
    }

    @Test
    void connectorsAreNormalOrToContainers() {
        ConnectorSettings connector = sound(
                        "connector {\nname: c\nrole: route-container\nport: 5673\nsaslMechanisms: ANONYMOUS\n}")
                .connectors()
                .get(0);
        assertThat(connector.host()).isEqualTo("127.0.0.1");
        assertThat(connector.portNumber()).isEqualTo(5673);
        assertThat(connector.named()).isTrue();
        assertThat(connector.connection().role()).isEqualTo(Role.ROUTE_CONTAINER);
        assertThat(connector.verifyHostname()).isTrue();
        assertThat(problems("connector {\nsaslMechanisms: PLAIN\nsaslUsername: u\nsaslPassword: p\nsslProfile: s\n}"))
                .containsExactly(
                        "WARNING 4 connector.saslPassword: It is unsafe to provide plain text passwords in the config file",
                        "FATAL 5 connector.sslProfile: sslProfile is not available in this version");
        assertThat(result("connector {\nsaslPassword: p4ss\n}")
                        .problems()
                        .get(0)
                        .render())
                .doesNotContain("p4ss");
    }

    @Test
    void addressesArePrefixesOrPatternsWithoutSeparatorsAround() {
        List<AddressSettings> addresses = sound("""
                address {
                  prefix: /a.b/
                }
                address {
                  pattern: .c/*.#
                  distribution: multicast
                  priority: 9
                  mqttPattern: yes
                }
                address {
                  prefix: w
                  waypoint: yes
                }
                address {
                  prefix: x
                  ingressPhase: 2
                  egressPhase: 9
                  distribution: closest
                }
                """).addresses();
        assertThat(addresses)
                .containsExactly(
                        new AddressSettings(
                                "address/0",
                                "a.b",
                                null,
                                Distribution.BALANCED,
                                0,
                                0,
                                -1,
                                false,
                                false,
                                false,
                                false,
                                0),
                        new AddressSettings(
                                "address/1",
                                null,
                                "c/*.#",
                                Distribution.MULTICAST,
                                0,
                                0,
                                9,
                                false,
                                true,
                                false,
                                false,
                                0),
                        new AddressSettings(
                                "address/2", "w", null, Distribution.BALANCED, 0, 1, -1, false, false, false, false, 0),
                        new AddressSettings(
                                "address/3", "x", null, Distribution.CLOSEST, 2, 9, -1, false, false, false, false, 0));
        assertThat(addresses.get(0).effectivePattern()).isEqualTo("a.b/#");
        assertThat(addresses.get(1).effectivePattern()).isEqualTo("c/*.#");
        assertThat(addresses.get(2).isWaypoint()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`distribution: closest` | 1 address: Either a 'prefix' or 'pattern' attribute must be provided",
                "`prefix: a\npattern: b` | 2 address.prefix: Cannot specify both a 'prefix' and a 'pattern' attribute",
                "`prefix: ./.` | 2 address.prefix: Prefix invalid - no tokens",
                "`pattern: /` | 2 address.pattern: Pattern invalid - no tokens",
                "`prefix: a\nwaypoint: yes\nenableFallback: yes` | 4 address.enableFallback: Fallback cannot be specified with waypoint or non-zero ingress and egress phases",
                "`prefix: a\negressPhase: 1` | 3 address.egressPhase: ingressPhase and egressPhase have to be given together",
                "`prefix: a\ningressPhase: 0` | 3 address.ingressPhase: ingressPhase and egressPhase have to be given together",
                "`prefix: a\ningressPhase: 0\negressPhase: 1\nenableFallback: yes` | 5 address.enableFallback: Fallback cannot be specified with waypoint or non-zero ingress and egress phases",
                "`pattern: dup.#` | 2 address.pattern: Already exists: Duplicate pattern 'dup.#' not added to parse tree"
            })
    void wrongAddressesAreLeftOutAndTold(String lines, String expected) {
        ConfigurationResult result = result("address {\n" + lines + "\n}\naddress {\nprefix: other\n}");
        if (lines.contains("dup")) {
            result = result("address {\n" + lines + "\n}\naddress {\nprefix: dup\n}");
            assertThat(result.problems().stream().map(Configurations::line))
                    .containsExactly("ERROR 5 address.prefix: Already exists: Duplicate pattern 'dup/#' not added to"
                            + " parse tree; the address is left out");
        } else {
            assertThat(result.problems().stream().map(Configurations::line))
                    .containsExactly("ERROR " + expected + "; the address is left out");
        }
        assertThat(result.isSound()).isFalse();
        assertThat(result.configuration().orElseThrow().addresses()).hasSize(1);
        assertThat(result.configuration().orElseThrow().entities().stream()
                        .filter(e -> e.type().shortName().equals("address")))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"a.b, a/b", "#.#, #", "#.*, */#", "a/#.*.#.b, a/*/#/b", "a.*.#, a/*/#", "*, *"})
    void patternsThatMatchTheSameAreOne(String pattern, String normalized) {
        assertThat(AddressRules.normalized(pattern)).isEqualTo(normalized);
    }

    @Test
    void logModulesInheritFromDefault() {
        Map<String, LogSettings> logs = sound("""
                log {
                  module: DEFAULT
                  enable: warning+
                  outputFile: /tmp/x.log
                }
                log {
                  module: SERVER
                  enable: trace debug,INFO;n
                  includeTimestamp: no
                }
                log {
                  module: ROUTER
                  enable: none
                }
                log {
                  module: AGENT
                  enable: default
                  includeSource: yes
                }
                """).logs();
        EnumSet<LogLevel> warningAndAbove = EnumSet.of(LogLevel.WARNING, LogLevel.ERROR, LogLevel.CRITICAL);
        assertThat(logs).hasSize(18);
        assertThat(logs.get("SERVER"))
                .isEqualTo(new LogSettings(
                        "SERVER",
                        EnumSet.of(LogLevel.TRACE, LogLevel.DEBUG, LogLevel.INFO),
                        false,
                        false,
                        "/tmp/x.log"));
        assertThat(java.util.Objects.requireNonNull(logs.get("ROUTER")).levels())
                .isEmpty();
        assertThat(logs.get("AGENT")).isEqualTo(new LogSettings("AGENT", warningAndAbove, true, true, "/tmp/x.log"));
        assertThat(logs.get("MQTT")).isEqualTo(new LogSettings("MQTT", warningAndAbove, true, false, "/tmp/x.log"));
        assertThat(sound("#").logs().get("CONN_MGR"))
                .isEqualTo(new LogSettings(
                        "CONN_MGR", EnumSet.range(LogLevel.INFO, LogLevel.CRITICAL), true, false, "stderr"));
    }

    @Test
    void anUnknownLogLevelStopsTheStart() {
        assertThat(problems("log {\nmodule: SERVER\nenable: info+,foo\n}"))
                .containsExactly("FATAL 3 log.enable: Configuration: 'foo' is not a valid log level. Should be one of"
                        + " {none, trace, debug, info, notice, warning, error, critical}.");
        assertThat(problems("log {\nmodule: SERVER\nenable: +\n}")).hasSize(1);
    }

    @Test
    @DisplayName("MAT-16 the flag of the fallback destination may be given by either name")
    void bothNamesOfFallback() {
        assertThat(sound("address {\nprefix: a\nenableFallback: yes\n}")
                        .addresses()
                        .get(0)
                        .enableFallback())
                .isTrue();
        assertThat(result("address {\nprefix: a\nfallback: yes\n}")
                        .configuration()
                        .orElseThrow()
                        .addresses()
                        .get(0)
                        .enableFallback())
                .isTrue();
    }

    @Test
    @DisplayName("MAT-15 MAT-10 an address that is refused is an error with its line, whatever the original showed")
    void refusedAddressesAreSeen() {
        assertThat(result("address {\nprefix: a\nwaypoint: yes\nenableFallback: yes\n}")
                        .isSound())
                .isFalse();
        assertThat(result("address {\nprefix: a\ningressPhase: 1\n}").isSound()).isFalse();
        assertThat(result("address {\nprefix: a\n}\naddress {\npattern: a/#\n}").isSound())
                .isFalse();
    }

    @Test
    @DisplayName("STR-01 the streaming threshold is 128 KiB unless the router section says otherwise")
    void streamingThreshold() {
        assertThat(sound("#").router().streamingThresholdBytes()).isEqualTo(131_072);
        assertThat(sound("router {\nstreamingThresholdBytes: 4096\n}").router().streamingThresholdBytes())
                .isEqualTo(4096);
        assertThat(result("router {\nstreamingThresholdBytes: 1\n}").isSound()).isFalse();
    }

    @Test
    @DisplayName("TEN-01 multiTenant is taken, except with mqtt, whose clients name no host")
    void tenants() {
        assertThat(listener("multiTenant: yes").multiTenant()).isTrue();
        assertThat(listener().multiTenant()).isFalse();
        assertThat(ofListener("multiTenant: yes\nprotocols: amqp, mqtt"))
                .containsExactly("FATAL 2 listener.multiTenant: MQTT clients name no host, so mqtt and multiTenant"
                        + " exclude each other");
    }

    @Test
    @DisplayName("options of addresses: resendReleased, expireQueued, releaseAfterSeconds")
    void addressOptions() {
        AddressSettings settings = sound(
                        "address {\nprefix: a\nresendReleased: yes\nexpireQueued: yes\nreleaseAfterSeconds: 30\n}")
                .addresses()
                .get(0);
        assertThat(settings.resendReleased()).isTrue();
        assertThat(settings.expireQueued()).isTrue();
        assertThat(settings.releaseAfterSeconds()).isEqualTo(30);
        assertThat(result("address {\nprefix: a\nreleaseAfterSeconds: 86401\n}").isSound())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`linkRoute {\ndirection: in\nprefix: ./` | ERROR 3 linkRoute.prefix: Prefix invalid - no tokens",
                "`linkRoute {\ndirection: in\nprefix: a` | WARNING 1 linkRoute: neither connection nor containerId is given: it is never active",
                "`autoLink {\naddress: a\ndirection: in` | WARNING 1 autoLink: neither connection nor containerId is given: it is never active",
                "`linkRoute {\ndirection: in` | ERROR 1 linkRoute: Either a 'prefix' or 'pattern' attribute must be provided",
                "`linkRoute {\ndirection: in\nprefix: a\npattern: b` | ERROR 3 linkRoute.prefix: Cannot specify both a 'prefix' and a 'pattern' attribute",
                "`linkRoute {\nprefix: a` | FATAL 1 linkRoute: org.apache.qpid.dispatch.router.config.linkRoute: Missing required attribute 'direction'",
                "`autoLink {\naddress: a\ndirection: in\nconnection: c\ncontainerId: d` | ERROR 5 autoLink.containerId: Error configuring linkRoute: Both connection and containerId cannot be specified. Specify only one",
                "`autoLink {\naddr: a\ndir: out\nphase: 10` | ERROR 4 autoLink.phase: org.apache.qpid.dispatch.router.config.autoLink: phase 10 is out of range; the autoLink is left out"
            })
    void wrongRoutesAreLeftOutAndTold(String section, String expected) {
        assertThat(problems(section + "\n}")).contains(expected);
    }

    @Test
    void linkRoutesAndAutoLinksAreTakenAsTheyAre() {
        RouterConfiguration configuration = sound("""
                router {
                  allowResumableLinkRoute: no
                }
                linkRoute {
                  name: first
                  prefix: lr
                  direction: in
                  connection: broker
                  addExternalPrefix: x.
                }
                linkRoute {
                  pattern: a.*
                  direction: out
                  containerId: B
                  delExternalPrefix: y.
                }
                autoLink {
                  address: q
                  direction: in
                  connection: broker
                  phase: 3
                  externalAddress: other
                }
                autoLink {
                  address: q
                  direction: out
                  containerId: B
                  fallback: yes
                }
                """);
        assertThat(configuration.router().allowResumableLinkRoute()).isFalse();
        assertThat(configuration.linkRoutes())
                .containsExactly(
                        new LinkRouteSettings("first", "lr", null, "in", null, "broker", "x.", null),
                        new LinkRouteSettings("linkRoute/0", null, "a.*", "out", "B", null, null, "y."));
        assertThat(configuration.autoLinks())
                .containsExactly(
                        new AutoLinkSettings("autoLink/0", "q", "in", 3, null, "broker", "other", false),
                        new AutoLinkSettings("autoLink/1", "q", "out", null, "B", null, null, true));
    }

    @Test
    void aWrongRouteIsLeftOutWithItsEntity() {
        ConfigurationResult result = result("linkRoute {\ndirection: in\n}\nautoLink {\naddress: a\ndirection: in\n"
                + "connection: c\ncontainerId: d\n}");
        RouterConfiguration configuration = result.configuration().orElseThrow();
        assertThat(configuration.linkRoutes()).isEmpty();
        assertThat(configuration.autoLinks()).isEmpty();
        assertThat(configuration.entities())
                .noneMatch(entity -> entity.type().shortName().endsWith("Link")
                        || entity.type().shortName().equals("linkRoute"));
    }

    @Test
    void connectorsHaveCredentialsAndFurtherPlaces() {
        ConnectorSettings connector = result("connector {\nsaslUsername: u\nsaslPassword: pass:p4ss\n"
                        + "failoverUrls: amqp://second, third:5673\n}")
                .configuration()
                .orElseThrow()
                .connectors()
                .get(0);
        assertThat(connector.saslUser()).isEqualTo("u");
        assertThat(connector.saslPassword()).isEqualTo(new Secret("p4ss"));
        assertThat(connector.failover())
                .containsExactly(new FailoverUrl("amqp", "second", "5672"), new FailoverUrl(null, "third", "5673"));
        assertThat(problems("connector {\nsaslUsername: u\n}"))
                .containsExactly(
                        "WARNING 2 connector.saslUsername: saslUsername and saslPassword are used together only");
        assertThat(problems("connector {\nsaslMechanisms: PLAIN\n}"))
                .containsExactly(
                        "WARNING 2 connector.saslMechanisms: SASL PLAIN needs saslUsername and saslPassword: no"
                                + " peer will be found to agree");
        assertThat(problems("connector {\nsaslMechanisms: GSSAPI ANONYMOUS\n}"))
                .containsExactly("WARNING 2 connector.saslMechanisms: SASL GSSAPI is not available in this version");
        assertThat(problems("connector {\nfailoverUrls: a,,b\n}"))
                .containsExactly("FATAL 2 connector.failoverUrls: Value: No network host in failover item");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`binding {\nexchangeName: x\nnextHopAddress: a` | ERROR 2 binding.exchangeName: Named exchange does not exist",
                "`exchange {\naddress: a\n}\nexchange {\naddress: a` | ERROR 5 exchange.address: duplicate exchange address"
            })
    void exchangesAndBindingsAreCheckedTogether(String section, String expected) {
        assertThat(problems(section + "\n}")).contains(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`allowUnknownUser: true` | allows connections by default but default settings are not defined",
                "`groups: {\na: {\nusers: u, v\n}\nb: {\nusers: v\n}\n}` | user 'v' is in the groups 'a' and 'b'",
                "`groups: {\na: {\nsources: x\nsourcePattern: y\n}\n}` | user group 'a' has both 'sources' and 'sourcePattern'",
                "`groups: {\na: {\ntargets: x\ntargetPattern: y\n}\n}` | user group 'a' has both 'targets' and 'targetPattern'",
                "`groups: {\na: {\nsources: ${user}${user}\n}\n}` | user group 'a' has ${user} twice in '${user}${user}' of 'sources'",
                "`groups: {\na: {\ntargetPattern: x${user}\n}\n}` | user group 'a' has ${user} inside of 'x${user}' of 'targetPattern'",
                "`groups: {\na: x\n}` | user group 'a' is not a map"
            })
    void wrongVhostsStopTheStart(String lines, String expected) {
        assertThat(problems("vhost {\nhostname: h\n" + lines + "\n}"))
                .anyMatch(p ->
                        p.startsWith("FATAL") && p.endsWith("Policy 'h' is invalid: Policy vhost 'h' " + expected));
    }

    @Test
    void vhostsThatAreRightAreWarnedAboutOnly() {
        assertThat(problems("""
                vhost {
                  hostname: h
                  allowUnknownUser: yes
                  groups: {
                    "$default": {"users": ["a", "b"], "sourcePattern": "x.${user}, ${user}.y, ${user}", "zap": 1}
                  }
                }
                """))
                .containsExactly(
                        "WARNING 1 vhost: vhost is recognised but not acted upon by this version",
                        "WARNING 4 vhost.groups: Policy vhost 'h' user group '$default' option 'zap' is ignored.");
        assertThat(problems("vhost {\nid: h\nmaxConnections: 65536\n}")).anyMatch(p -> p.startsWith("FATAL 3"));
    }

    @Test
    void policiesThatCannotBeHonouredStopTheStart() {
        assertThat(problems("policy {\nenableVhostPolicy: yes\nmaxMessageSize: 1\nmaxConnections: 0\n}"))
                .containsExactly(
                        "FATAL 2 policy.enableVhostPolicy: enableVhostPolicy is not available in this version",
                        "FATAL 3 policy.maxMessageSize: maxMessageSize is not available in this version");
        assertThat(sound("policy {\nmaxConnections: 0\n}").maxConnections()).isZero();
    }

    @Test
    void problemsAreListedUpToALimit() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= Problems.MAX_LISTED; i++) {
            text.append("x\n");
        }
        List<Problem> problems = result(text.toString()).problems();
        assertThat(problems).hasSize(Problems.MAX_LISTED + 1);
        assertThat(problems.get(Problems.MAX_LISTED).message()).isEqualTo("and 1 more problems");
    }

    private static List<String> advice(String text) {
        return ConfigurationReader.check("q.conf", text, Configurations.NOWHERE).problems().stream()
                .filter(problem -> problem.severity() == Severity.ADVICE)
                .map(problem -> problem.line() + " " + problem.message())
                .toList();
    }

    @Test
    void anAutoLinkThatNeverGetsCreditIsAdvisedAgainst() {
        String autoLink = "listener {\nport: 1\n}\nautoLink {\naddress: q.a\ndirection: in\ncontainerId: c\n";
        assertThat(advice(autoLink + "}"))
                .containsExactly(
                        "5 this autoLink writes phase 1 of q.a, which no receiver reads: it never gets credit");
        assertThat(advice(autoLink + "}\naddress {\nprefix: q\nwaypoint: yes\n}"))
                .isEmpty();
        assertThat(advice(autoLink + "}\naddress {\nprefix: qq\nwaypoint: yes\n}"))
                .hasSize(1);
        assertThat(advice(autoLink + "phase: 0\n}")).isEmpty();
        assertThat(advice(autoLink.replace("in\n", "out\n") + "}")).isEmpty();
    }

    @Test
    void routesToNobodyAndProfilesOfNobodyAreAdvisedAgainst() {
        String listener = "listener {\nport: 1\n}\n";
        assertThat(advice(listener + "linkRoute {\nprefix: a\ndirection: in\nconnection: broker\n}"))
                .containsExactly(
                        "7 there is no connector and no listener named broker: this linkRoute is never active");
        assertThat(advice(listener + "linkRoute {\nprefix: a\ndirection: in\n}"))
                .containsExactly("4 this linkRoute names neither connection nor containerId: it is never active");
        assertThat(advice(listener + "linkRoute {\nprefix: a\ndirection: in\nconnection: b\n}\n"
                        + "connector {\nname: b\nhost: h\nrole: route-container\n}"))
                .isEmpty();
        assertThat(advice(listener + "sslProfile {\nname: tls\n}"))
                .containsExactly("5 no section refers to this sslProfile");
    }
}
