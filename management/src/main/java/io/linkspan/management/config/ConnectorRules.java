// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.Optional;

/** Makes the settings of a connector of its section. */
final class ConnectorRules {
    private ConnectorRules() {}

    /** The settings; empty if the connector is left out. */
    static Optional<ConnectorSettings> read(
            ConfiguredEntity connector, RouterSettings.Mode mode, Surroundings surroundings, Problems problems) {
        ConnectionSettings connection = ConnectionRules.read(connector, mode, problems);
        if (!ConnectionRules.checkMechanisms(connector, problems)) {
            problems.about(
                    connector,
                    "saslMechanisms",
                    Severity.FATAL,
                    "no SASL mechanism of the list is available in this version",
                    "saslMechanisms with " + String.join(" ", ConnectionRules.AVAILABLE_MECHANISMS));
        }
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
                connector.flag("verifyHostname")));
    }
}
