// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.linkroute;

import io.linkspan.core.connection.Connection;

/** Where a link goes whose address is link-routed. */
public sealed interface Choice {

    /** To a container of this router, by this route. */
    record Container(LinkRoute route, Connection connection) implements Choice {}

    /** To the next router on the way to one that has containers. */
    record NextHop(Connection connection) implements Choice {}

    /** Nowhere: the best route has no container; no other route and no message routing takes its place (MAT-14). */
    record Nowhere() implements Choice {
        static final Nowhere INSTANCE = new Nowhere();
    }
}
