// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.core.CoreEvents;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.address.Distribution;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Interior routers on wires in memory, by their ids, that have found each other. Those whose id begins with {@code Old} are
 * as routers of another product; the first one is none of them.
 */
final class InteriorRouters {
    private final Distribution byDefault;
    private final Map<String, Network> routers = new LinkedHashMap<>();
    private final Map<String, Network.TestWire> wires = new LinkedHashMap<>();

    /** Those of pairs such as {@code A-B} or {@code A-B:COST}; cheap ones have the cost 1. */
    InteriorRouters(String... pairs) {
        this(Distribution.BALANCED, pairs);
    }

    /** @param byDefault the first router's distribution of addresses that nothing is said about */
    InteriorRouters(Distribution byDefault, String... pairs) {
        this.byDefault = byDefault;
        for (String pair : pairs) {
            String[] parts = pair.split("[-:]", -1);
            connect(parts[0], parts[1], parts.length > 2 ? Integer.parseInt(parts[2]) : 1);
        }
        seconds(8);
    }

    /** Connects two routers, which may be new. */
    void connect(String one, String other, int cost) {
        Network first = obtain(one);
        wires.put(one + "-" + other, obtain(other).connect(first, cost));
    }

    private Network obtain(String id) {
        return routers.computeIfAbsent(
                id,
                name -> routers.isEmpty()
                        ? Network.interior(name, byDefault)
                        : name.startsWith("Old") ? first().andOld(name) : first().and(name));
    }

    /** A router starts anew, with nothing, and is not connected yet. */
    void restart(String id, long instance) {
        Network other = routers.values().stream()
                .filter(router -> router != routers.get(id))
                .findFirst()
                .orElseThrow();
        routers.put(id, other.and(id, instance));
    }

    /** All of them by their ids, in the order in which the pairs name them. */
    Map<String, Network> all() {
        return Collections.unmodifiableMap(routers);
    }

    Network router(String id) {
        return Objects.requireNonNull(routers.get(id));
    }

    /** The connection of a pair is gone, and the routers do not know yet what that means for their paths. */
    void cut(String pair) {
        Objects.requireNonNull(wires.get(pair)).cut();
        first().run();
    }

    /** One more router that takes few private keys of each other one. */
    void add(String id, int topicKeys, CoreEvents events) {
        routers.put(id, first().and(id, topicKeys, events));
    }

    private Network first() {
        return routers.values().iterator().next();
    }

    void seconds(int count) {
        for (int i = 0; i < count; i++) {
            for (Network router : routers.values()) {
                router.core.tick(1);
                router.run();
            }
        }
    }

    /** Configures an address in all routers. */
    void address(String prefix, String distribution, @Nullable Integer phase) {
        for (Network router : routers.values()) {
            AddressEntities.Result result = router.core.createAddress(new AddressEntities.Request(
                    prefix, prefix, null, distribution, false, phase, phase, null, false, false));
            if (!(result instanceof AddressEntities.Created)) {
                throw new AssertionError(result);
            }
        }
    }
}
