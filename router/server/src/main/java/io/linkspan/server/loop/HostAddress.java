// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.loop;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Looks host names up as the system does it, on a worker. */
public final class HostAddress {
    private HostAddress() {}

    /**
     * The first address of a host, as a numeric literal.
     *
     * @param family {@code IPv4}, {@code IPv6}, or null for any
     */
    public static Future<String> of(Vertx vertx, String host, @Nullable String family) {
        return vertx.executeBlocking(() -> {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (family == null || family.equals(address instanceof Inet6Address ? "IPv6" : "IPv4")) {
                    return address.getHostAddress();
                }
            }
            throw new UnknownHostException(host + " has no " + family + " address");
        });
    }
}
