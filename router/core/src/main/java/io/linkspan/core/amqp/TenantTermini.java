// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.RouterCore;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The node of a routed link as a tenant writes it and as its container sees it, with the tenant's prefix. Routing TEN-02,
 * TEN-03, LNK-20. Immutable.
 *
 * @param core knows which addresses have a prefix
 * @param tenant the client's prefix with its slash; null without one, and nothing changes
 */
record TenantTermini(RouterCore core, @Nullable String tenant) {

    private static final Symbol DYNAMIC_ADDRESS = new Symbol("x-opt-qd.address");

    /**
     * The address that the first property of a dynamic node names, or null. Routing LNK-20.
     *
     * @throws MalformedException when the properties are no AMQP value
     */
    static @Nullable String dynamicAddress(Terminus terminus) {
        RawValue properties = terminus.dynamicNodeProperties();
        if (!terminus.dynamic()
                || properties == null
                || !(properties.decode() instanceof Map<?, ?> map)
                || map.isEmpty()) {
            return null;
        }
        Map.Entry<?, ?> first = map.entrySet().iterator().next();
        return DYNAMIC_ADDRESS.equals(first.getKey())
                        && first.getValue() instanceof String address
                        && !address.isEmpty()
                ? address
                : null;
    }

    /** As the container sees what a tenant wrote. */
    Terminus qualified(Terminus own) {
        if (tenant == null || own.isCoordinator()) {
            return own;
        }
        String dynamic = dynamicAddress(own);
        if (dynamic != null) {
            return withDynamicAddress(own, qualified(dynamic));
        }
        String address = own.address();
        return address == null || own.dynamic() ? own : own.withAddress(qualified(address));
    }

    private String qualified(String address) {
        return core.parse(tenant, address).text();
    }

    /**
     * As the tenant sees what the container has answered.
     *
     * @param asked what the tenant wrote
     */
    Terminus own(Terminus answered, Terminus asked) {
        if (tenant == null || answered.isCoordinator()) {
            return answered;
        }
        String address = answered.address();
        Terminus result = address == null
                ? answered
                : answered.withAddress(own(address, asked.isCoordinator() ? null : asked.address()));
        try {
            String dynamic = dynamicAddress(answered);
            return dynamic == null ? result : withDynamicAddress(result, own(dynamic, dynamicAddress(asked)));
        } catch (MalformedException e) {
            return result; // What a container writes into these properties is for the client to judge.
        }
    }

    private String own(String answered, @Nullable String asked) {
        if (asked != null && answered.equals(qualified(asked))) {
            return asked;
        }
        return tenant != null && answered.startsWith(tenant) && answered.length() > tenant.length()
                ? answered.substring(tenant.length())
                : answered;
    }

    private static Terminus withDynamicAddress(Terminus terminus, String address) {
        RawValue properties = terminus.dynamicNodeProperties();
        Map<Object, @Nullable Object> changed = new LinkedHashMap<>();
        if (properties != null && properties.decode() instanceof Map<?, ?> map) {
            map.forEach(changed::put);
        }
        changed.put(DYNAMIC_ADDRESS, address);
        return terminus.withDynamicNodeProperties(RawValue.of(changed));
    }
}
