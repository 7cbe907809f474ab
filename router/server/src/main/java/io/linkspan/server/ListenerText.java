// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.management.config.ConnectorSettings;
import io.linkspan.management.config.ListenerSettings;
import io.linkspan.management.config.Protocol;
import io.linkspan.management.config.SslProfileSettings;
import java.util.Locale;
import java.util.stream.Collectors;

/** Listeners and connectors in the words that the original's log has for them. */
final class ListenerText {
    private ListenerText() {}

    /** {@code HOST:PORT proto=any, role=R[, http][, sslProfile=P]}, and the protocols where the original has none. */
    static String configured(ListenerSettings listener) {
        SslProfileSettings tls = listener.tls();
        String protocols = listener.protocols().stream()
                .map(protocol -> protocol.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" "));
        String family = listener.socketAddressFamily();
        return PortLog.place(listener) + " proto=" + (family == null ? "any" : family) + ", role="
                + listener.connection().role().tag()
                + (listener.accepts(Protocol.HTTP) ? ", http" : "")
                + (listener.protocols().size() > 1 || listener.accepts(Protocol.MQTT) ? ", protocols=" + protocols : "")
                + (tls == null ? "" : ", sslProfile=" + tls.name());
    }

    static String configured(ConnectorSettings connector) {
        String family = connector.protocolFamily();
        return connector.host() + ":" + connector.port() + " proto=" + (family == null ? "any" : family) + ", role="
                + connector.connection().role().tag();
    }

    /** {@code HOST:PORT[ (NAME)]} as configured; with the numbers that the port is bound to if any port was asked for. */
    static String listening(ListenerSettings listener, String bound) {
        return (listener.portNumber() == 0 ? bound : PortLog.place(listener)) + name(listener);
    }

    /** The name in parentheses, if it was given. */
    static String name(ListenerSettings listener) {
        return listener.named() ? " (" + listener.name() + ")" : "";
    }
}
