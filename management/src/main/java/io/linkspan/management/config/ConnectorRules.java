// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Makes the settings of a connector of its section. */
final class ConnectorRules {
    /** SASL mechanisms that connectors have in this version. */
    static final Set<String> AVAILABLE_MECHANISMS =
            Collections.unmodifiableSet(new TreeSet<>(List.of("ANONYMOUS", "PLAIN")));

    private ConnectorRules() {}

    /** The settings; empty if the connector is left out. */
    static Optional<ConnectorSettings> read(
            ConfiguredEntity connector, RouterSettings.Mode mode, Surroundings surroundings, Problems problems) {
        ConnectionSettings connection = ConnectionRules.read(connector, mode, problems);
        if (!ConnectionRules.checkMechanisms(connector, AVAILABLE_MECHANISMS, problems)) {
            problems.about(
                    connector,
                    "saslMechanisms",
                    Severity.FATAL,
                    "no SASL mechanism of the list is available in this version",
                    "saslMechanisms with " + String.join(" ", AVAILABLE_MECHANISMS));
        }
        Secret password = PasswordText.read(connector, "saslPassword", surroundings, problems);
        checkCredentials(connector, connection.saslMechanisms(), problems);
        List<FailoverUrl> failover = FailoverUrl.of(connector, problems);
        int port = ConnectionRules.portNumber(connector, Severity.ERROR, surroundings, problems);
        if (port < 0) {
            return Optional.empty();
        }
        return Optional.of(new ConnectorSettings(
                connector.name(),
                connector.isGiven("name"),
                connector.identity(),
                connector.text("host"),
                connector.text("port"),
                port,
                connector.textOrNull("protocolFamily"),
                connection,
                connector.flag("verifyHostname"),
                connector.textOrNull("saslUsername"),
                password,
                failover));
    }

    /** PLAIN needs a name and a password, and they need PLAIN. */
    private static void checkCredentials(ConfiguredEntity connector, List<String> mechanisms, Problems problems) {
        boolean complete = connector.isGiven("saslUsername") && connector.isGiven("saslPassword");
        boolean some = connector.isGiven("saslUsername") || connector.isGiven("saslPassword");
        if (some && !complete) {
            problems.about(
                    connector,
                    connector.isGiven("saslUsername") ? "saslUsername" : "saslPassword",
                    Severity.WARNING,
                    "saslUsername and saslPassword are used together only",
                    "both or none");
        } else if (mechanisms.equals(List.of("PLAIN")) && !complete) {
            problems.about(
                    connector,
                    "saslMechanisms",
                    Severity.WARNING,
                    "SASL PLAIN needs saslUsername and saslPassword: no peer will be found to agree",
                    "saslUsername: NAME and saslPassword: env:VARIABLE");
        }
    }
}
