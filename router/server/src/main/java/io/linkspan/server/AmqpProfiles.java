// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.amqp.AmqpSettings;
import io.linkspan.core.address.PatternSyntax;
import io.linkspan.core.amqp.AddressAlias;
import io.linkspan.core.amqp.AmqpProfile;
import io.linkspan.core.connection.ConnectionFacts;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.management.config.ConnectionSettings;
import io.linkspan.management.config.ConnectorSettings;
import io.linkspan.management.config.ListenerSettings;
import io.linkspan.management.config.Role;
import io.linkspan.server.loop.SocketFacts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What listeners, connectors and sockets say to the AMQP connections made from them. */
final class AmqpProfiles {
    /** The user of a connection that came in without a name. Policy USR-02. */
    static final String ANONYMOUS_USER = "anonymous";

    private AmqpProfiles() {}

    static AmqpProfile of(ListenerSettings listener) {
        List<AmqpProfile.Failover> failover = listener.failoverUrls().stream()
                .map(url -> new AmqpProfile.Failover(url.scheme(), url.host(), url.port()))
                .toList();
        AmqpProfile profile = profile(
                        listener.named() ? listener.name() : null,
                        listener.connection(),
                        listener.handshakeTimeoutSeconds(),
                        listener.authenticatePeer(),
                        null,
                        ANONYMOUS_USER,
                        failover,
                        listener.mqtt().topics().identity() ? PatternSyntax.SLASHES : PatternSyntax.DOTS)
                .understanding(listener.addressAliases().stream()
                        .map(AddressAlias::valueOf)
                        .collect(Collectors.toSet()));
        return listener.multiTenant() ? profile.withTenants() : profile;
    }

    static AmqpProfile of(ConnectorSettings connector) {
        return profile(
                connector.named() ? connector.name() : null,
                connector.connection(),
                0,
                false,
                connector.host(),
                connector.saslUser() == null ? ANONYMOUS_USER : connector.saslUser(),
                List.of(),
                PatternSyntax.DOTS);
    }

    private static AmqpProfile profile(
            @Nullable String configuredName,
            ConnectionSettings settings,
            int handshakeTimeoutSeconds,
            boolean requireSasl,
            @Nullable String hostname,
            String user,
            List<AmqpProfile.Failover> failover,
            PatternSyntax patterns) {
        AmqpSettings engine = new AmqpSettings(
                (int) Math.min(settings.maxFrameSizeBytes(), Integer.MAX_VALUE),
                settings.maxSessions() - 1,
                AmqpSettings.DEFAULT_HANDLE_MAX,
                milliseconds(settings.idleTimeoutSeconds()),
                milliseconds(handshakeTimeoutSeconds),
                settings.maxSessionFrames() == Integer.MAX_VALUE
                        ? AmqpSettings.DEFAULT_INCOMING_WINDOW
                        : settings.maxSessionFrames(),
                settings.linkCapacity(),
                requireSasl);
        Map<String, Object> openProperties = new LinkedHashMap<>();
        settings.openProperties().forEach((name, value) -> {
            if (value != null) {
                openProperties.put(name, value);
            }
        });
        return new AmqpProfile(
                configuredName,
                role(settings.role()),
                engine,
                hostname,
                user,
                settings.stripIn(),
                settings.stripOut(),
                openProperties,
                failover,
                patterns,
                settings.cost(),
                false,
                Set.of());
    }

    private static int milliseconds(int seconds) {
        return (int) Math.min(TimeUnit.SECONDS.toMillis(seconds), Integer.MAX_VALUE);
    }

    private static ConnectionRole role(Role role) {
        return switch (role) {
            case NORMAL -> ConnectionRole.NORMAL;
            case ROUTE_CONTAINER -> ConnectionRole.ROUTE_CONTAINER;
            case INTER_ROUTER -> ConnectionRole.INTER_ROUTER;
            case EDGE -> ConnectionRole.EDGE;
        };
    }

    /**
     * What management shows of a socket.
     *
     * @param protocol such as {@code amqp}
     */
    static ConnectionFacts facts(SocketFacts socket, String host, String protocol) {
        ConnectionFacts facts = ConnectionFacts.plain(host, protocol, socket.incoming());
        SSLSession tls = socket.tls();
        return tls == null
                ? facts
                : facts.encryptedWith(tls.getProtocol(), tls.getCipherSuite(), strength(tls.getCipherSuite()));
    }

    /** Security strength factor of a cipher suite: the bits of its key. */
    static long strength(String suite) {
        if (suite.contains("_256_") || suite.contains("CHACHA20")) {
            return 256;
        }
        if (suite.contains("_128_")) {
            return 128;
        }
        return suite.contains("3DES") ? 112 : 0;
    }
}
