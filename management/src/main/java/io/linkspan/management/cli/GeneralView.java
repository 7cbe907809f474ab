// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code -g}: the router itself, one attribute per row. */
final class GeneralView implements View {
    private static final Map<String, String> COUNTS = new LinkedHashMap<>();
    private static final Map<String, String> STATISTICS = new LinkedHashMap<>();

    static {
        COUNTS.put("Area", "area");
        COUNTS.put("Link Routes", "linkRouteCount");
        COUNTS.put("Auto Links", "autoLinkCount");
        COUNTS.put("Links", "linkCount");
        COUNTS.put("Nodes", "nodeCount");
        COUNTS.put("Addresses", "addrCount");
        COUNTS.put("Connections", "connectionCount");

        STATISTICS.put("Presettled Count", "presettledDeliveries");
        STATISTICS.put("Dropped Presettled Count", "droppedPresettledDeliveries");
        STATISTICS.put("Accepted Count", "acceptedDeliveries");
        STATISTICS.put("Rejected Count", "rejectedDeliveries");
        STATISTICS.put("Released Count", "releasedDeliveries");
        STATISTICS.put("Modified Count", "modifiedDeliveries");
        STATISTICS.put("Deliveries Delayed > 1sec", "deliveriesDelayed1Sec");
        STATISTICS.put("Deliveries Delayed > 10sec", "deliveriesDelayed10Sec");
        STATISTICS.put("Deliveries Stuck > 10sec", "deliveriesStuck");
        STATISTICS.put("Deliveries to Fallback", "deliveriesRedirectedToFallback");
        STATISTICS.put("Links Blocked", "linksBlocked");
        STATISTICS.put("Ingress Count", "deliveriesIngress");
        STATISTICS.put("Egress Count", "deliveriesEgress");
        STATISTICS.put("Transit Count", "deliveriesTransit");
        STATISTICS.put("Deliveries from Route Container", "deliveriesIngressRouteContainer");
        STATISTICS.put("Deliveries to Route Container", "deliveriesEgressRouteContainer");
    }

    @Override
    public void show(Screen screen) {
        QueryResult routers = screen.query("router", List.of());
        screen.heading();
        Table table = new Table("Router Statistics", List.of("attr", "value"));
        for (QueryResult.Row router : routers.rows()) {
            table.row("Version", router.get("version"));
            table.row("Mode", router.get("mode"));
            table.row("Router Id", router.get("id"));
            if (router.has("workerThreads")) {
                table.row("Worker Threads", router.get("workerThreads"));
            }
            Number uptime = router.findNumber("uptimeSeconds");
            if (uptime != null) {
                table.row("Uptime", Units.dayTime(uptime));
            }
            Number memory = router.findNumber("memoryUsage");
            if (memory != null && memory.longValue() > 0) {
                table.row("VmSize", Units.size(memory.longValue()));
            }
            COUNTS.forEach((label, attribute) -> table.row(label, router.get(attribute)));
            for (Map.Entry<String, String> statistic : STATISTICS.entrySet()) {
                if (!router.has(statistic.getValue())) {
                    break;
                }
                table.row(statistic.getKey(), router.get(statistic.getValue()));
            }
        }
        screen.print(table);
    }
}
