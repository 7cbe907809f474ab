// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.rows;

import io.linkspan.core.RouterCore;
import io.linkspan.core.RouterTotals;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionFacts;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.exchange.Binding;
import io.linkspan.core.exchange.Exchange;
import io.linkspan.core.exchange.NextHop;
import io.linkspan.core.link.Link;
import io.linkspan.core.link.LinkCounters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tables of the core. Management protocol, 6.1 and 6.2; the columns are those of the recorded answers of the
 * original. Confined to the core's loop.
 */
public final class CoreRows {

    /** Length of the ingress histogram of a link: the original's number of routers. */
    public static final int HISTOGRAM_LENGTH = 128;

    private CoreRows() {}

    /** Type {@code router}: one row. {@code memoryBytes} is asked at each reading and may answer null. */
    public static RowTable router(RouterCore core, Supplier<@Nullable Long> memoryBytes) {
        return table(
                "router",
                core,
                List.of(
                        "name",
                        "identity",
                        "id",
                        "mode",
                        "area",
                        "version",
                        "metadata",
                        "addrCount",
                        "linkCount",
                        "nodeCount",
                        "linkRouteCount",
                        "autoLinkCount",
                        "connectionCount",
                        "presettledDeliveries",
                        "droppedPresettledDeliveries",
                        "acceptedDeliveries",
                        "rejectedDeliveries",
                        "releasedDeliveries",
                        "modifiedDeliveries",
                        "deliveriesDelayed1Sec",
                        "deliveriesDelayed10Sec",
                        "deliveriesStuck",
                        "deliveriesIngress",
                        "deliveriesEgress",
                        "deliveriesTransit",
                        "deliveriesIngressRouteContainer",
                        "deliveriesEgressRouteContainer",
                        "deliveriesRedirectedToFallback",
                        "linksBlocked",
                        "uptimeSeconds",
                        "memoryUsage",
                        "workerThreads"),
                () -> List.of(core),
                one -> routerRow(one, memoryBytes.get()));
    }

    private static @Nullable Object[] routerRow(RouterCore core, @Nullable Long memoryBytes) {
        RouterTotals totals = core.totals();
        String id = core.settings().routerId();
        long stuck = 0;
        int blocked = 0;
        for (Link link : core.links()) {
            stuck += link.isInbound() ? link.stuckCount() : 0;
            blocked += link.isBlocked() ? 1 : 0;
        }
        return new @Nullable Object[] {
            id,
            "1",
            id,
            core.settings().mode().toString(),
            "0",
            core.settings().version(),
            null,
            (long) AddressRows.count(core),
            (long) core.links().size(),
            core.mesh() == null ? 0L : (long) core.mesh().routerCount(),
            (long) core.linkRoutes().all().size(),
            (long) core.autoLinks().all().size(),
            (long) core.connections().size(),
            totals.presettled,
            totals.droppedPresettled,
            totals.accepted,
            totals.rejected,
            totals.released,
            totals.modified,
            totals.delayed1Sec,
            totals.delayed10Sec,
            stuck,
            totals.ingress,
            totals.egress,
            totals.transit,
            totals.ingressRouteContainer,
            totals.egressRouteContainer,
            totals.redirectedToFallback,
            blocked,
            core.uptimeSeconds(),
            memoryBytes,
            core.settings().workerThreads()
        };
    }

    /** Type {@code connection}. */
    public static RowTable connections(RouterCore core) {
        return table(
                "connection",
                core,
                List.of(
                        "name",
                        "identity",
                        "host",
                        "role",
                        "protocol",
                        "dir",
                        "container",
                        "sasl",
                        "isAuthenticated",
                        "user",
                        "isEncrypted",
                        "sslProto",
                        "sslCipher",
                        "properties",
                        "sslSsf",
                        "tenant",
                        "ssl",
                        "opened",
                        "active",
                        "adminStatus",
                        "operStatus",
                        "uptimeSeconds",
                        "lastDlvSeconds",
                        "enableProtocolTrace"),
                core::connections,
                CoreRows::connectionRow);
    }

    private static @Nullable Object[] connectionRow(Connection connection) {
        ConnectionFacts facts = connection.facts();
        long lastDelivery = connection.lastDeliverySeconds();
        return new @Nullable Object[] {
            "connection/" + facts.host(),
            String.valueOf(connection.identity()),
            facts.host(),
            connection.role().toString(),
            facts.protocol(),
            facts.incoming() ? "in" : "out",
            facts.container(),
            facts.sasl(),
            facts.authenticated(),
            facts.user(),
            facts.encrypted(),
            facts.sslProto(),
            facts.sslCipher(),
            facts.properties(),
            facts.sslSsf(),
            facts.tenant(),
            facts.encrypted(),
            facts.opened(),
            true,
            connection.isClosing() ? "deleted" : "enabled",
            connection.isClosing() ? "closing" : "up",
            connection.uptimeSeconds(),
            lastDelivery < 0 ? null : lastDelivery,
            connection.isTracing()
        };
    }

