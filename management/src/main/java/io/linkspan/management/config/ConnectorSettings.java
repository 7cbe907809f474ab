// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connector section, all defaults applied.
 *
 * @param name its name: as given, or {@code connector/HOST:PORT}
 * @param named whether the name was given, and is shown in the log
 * @param identity its identity in management
 * @param host host to connect to
 * @param port port as given, for messages
 * @param portNumber its number
 * @param protocolFamily {@code IPv4}, {@code IPv6} or null for both
 * @param connection settings of the connection
 * @param verifyHostname whether the peer's certificate has to name the host
 * @param saslUser name to authenticate with, or null
 * @param saslPassword its password, or null
 * @param failover further places to connect to, in their order
 */
public record ConnectorSettings(
        String name,
        boolean named,
        String identity,
        String host,
        String port,
        int portNumber,
        @Nullable String protocolFamily,
        ConnectionSettings connection,
        boolean verifyHostname,
        @Nullable String saslUser,
        @Nullable Secret saslPassword,
        List<FailoverUrl> failover) {}
