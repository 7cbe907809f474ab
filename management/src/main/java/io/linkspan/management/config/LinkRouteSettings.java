// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import org.jspecify.annotations.Nullable;

/**
 * A linkRoute section: links to these addresses go to a container as a whole.
 *
 * @param name its name: as given, or {@code linkRoute/N}
 * @param prefix the addresses by their beginning; null if there is a pattern
 * @param pattern the addresses by a pattern; null if there is a prefix
 * @param direction {@code in} for clients that send, {@code out} for clients that receive
 * @param containerId container that serves it, or null
 * @param connection name of the listener or connector whose connections serve it, or null
 * @param addExternalPrefix put before addresses at the container, or null
 * @param delExternalPrefix taken off addresses at the container, or null
 */
public record LinkRouteSettings(
        String name,
        @Nullable String prefix,
        @Nullable String pattern,
        String direction,
        @Nullable String containerId,
        @Nullable String connection,
        @Nullable String addExternalPrefix,
        @Nullable String delExternalPrefix) {}
