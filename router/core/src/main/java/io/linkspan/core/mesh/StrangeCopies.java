// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.mesh;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The numbered copies that came from routers which are not known (ADR 0016): a router that has just started gets messages
 * before it has heard of those who sent them, and one that was out of reach is forgotten while its messages still come. The
 * {@value #MAX_ROUTERS} that were added last are remembered. Confined to the core's loop.
 */
final class StrangeCopies {

    /** Routers that are remembered. */
    static final int MAX_ROUTERS = 64;

    private final Map<String, SeenCopies> seen = new LinkedHashMap<>();

    /** Remembers a number, which is not 0, of a router; false when it has been seen. */
    boolean add(String nodeId, long number) {
        SeenCopies copies = seen.get(nodeId);
        if (copies == null) {
            copies = new SeenCopies();
            keep(nodeId, copies);
        }
        return copies.add(number);
    }

    /** The router has become known: what has been seen of it, or null. */
    @Nullable
    SeenCopies take(String nodeId) {
        return seen.remove(nodeId);
    }

    /** The router is known no more. */
    void keep(String nodeId, @Nullable SeenCopies copies) {
        if (copies == null) {
            return;
        }
        if (seen.size() == MAX_ROUTERS) {
            seen.remove(seen.keySet().iterator().next());
        }
        seen.put(nodeId, copies);
    }

    /** Routers that are remembered now. */
    int size() {
        return seen.size();
    }
}
