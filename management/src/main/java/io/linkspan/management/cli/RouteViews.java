// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code --autolinks} and {@code --linkroutes}. */
final class RouteViews {
    private static final List<String> AUTO_LINK =
            List.of("address", "direction", "phase", "externalAddress", "linkRef", "operStatus", "lastError");
    private static final List<String> LINK_ROUTE = List.of(
            "prefix", "direction", "distribution", "operStatus", "pattern", "addExternalPrefix", "delExternalPrefix");

    private RouteViews() {}

    /** {@code --autolinks}: the links the router makes by itself. */
    static void autoLinks(Screen screen) {
        List<QueryResult.Row> rows =
                screen.limitedQuery("router.config.autoLink", AUTO_LINK).rows();
        if (rows.isEmpty()) {
            screen.line("AutoLinks");
            screen.line("No AutoLinks found");
            return;
        }
        screen.heading();
        Table table = new Table("AutoLinks", List.of("addr", "dir", "phs", "extAddr", "link", "status", "lastErr"));
        for (QueryResult.Row row : rows) {
            table.row(AUTO_LINK.stream().<@Nullable Object>map(row::get).toList());
        }
        screen.print(table.sortedBy("addr"));
    }

    /** {@code --linkroutes}: the addresses whose links are routed. */
    static void linkRoutes(Screen screen) {
        List<QueryResult.Row> rows =
                screen.limitedQuery("router.config.linkRoute", LINK_ROUTE).rows();
        if (rows.isEmpty()) {
            screen.line("Link Routes");
            screen.line("No Link Routes found");
            return;
        }
        screen.heading();
        boolean add = rows.stream().anyMatch(row -> row.get("addExternalPrefix") != null);
        boolean delete = rows.stream().anyMatch(row -> row.get("delExternalPrefix") != null);
        List<String> header = new ArrayList<>(List.of("address", "dir", "distrib", "status"));
        if (add) {
            header.add("add-ext-prefix");
        }
        if (delete) {
            header.add("del-ext-prefix");
        }
        Table table = new Table("Link Routes", header);
        for (QueryResult.Row row : rows) {
            List<@Nullable Object> cells = new ArrayList<>();
            Object prefix = row.get("prefix");
            cells.add(prefix == null || prefix.equals("") ? row.get("pattern") : prefix);
            cells.add(row.get("direction"));
            cells.add(row.get("distribution"));
            cells.add(row.get("operStatus"));
            if (add) {
                cells.add(row.get("addExternalPrefix"));
            }
            if (delete) {
                cells.add(row.get("delExternalPrefix"));
            }
            table.row(cells);
        }
        screen.print(table.sortedBy("address"));
    }
}
