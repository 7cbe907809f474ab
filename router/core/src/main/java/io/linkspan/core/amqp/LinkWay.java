// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Linkspan routers tell each other about a link that they pass on towards a container, in two properties of its attach
 * which clients cannot set and containers do not see (ADR 0017). A router of another product loses them. Immutable.
 *
 * @param trace the routers that have passed it on, in order: none gets it twice, so that it does not go round while they
 *     see different paths
 * @param node where it goes if it has no address, as a tenant's coordinator; null for what it says itself
 */
record LinkWay(List<String> trace, @Nullable String node) {

    /** Routers that pass one link on, at most. */
    static final int MAX_ROUTERS = 64;

    static final Symbol TRACE = new Symbol("linkspan.trace");
    static final Symbol NODE = new Symbol("linkspan.node");

    /** Of a link that enters the network. */
    static final LinkWay BEGINNING = new LinkWay(List.of(), null);

    /** What another router has told. */
    static LinkWay toldIn(@Nullable RawValue properties) {
        Map<?, ?> map = map(properties);
        List<String> trace = new ArrayList<>();
        if (map.get(TRACE) instanceof List<?> routers) {
            routers.forEach(router -> trace.add(String.valueOf(router)));
        }
        return new LinkWay(trace, map.get(NODE) instanceof String node ? node : null);
    }

    /** Whether a router may pass the link on to a further one. */
    boolean mayGoOnFrom(String router) {
        return trace.size() < MAX_ROUTERS && !trace.contains(router);
    }

    /** For a link to this node. */
    LinkWay to(@Nullable String newNode) {
        return new LinkWay(trace, newNode);
    }

    /** The properties for the next router, which a router passes the link on to. */
    RawValue toldBy(String router, @Nullable RawValue properties) {
        List<String> passed = new ArrayList<>(trace);
        passed.add(router);
        Map<Object, Object> told = new LinkedHashMap<>(map(properties));
        told.put(TRACE, passed);
        told.remove(NODE);
        if (node != null) {
            told.put(NODE, node);
        }
        return RawValue.of(told);
    }

    /** The properties for everybody else. */
    static @Nullable RawValue hiddenFrom(@Nullable RawValue properties) {
        Map<?, ?> map = map(properties);
        if (!map.containsKey(TRACE) && !map.containsKey(NODE)) {
            return properties;
        }
        Map<Object, Object> others = new LinkedHashMap<>(map);
        others.remove(TRACE);
        others.remove(NODE);
        return others.isEmpty() ? null : RawValue.of(others);
    }

    private static Map<?, ?> map(@Nullable RawValue properties) {
        try {
            return properties != null && properties.decode() instanceof Map<?, ?> map ? map : Map.of();
        } catch (MalformedException e) {
            return Map.of(); // The receiver of the link judges it.
        }
    }
}
