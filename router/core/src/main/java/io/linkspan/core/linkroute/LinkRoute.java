// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.linkroute;

import io.linkspan.core.address.Pattern;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.link.Direction;
import org.jspecify.annotations.Nullable;

/**
 * A {@code linkRoute} entity, or a {@code router.connection.linkRoute} that lives as long as its connection. Routing
 * LNK-01, LNK-03. Equal to itself only.
 *
 * @param identity its number in management
 * @param name its name, or null
 * @param prefix the prefix as configured, if that was given
 * @param pattern the pattern as configured, if that was given
 * @param matcher which addresses it matches
 * @param direction of the clients' links
 * @param containerId container that serves it, or null
 * @param connection name of the connector or listener whose connections serve it, or null
 * @param addExternalPrefix put before addresses on the container's leg, or null (LNK-08)
 * @param delExternalPrefix taken off addresses on the container's leg, or null
 * @param owner the only connection that serves a route made over it; null for a configured one
 */
public record LinkRoute(
        long identity,
        @Nullable String name,
        @Nullable String prefix,
        @Nullable String pattern,
        Pattern matcher,
        Direction direction,
        @Nullable String containerId,
        @Nullable String connection,
        @Nullable String addExternalPrefix,
        @Nullable String delExternalPrefix,
        @Nullable Connection owner) {

    /** The address a container knows for one that a client wrote: the removal comes first. */
    public String external(String address) {
        return prefixed(addExternalPrefix, stripped(delExternalPrefix, address));
    }

    /** The reverse of {@link #external}. */
    public String internal(String address) {
        return prefixed(delExternalPrefix, stripped(addExternalPrefix, address));
    }

    private static String stripped(@Nullable String prefix, String address) {
        return prefix != null && address.startsWith(prefix) && address.length() > prefix.length()
                ? address.substring(prefix.length())
                : address;
    }

    private static String prefixed(@Nullable String prefix, String address) {
        return prefix == null ? address : prefix + address;
    }

    /** Whether a connection serves this route. */
    boolean servedBy(Connection candidate) {
        return owner != null ? owner == candidate : candidate.isContainer(connection, containerId);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
