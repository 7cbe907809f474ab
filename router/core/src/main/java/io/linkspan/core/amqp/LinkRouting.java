// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.AmqpLink;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressClass;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.AddressTable;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.link.Direction;
import io.linkspan.core.linkroute.Choice;
import io.linkspan.core.linkroute.LinkRoute;
import org.jspecify.annotations.Nullable;

/**
 * Whether an attach of a peer is routed as a whole link, and to whom: before any message-routed address is looked at
 * (routing MAT-13, MAT-14). Confined to the connection's loop.
 */
final class LinkRouting {

    /** The address of a coordinator's link (LNK-21). */
    static final String COORDINATOR = "$coordinator";

    private final AmqpConnection connection;
    private final RouterCore core;

    LinkRouting(AmqpConnection connection, RouterCore core) {
        this.connection = connection;
        this.core = core;
    }

    /**
     * True when a link route is in charge: the link is on its way to a container, or refused.
     *
     * @param terminus the one that names the node: a sender's target, a receiver's source
     */
    boolean takes(AmqpLink link, Attach remote, @Nullable Terminus terminus, Direction direction) {
        if (terminus == null) {
            return false;
        }
        boolean dynamic = terminus.dynamic();
        boolean passing = connection.role() == ConnectionRole.INTER_ROUTER;
        LinkWay way = passing ? LinkWay.toldIn(remote.properties()) : LinkWay.BEGINNING;
        String address = addressOf(terminus, way);
        if (address == null) {
            return false;
        }
        Choice choice = passing
                ? core.linkRoutes().onward(direction, address, connection)
                : core.linkRoutes().choose(direction, address);
        if (choice == null && !dynamic) {
            return false;
        }
        if (choice == null || choice instanceof Choice.Nowhere) {
            link.refuse(RouterCore.noRoute().error()); // LNK-18, LNK-20
        } else if (!core.linkRoutes().resumable() && RoutedAttach.survives(terminus)) {
            link.refuse(ErrorCondition.LINK_EXPIRATION.error("Requested link expiration not allowed"));
        } else if (choice instanceof Choice.Container container) {
            RawValue properties = LinkWay.hiddenFrom(remote.properties());
            route(link, remote.withProperties(properties), container.connection(), container.route());
        } else if (choice instanceof Choice.NextHop hop) {
            boolean tenants = terminus.isCoordinator() && !address.equals(COORDINATOR);
            passOn(link, remote, hop.connection(), tenants ? way.to(address) : way);
        }
        return true;
    }

    private void passOn(AmqpLink link, Attach remote, Connection hop, LinkWay way) {
        String router = core.settings().routerId();
        boolean understood = hop instanceof AmqpConnection next && next.isLinkspan();
        // It would go round while routers see different paths; or be for another space at a router that is not told.
        if (!way.mayGoOnFrom(router) || (!understood && way.node() != null)) {
            link.refuse(RouterCore.noRoute().error());
            return;
        }
        RawValue properties =
                understood ? way.toldBy(router, remote.properties()) : LinkWay.hiddenFrom(remote.properties());
        route(link, remote.withProperties(properties), hop, null);
    }

    private void route(AmqpLink link, Attach remote, Connection to, @Nullable LinkRoute route) {
        if (!(to instanceof AmqpConnection container)) {
            throw new IllegalStateException("connection " + to.identity() + " carries no AMQP links");
        }
        new RoutedLink(connection, link, remote, container, route).start();
    }

    /**
     * What is looked up among the link routes, with the tenant's prefix (TEN-02); null for a terminus that they do not
     * concern.
     */
    private @Nullable String addressOf(Terminus terminus, LinkWay way) {
        if (terminus.isCoordinator()) {
            String told = way.node();
            return told != null
                    ? told
                    : core.parse(connection.tenant(), COORDINATOR).text();
        }
        if (terminus.dynamic()) {
            String named = TenantTermini.dynamicAddress(terminus);
            return named == null ? null : core.parse(connection.tenant(), named).text();
        }
        String address = terminus.address();
        if (address == null || address.isEmpty() || core.linkRoutes().isEmpty()) {
            return null;
        }
        AddressKey key = core.parse(connection.tenant(), address);
        return key.addressClass() == AddressClass.MOBILE && !AddressTable.isTemporary(key) ? key.text() : null;
    }
}
