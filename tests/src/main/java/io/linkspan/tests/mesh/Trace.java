// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

import io.linkspan.mesh.RouterId;
import org.jspecify.annotations.Nullable;

/** The routers a message passed, the last first; shared by the copies of a message. */
record Trace(RouterId router, @Nullable Trace before) {

    static boolean contains(@Nullable Trace trace, RouterId router) {
        for (Trace at = trace; at != null; at = at.before) {
            if (at.router.equals(router)) {
                return true;
            }
        }
        return false;
    }
}
