// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A listener section, what it refers to looked up and all defaults applied.
 *
 * @param name its name: as given, or {@code listener/HOST:PORT}
 * @param named whether the name was given, and is shown in the log
 * @param identity its identity in management
 * @param host address to listen on as given; see {@link #anyHost}
 * @param port port as given, for messages
 * @param portNumber its number; 0 for any free port
 * @param socketAddressFamily {@code IPv4}, {@code IPv6} or null for both
 * @param connection settings of the AMQP connections it accepts
 * @param protocols protocols told apart by their first bytes; at least one
 * @param http what HTTP serves; of meaning with {@link Protocol#HTTP}
 * @param tls certificate and rules of TLS; null if it has none
 * @param requireTls whether connections without TLS are refused (requireSsl or requireEncryption)
 * @param authenticatePeer whether clients have to authenticate by SASL
 * @param handshakeTimeoutSeconds seconds a connection may take until its Open; 0 for any time
 * @param failoverUrls other places, told to clients; empty if there are none
 * @param mqtt settings for MQTT clients; of meaning with {@link Protocol#MQTT}
 * @param mqttAnonymous whether MQTT clients without a user name are accepted
 * @param multiTenant whether the host name a peer names stands before its addresses
 * @param addressAliases brokers whose way of naming topics is understood, in upper case
 */
public record ListenerSettings(
        String name,
        boolean named,
        String identity,
        String host,
        String port,
        int portNumber,
        @Nullable String socketAddressFamily,
        ConnectionSettings connection,
        Set<Protocol> protocols,
        Http http,
        @Nullable SslProfileSettings tls,
        boolean requireTls,
        boolean authenticatePeer,
        int handshakeTimeoutSeconds,
        List<FailoverUrl> failoverUrls,
        MqttProfile mqtt,
        boolean mqttAnonymous,
        boolean multiTenant,
        Set<String> addressAliases) {
    /**
     * What HTTP serves.
     *
     * @param healthz GET /healthz
     * @param metrics GET /metrics
     * @param webSockets WebSocket
     * @param rootDirectory directory whose files are served; null for none
     */
    public record Http(
            boolean healthz,
            boolean metrics,
            boolean webSockets,
            @Nullable String rootDirectory) {}

    /** Copies the protocols. */
    public ListenerSettings {
        protocols = Collections.unmodifiableSet(EnumSet.copyOf(protocols));
    }

    /** True if it listens on all addresses. */
    public boolean anyHost() {
        return host.isEmpty() || host.equals("*");
    }

    /** True if the first bytes may be this protocol's. */
    public boolean accepts(Protocol protocol) {
        return protocols.contains(protocol);
    }

    /**
     * The protocols that WebSocket carries: those named beside http, or AMQP where http stands alone, as on the
     * original's HTTP listeners; none without http or with {@code websockets: no}.
     */
    public Set<Protocol> webSocketProtocols() {
        if (!accepts(Protocol.HTTP) || !http.webSockets()) {
            return Set.of();
        }
        if (protocols.size() == 1) {
            return Set.of(Protocol.AMQP);
        }
        EnumSet<Protocol> others = EnumSet.copyOf(protocols);
        others.remove(Protocol.HTTP);
        return Collections.unmodifiableSet(others);
    }
}
