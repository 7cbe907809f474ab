// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.bridge.DropCause;
import io.linkspan.bridge.MqttCounters;
import io.linkspan.bridge.codec.ReasonCode;
import io.linkspan.core.RouterCore;
import io.linkspan.core.RouterTotals;
import io.linkspan.core.link.Link;
import io.linkspan.core.mesh.Mesh;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The page {@code /metrics}: the original's metrics with its names and in its order, then our own, then those of MQTT
 * (rule HTT-07, MQ-5-25). Confined to the core's loop.
 */
final class Metrics {
    private final RouterCore core;
    private final MqttCounters mqtt;
    private final LongSupplier unexpectedExceptions;

    Metrics(RouterCore core, MqttCounters mqtt, LongSupplier unexpectedExceptions) {
        this.core = core;
        this.mqtt = mqtt;
        this.unexpectedExceptions = unexpectedExceptions;
    }

    /** The whole page. */
    String text() {
        StringBuilder text = new StringBuilder(4096);
        gauges().forEach((name, value) -> line(text, name, "gauge", value));
        counters().forEach((name, value) -> line(text, name, "counter", value));
        line(text, "qdr_deliveries_stuck_total", "gauge", stuck());
        line(text, "qdr_links_blocked_total", "gauge", blocked());
        line(text, "qdr_deliveries_redirected_to_fallback_total", "counter", core.totals().redirectedToFallback);
        line(text, "linkspan_unexpected_exceptions_total", "counter", unexpectedExceptions.getAsLong());
        mqtt(text);
        return text.toString();
    }

    private Map<String, Long> gauges() {
        Map<String, Long> gauges = new LinkedHashMap<>();
        gauges.put("qdr_connections_total", (long) core.connections().size());
        gauges.put("qdr_links_total", (long) core.links().size());
        gauges.put("qdr_addresses_total", (long) core.table().addresses().size());
        Mesh mesh = core.mesh();
        gauges.put("qdr_routers_total", mesh == null ? 0L : (long) mesh.routerCount());
        gauges.put("qdr_link_routes_total", (long) core.linkRoutes().all().size());
        gauges.put("qdr_auto_links_total", (long) core.autoLinks().all().size());
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

    private void mqtt(StringBuilder text) {
        line(text, "mqtt_clients", "gauge", mqtt.clients);
        line(text, "mqtt_connects_total", "counter", mqtt.connects);
        type(text, "mqtt_refused_connects_total", "counter");
        for (ReasonCode code : ReasonCode.values()) {
            if (mqtt.refused(code) > 0) {
                String hex = "0x" + Integer.toHexString(code.code());
                sample(text, "mqtt_refused_connects_total", "code", hex, mqtt.refused(code));
            }
        }
        line(text, "mqtt_takeovers_total", "counter", mqtt.takeovers);
        line(text, "mqtt_wills_total", "counter", mqtt.wills);
        line(text, "mqtt_violations_total", "counter", mqtt.violations);
        type(text, "mqtt_publishes_in_total", "counter");
        for (int qos = 0; qos <= 2; qos++) {
            sample(text, "mqtt_publishes_in_total", "qos", String.valueOf(qos), mqtt.publishesIn(qos));
        }
        type(text, "mqtt_publishes_out_total", "counter");
        for (int qos = 0; qos <= 2; qos++) {
            sample(text, "mqtt_publishes_out_total", "qos", String.valueOf(qos), mqtt.publishesOut(qos));
        }
        line(text, "mqtt_unroutable_publishes_total", "counter", mqtt.unroutable);
        line(text, "mqtt_retries_total", "counter", mqtt.retries);
        type(text, "mqtt_dropped_total", "counter");
        for (DropCause cause : DropCause.values()) {
            String name = cause.name().toLowerCase(Locale.ROOT);
            sample(text, "mqtt_dropped_total", "cause", name, mqtt.dropped(cause));
        }
    }

    private static void line(StringBuilder text, String name, String kind, long value) {
        type(text, name, kind);
        text.append(name).append(' ').append(value).append('\n');
    }

    private static void type(StringBuilder text, String name, String kind) {
        text.append("# TYPE ").append(name).append(' ').append(kind).append('\n');
    }

    private static void sample(StringBuilder text, String name, String label, String labelled, long value) {
        text.append(name)
                .append('{')
                .append(label)
                .append("=\"")
                .append(labelled)
                .append("\"} ");
        text.append(value).append('\n');
    }
}
