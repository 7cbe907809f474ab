// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.core.RouterCore;
import io.linkspan.core.RouterTotals;
import io.linkspan.core.link.Link;
import io.linkspan.management.config.ListenerSettings;
import io.linkspan.server.port.HttpPages;
import io.linkspan.server.port.PageFiles;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The pages of a router: {@code /healthz}, {@code /metrics} and files, as far as the listener serves them (rules HTT-06,
 * 07, 09).
 *
 * <p>Metrics have the original's names and order, then our own. Confined to the core's loop.
 */
final class RouterPages {
    private static final HttpPages.Page HEALTHY = HttpPages.Page.text(200, "OK\n", false);
    private static final HttpPages.Page NOT_FOUND = HttpPages.Page.text(404, "Not Found\n", false);

    private final Vertx vertx;
    private final RouterCore core;
    private final LongSupplier unexpectedExceptions;

    RouterPages(Vertx vertx, RouterCore core, LongSupplier unexpectedExceptions) {
        this.vertx = vertx;
        this.core = core;
        this.unexpectedExceptions = unexpectedExceptions;
    }

    /** The pages of one listener. */
    HttpPages of(ListenerSettings listener) {
        ListenerSettings.Http http = listener.http();
        PageFiles files = http.rootDirectory() == null ? null : new PageFiles(Path.of(http.rootDirectory()));
        return path -> {
            if (http.healthz() && isAt(path, "/healthz")) {
                return Future.succeededFuture(HEALTHY);
            }
            if (http.metrics() && isAt(path, "/metrics")) {
                return Future.succeededFuture(HttpPages.Page.text(200, metrics(), true));
            }
            return files == null
                    ? Future.succeededFuture(NOT_FOUND)
                    : vertx.executeBlocking(() -> files.page(path), false);
        };
    }

    /** True for the place and for everything below it. */
    private static boolean isAt(String path, String place) {
        return path.equals(place) || path.startsWith(place + "/");
    }

    private String metrics() {
        StringBuilder text = new StringBuilder(4096);
        gauges().forEach((name, value) -> line(text, name, "gauge", value));
        counters().forEach((name, value) -> line(text, name, "counter", value));
        line(text, "qdr_deliveries_stuck_total", "gauge", stuck());
        line(text, "qdr_links_blocked_total", "gauge", blocked());
        line(text, "qdr_deliveries_redirected_to_fallback_total", "counter", core.totals().redirectedToFallback);
        line(text, "linkspan_unexpected_exceptions_total", "counter", unexpectedExceptions.getAsLong());
        return text.toString();
    }

    private Map<String, Long> gauges() {
        Map<String, Long> gauges = new LinkedHashMap<>();
        gauges.put("qdr_connections_total", (long) core.connections().size());
        gauges.put("qdr_links_total", (long) core.links().size());
        gauges.put("qdr_addresses_total", (long) core.table().addresses().size());
        gauges.put("qdr_routers_total", 0L);
        gauges.put("qdr_link_routes_total", 0L);
        gauges.put("qdr_auto_links_total", 0L);
        return gauges;
    }

    private Map<String, Long> counters() {
        RouterTotals totals = core.totals();
        Map<String, Long> counters = new LinkedHashMap<>();
        counters.put("qdr_presettled_deliveries_total", totals.presettled);
        counters.put("qdr_dropped_presettled_deliveries_total", totals.droppedPresettled);
        counters.put("qdr_accepted_deliveries_total", totals.accepted);
        counters.put("qdr_released_deliveries_total", totals.released);
        counters.put("qdr_rejected_deliveries_total", totals.rejected);
        counters.put("qdr_modified_deliveries_total", totals.modified);
        counters.put("qdr_deliveries_ingress_total", totals.ingress);
        counters.put("qdr_deliveries_egress_total", totals.egress);
        counters.put("qdr_deliveries_transit_total", totals.transit);
        counters.put("qdr_deliveries_ingress_route_container_total", totals.ingressRouteContainer);
        counters.put("qdr_deliveries_egress_route_container_total", totals.egressRouteContainer);
        counters.put("qdr_deliveries_delayed_1sec_total", totals.delayed1Sec);
        counters.put("qdr_deliveries_delayed_10sec_total", totals.delayed10Sec);
        return counters;
    }

    private long stuck() {
        long stuck = 0;
        for (Link link : core.links()) {
            stuck += link.isInbound() ? link.stuckCount() : 0;
        }
        return stuck;
    }

    private long blocked() {
        long blocked = 0;
        for (Link link : core.links()) {
            blocked += link.isBlocked() ? 1 : 0;
        }
        return blocked;
    }

    private static void line(StringBuilder text, String name, String kind, long value) {
        text.append("# TYPE ").append(name).append(' ').append(kind).append('\n');
        text.append(name).append(' ').append(value).append('\n');
    }
}