    /** Type {@code router.link}. */
    public static RowTable links(RouterCore core) {
        return table(
                "router.link",
                core,
                List.of(
                        "name",
                        "identity",
                        "linkName",
                        "linkType",
                        "linkDir",
                        "owningAddr",
                        "capacity",
                        "peer",
                        "undeliveredCount",
                        "unsettledCount",
                        "deliveryCount",
                        "connectionId",
                        "adminStatus",
                        "operStatus",
                        "presettledCount",
                        "droppedPresettledCount",
                        "acceptedCount",
                        "rejectedCount",
                        "releasedCount",
                        "modifiedCount",
                        "deliveriesDelayed1Sec",
                        "deliveriesDelayed10Sec",
                        "deliveriesStuck",
                        "ingressHistogram",
                        "priority",
                        "settleRate",
                        "creditAvailable",
                        "zeroCreditSeconds"),
                core::links,
                CoreRows::linkRow);
    }

    private static @Nullable Object[] linkRow(Link link) {
        LinkCounters counters = link.counters();
        return new @Nullable Object[] {
            link.name(),
            String.valueOf(link.identity()),
            link.name(),
            link.linkType(),
            link.isInbound() ? "in" : "out",
            link.owningKey(),
            link.capacity(),
            link.peer() == null ? null : String.valueOf(link.peer().identity()),
            (long) link.undeliveredCount(),
            (long) link.unsettledCount(),
            counters.deliveries,
            String.valueOf(link.connection().identity()),
            link.isDisabled() ? "disabled" : "enabled",
            link.operStatus(),
            counters.presettled,
            counters.droppedPresettled,
            counters.accepted,
            counters.rejected,
            counters.released,
            counters.modified,
            counters.delayed1Sec,
            counters.delayed10Sec,
            (long) link.stuckCount(),
            histogram(link),
            link.priority(),
            link.settleRate(),
            link.creditAvailable(),
            link.zeroCreditSeconds()
        };
    }

    /** Finished deliveries by the router they came into the network at; this router is number 0. */
    private static @Nullable List<Long> histogram(Link link) {
        if (link.isInbound() || link.connection().role() != ConnectionRole.NORMAL) {
            return null;
        }
        LinkCounters counters = link.counters();
        List<Long> histogram = new ArrayList<>(Collections.nCopies(HISTOGRAM_LENGTH, 0L));
        histogram.set(
                0, counters.presettled + counters.accepted + counters.rejected + counters.released + counters.modified);
        return histogram;
    }

    /** Type {@code router.address}: records of addresses, and patterns that have receivers. */
    public static RowTable addresses(RouterCore core) {
        return table("router.address", core, AddressRows.COLUMNS, () -> AddressRows.of(core), AddressRows::values);
    }

    /** Type {@code router.config.exchange}. */
    public static RowTable exchanges(RouterCore core) {
        return table(
                "router.config.exchange",
                core,
                List.of(
                        "name",
                        "identity",
                        "address",
                        "phase",
                        "alternateAddress",
                        "alternatePhase",
                        "matchMethod",
                        "bindingCount",
                        "receivedCount",
                        "droppedCount",
                        "forwardedCount",
                        "divertedCount"),
                () -> core.exchanges().all(),
                CoreRows::exchangeRow);
    }

    private static @Nullable Object[] exchangeRow(Exchange exchange) {
        NextHop alternate = exchange.alternate();
        return new @Nullable Object[] {
            exchange.name(),
            String.valueOf(exchange.identity()),
            exchange.addressText(),
            exchange.phase(),
            alternate == null ? null : alternate.text(),
            alternate == null ? null : alternate.phase(),
            exchange.method().toString(),
            exchange.bindings().size(),
            exchange.receivedCount(),
            exchange.droppedCount(),
            exchange.forwardedCount(),
            exchange.divertedCount()
        };
    }

    /** Type {@code router.config.binding}. */
    public static RowTable bindings(RouterCore core) {
        return table(
                "router.config.binding",
                core,
                List.of(
                        "name",
                        "identity",
                        "exchangeName",
                        "bindingKey",
                        "nextHopAddress",
                        "nextHopPhase",
                        "matchedCount"),
                () -> core.exchanges().bindings(),
                CoreRows::bindingRow);
    }

    private static @Nullable Object[] bindingRow(Binding binding) {
        return new @Nullable Object[] {
            binding.name(),
            String.valueOf(binding.identity()),
            binding.exchange().name(),
            binding.key(),
            binding.nextHop().text(),
            binding.nextHop().phase(),
            binding.matchedCount()
        };
    }

    static <T> RowTable table(
            String type,
            RouterCore core,
            List<String> columns,
            Supplier<? extends Iterable<T>> entities,
            Function<T, @Nullable Object[]> row) {
        return new RowTable() {
            @Override
            public String type() {
                return type;
            }

            @Override
            public List<String> columns() {
                return columns;
            }

            @Override
            public long generation() {
                return core.generation();
            }

            @Override
            public void read(long skip, Reader reader) {
                Iterator<T> all = entities.get().iterator();
                for (long i = 0; i < skip && all.hasNext(); i++) {
                    all.next();
                }
                while (all.hasNext()) {
                    if (!reader.row(row.apply(all.next()))) {
                        return;
                    }
                }
            }
        };
    }
}
