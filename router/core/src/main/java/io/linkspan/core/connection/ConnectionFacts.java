// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.connection;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What management shows of a connection beyond what the core counts itself. Management protocol, 6.1.
 *
 * @param host peer's {@code addr:port}, or for outgoing connections the configured {@code host:port}
 * @param container the peer's container id or client id, null before it is known
 * @param protocol such as {@code amqp}
 * @param incoming whether the peer opened the connection
 * @param sasl mechanism, null without a SASL layer
 * @param authenticated false without authentication; true also for ANONYMOUS
 * @param user the authenticated user, null for none
 * @param encrypted whether TLS is in use
 * @param sslProto TLS version or null
 * @param sslCipher cipher suite or null
 * @param sslSsf security strength factor, 0 without TLS
 * @param tenant vhost with a trailing slash or null
 * @param properties the peer's connection properties: strings and integers by name
 * @param opened whether both ends have opened
 */
public record ConnectionFacts(
        String host,
        @Nullable String container,
        String protocol,
        boolean incoming,
        @Nullable String sasl,
        boolean authenticated,
        @Nullable String user,
        boolean encrypted,
        @Nullable String sslProto,
        @Nullable String sslCipher,
        long sslSsf,
        @Nullable String tenant,
        Map<String, Object> properties,
        boolean opened) {

    /** An unencrypted, unauthenticated connection that is not open yet. */
    public static ConnectionFacts plain(String host, String protocol, boolean incoming) {
        return new ConnectionFacts(
                host, null, protocol, incoming, null, false, null, false, null, null, 0, null, Map.of(), false);
    }

    /** The same once the peer is known. */
    public ConnectionFacts openedBy(@Nullable String peerContainer, Map<String, Object> peerProperties) {
        return new ConnectionFacts(
                host,
                peerContainer,
                protocol,
                incoming,
                sasl,
                authenticated,
                user,
                encrypted,
                sslProto,
                sslCipher,
                sslSsf,
                tenant,
                peerProperties,
                true);
    }

    /** The same with the result of authentication. */
    public ConnectionFacts authenticatedAs(@Nullable String mechanism, @Nullable String newUser) {
        return new ConnectionFacts(
                host,
                container,
                protocol,
                incoming,
                mechanism,
                mechanism != null,
                newUser,
                encrypted,
                sslProto,
                sslCipher,
                sslSsf,
                tenant,
                properties,
                opened);
    }

    /** The same in the address space of a tenant. */
    public ConnectionFacts inTenant(@Nullable String newTenant) {
        return new ConnectionFacts(
                host,
                container,
                protocol,
                incoming,
                sasl,
                authenticated,
                user,
                encrypted,
                sslProto,
                sslCipher,
                sslSsf,
                newTenant,
                properties,
                opened);
    }

    /** The same over TLS. */
    public ConnectionFacts encryptedWith(String proto, String cipher, long ssf) {
        return new ConnectionFacts(
                host,
                container,
                protocol,
                incoming,
                sasl,
                authenticated,
                user,
                true,
                proto,
                cipher,
                ssf,
                tenant,
                properties,
                opened);
    }
}
