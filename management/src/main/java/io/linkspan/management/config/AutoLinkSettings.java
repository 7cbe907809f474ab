// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import org.jspecify.annotations.Nullable;

/**
 * An autoLink section: a link that the router attaches to a container.
 *
 * @param name its name: as given, or {@code autoLink/N}
 * @param address address of the network
 * @param direction {@code in} for messages from the container, {@code out} for messages to it
 * @param phase phase of the address, 0 to 9; null for the usual one of the direction
 * @param containerId container it is attached to, or null
 * @param connection name of the listener or connector whose connections it is attached over, or null
 * @param externalAddress the container's name for the address, or null for the same
 * @param fallback whether the container is a fallback destination
 */
public record AutoLinkSettings(
        String name,
        String address,
        String direction,
        @Nullable Integer phase,
        @Nullable String containerId,
        @Nullable String connection,
        @Nullable String externalAddress,
        boolean fallback) {}
