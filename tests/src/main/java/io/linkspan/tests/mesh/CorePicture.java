// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.Treatment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the core of one router believes of the others, from the effects of its engine: indices and addresses. Each method
 * that changes something answers whether it may: nothing appears twice, or goes without having been there.
 */
final class CorePicture {
    private final Map<Integer, RouterId> routers = new HashMap<>();
    private final Map<RouterId, Map<String, Treatment>> addresses = new HashMap<>();

    boolean appears(RouterId router, int index) {
        addresses.put(router, new TreeMap<>());
        return index > 0 && routers.putIfAbsent(index, router) == null;
    }

    /** With its addresses gone before. */
    boolean goes(RouterId router, int index) {
        Map<String, Treatment> left = addresses.remove(router);
        return router.equals(routers.remove(index)) && left != null && left.isEmpty();
    }

    boolean add(int index, String key, @Nullable Treatment hint) {
        Map<String, Treatment> of = of(index);
        return hint != null && of != null && of.putIfAbsent(key, hint) == null;
    }

    boolean remove(int index, String key) {
        Map<String, Treatment> of = of(index);
        return of != null && of.remove(key) != null;
    }

    private @Nullable Map<String, Treatment> of(int index) {
        RouterId router = routers.get(index);
        return router == null ? null : addresses.get(router);
    }

    @Nullable
    RouterId router(int index) {
        return routers.get(index);
    }

    List<RouterId> routers() {
        return new ArrayList<>(routers.values());
    }

    Map<String, Treatment> addresses(RouterId router) {
        Map<String, Treatment> of = addresses.get(router);
        return of == null ? Map.of() : of;
    }
}
