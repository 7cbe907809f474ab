// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.linkroute;

import io.linkspan.core.connection.Connection;
import org.jspecify.annotations.Nullable;

/** Another router that has containers for some pattern. Confined to the core's loop. */
public interface RemoteContainers {

    /** The connection towards that router now; null while there is no way to it. */
    @Nullable
    Connection way();

    /** The cost of the path to it. */
    int cost();
}
