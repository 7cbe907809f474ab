// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code -n}: the routers this one knows. */
final class NodesView implements View {
    private static final DateTimeFormatter CHANGE_TIME = DateTimeFormatter.ofPattern(
                    "EEEE MMM dd HH:mm:ss yyyy 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    @Override
    public void show(Screen screen) {
        List<QueryResult.Row> nodes =
                screen.limitedQuery("router.node", List.of()).rows();
        if (nodes.isEmpty()) {
            screen.line("Router is Standalone - No Router List");
            return;
        }
        screen.heading();
        List<String> header = new ArrayList<>(List.of("router-id", "next-hop", "link"));
        if (screen.verbose()) {
            header.addAll(List.of("ver", "cost", "neighbors", "valid-origins"));
        }
        Table table = new Table(title(nodes), header);
        for (QueryResult.Row node : nodes) {
            table.row(cells(node, screen.verbose()));
        }
        screen.print(table.sortedBy("router-id"));
    }

    private static String title(List<QueryResult.Row> nodes) {
        long lastChange = 0;
        for (QueryResult.Row node : nodes) {
            if (node.get("lastTopoChange") instanceof Number seconds) {
                lastChange = Math.max(lastChange, seconds.longValue());
            }
        }
        String title = "Routers in the Network";
        return lastChange > 1
                ? title + "\nLast Topology Change: " + CHANGE_TIME.format(Instant.ofEpochSecond(lastChange))
                : title;
    }

    private static List<@Nullable Object> cells(QueryResult.Row node, boolean verbose) {
        Object nextHop = node.get("nextHop");
        Object routerLink = node.get("routerLink");
        Object linkState = node.get("linkState");
        Object validOrigins = node.get("validOrigins");
        List<@Nullable Object> cells = new ArrayList<>();
        cells.add(node.get("id"));
        cells.add(nextHop == null ? "-" : nextHop);
        cells.add(nextHop == null ? PythonText.str(routerLink) : "-");
        if (verbose) {
            Object cost = node.get("cost");
            cells.add(node.get("protocolVersion"));
            cells.add(cost instanceof Number number && number.longValue() == 0 ? null : cost);
            cells.add(linkState);
            cells.add(validOrigins);
        }
        return cells;
    }
}
