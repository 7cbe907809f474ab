// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.AmqpSettings;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.address.PatternSyntax;
import io.linkspan.core.connection.ConnectionRole;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a listener or connector says about its AMQP connections.
 *
 * @param name name of the listener or connector, null if none was given; link routes and autoLinks refer to it
 * @param role what the connections are for
 * @param engine numbers of the protocol; {@code linkCapacity} is among them
 * @param hostname for the OPEN of connections we make, null on accepted ones (routing CON-01)
 * @param user shown in management once SASL has succeeded
 * @param stripIncoming router annotations of peers are ignored and removed (routing ANN-02)
 * @param stripOutgoing peers do not see router annotations
 * @param openProperties added to the properties of our OPEN (routing CON-03)
 * @param failover other places of this router, for the OPEN (routing CON-05)
 * @param patterns how receivers write patterns
 * @param cost of the way over it, from 1; for connections between routers (routing CON-04)
 * @param multiTenant whether the host name of the peer's OPEN stands before its addresses (routing TEN-01)
 * @param aliases ways of brokers to name topics that are understood (MQ-1-10)
 */
public record AmqpProfile(
        @Nullable String name,
        ConnectionRole role,
        AmqpSettings engine,
        @Nullable String hostname,
        String user,
        boolean stripIncoming,
        boolean stripOutgoing,
        Map<String, Object> openProperties,
        List<Failover> failover,
        PatternSyntax patterns,
        int cost,
        boolean multiTenant,
        Set<AddressAlias> aliases) {

    /** The product name in our OPEN. */
    public static final String PRODUCT = "linkspan-router";

    /** One entry of a fail-over list; the scheme may be absent. */
    public record Failover(@Nullable String scheme, String host, String port) {}

    /** The defaults of a listener. */
    public static final AmqpProfile DEFAULT = new AmqpProfile(
            null,
            ConnectionRole.NORMAL,
            AmqpSettings.DEFAULT,
            null,
            "anonymous",
            true,
            true,
            Map.of(),
            List.of(),
            PatternSyntax.DOTS,
            1,
            false,
            Set.of());

    public AmqpProfile {
        openProperties = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(openProperties));
        failover = List.copyOf(failover);
        aliases = Set.copyOf(aliases);
    }

    /** The same between routers, at a cost. */
    public AmqpProfile between(int routingCost) {
        return with(name, ConnectionRole.INTER_ROUTER, routingCost, multiTenant, aliases);
    }

    /** The same with another name and role. */
    public AmqpProfile of(@Nullable String newName, ConnectionRole newRole) {
        return with(newName, newRole, cost, multiTenant, aliases);
    }

    /** The same with an address space for each host name that peers name. */
    public AmqpProfile withTenants() {
        return with(name, role, cost, true, aliases);
    }

    /** The same where these ways of naming topics are understood. */
    public AmqpProfile understanding(Set<AddressAlias> understood) {
        return with(name, role, cost, multiTenant, understood);
    }

    private AmqpProfile with(
            @Nullable String newName,
            ConnectionRole newRole,
            int newCost,
            boolean tenants,
            Set<AddressAlias> understood) {
        return new AmqpProfile(
                newName,
                newRole,
                engine,
                hostname,
                user,
                stripIncoming,
                stripOutgoing,
                openProperties,
                failover,
                patterns,
                newCost,
                tenants,
                understood);
    }

    List<Object> failoverList() {
        return failover.stream()
                .map(entry -> {
                    Map<Object, Object> map = new LinkedHashMap<>();
                    map.put(new Symbol("network-host"), entry.host());
                    map.put(new Symbol("port"), entry.port());
                    if (entry.scheme() != null) {
                        map.put(new Symbol("scheme"), entry.scheme());
                    }
                    return (Object) map;
                })
                .toList();
    }
}
