// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -c} and {@code -e}: the connections of the router, or those of its edge routers. */
final class ConnectionViews {
    private static final String TITLE = "Connections";

    private ConnectionViews() {}

    /** {@code -c}: all connections. */
    static void all(Screen screen) {
        List<QueryResult.Row> rows =
                screen.limitedQuery("connection", List.of()).rows();
        screen.heading();
        boolean lastDelivery = !rows.isEmpty() && rows.get(0).has("lastDlvSeconds");
        boolean uptime = !rows.isEmpty() && rows.get(0).has("uptimeSeconds");
        List<String> header = new ArrayList<>(
                List.of("id", "host", "container", "role", "proto", "dir", "security", "authentication", "tenant"));
        if (lastDelivery) {
            header.add("last dlv");
        }
        if (uptime) {
            header.add("uptime");
        }
        Table table = new Table(TITLE, header);
        for (QueryResult.Row row : rows) {
            List<@Nullable Object> cells = new ArrayList<>();
            cells.add(row.get("identity"));
            cells.add(row.get("host"));
            cells.add(row.get("container"));
            cells.add(row.find("role"));
            cells.add(row.get("protocol"));
            cells.add(row.get("dir"));
            cells.add(security(row));
            cells.add(authentication(row));
            cells.add(tenant(row));
            if (lastDelivery) {
                cells.add(Units.dayTime(row.findNumber("lastDlvSeconds")));
            }
            if (uptime) {
                cells.add(Units.dayTime(row.findNumber("uptimeSeconds")));
            }
            table.row(cells);
        }
        screen.print(table);
    }

    /** {@code -e}: the connections with edge routers. */
    static void edges(Screen screen) {
        List<QueryResult.Row> rows =
                screen.limitedQuery("connection", List.of()).rows();
        if (rows.isEmpty()) {
            screen.line("No Edge Router Connections");
            return;
        }
        screen.heading();
        boolean active = rows.get(0).has("active");
        List<String> header = new ArrayList<>(
                List.of("id", "host", "container", "role", "dir", "security", "authentication", "tenant"));
        if (active) {
            header.add("active");
        }
        Table table = new Table(TITLE, header);
        List<QueryResult.Row> edges =
                rows.stream().filter(row -> "edge".equals(row.find("role"))).toList();
        if (edges.isEmpty()) {
            return;
        }
        for (QueryResult.Row row : edges) {
            List<@Nullable Object> cells = new ArrayList<>();
            cells.add(row.get("identity"));
            cells.add(row.get("host"));
            cells.add(row.get("container"));
            cells.add(row.get("role"));
            cells.add(row.get("dir"));
            cells.add(security(row));
            cells.add(authentication(row));
            cells.add(tenant(row));
            if (active) {
                cells.add(Boolean.TRUE.equals(row.find("active")) ? "yes" : "no");
            }
            table.row(cells);
        }
        screen.print(table);
    }

    private static String security(QueryResult.Row row) {
        if (!row.flag("isEncrypted")) {
            return "no-security";
        }
        if ("GSSAPI".equals(row.get("sasl"))) {
            return "Kerberos";
        }
        return PythonText.str(row.get("sslProto")) + "(" + PythonText.str(row.get("sslCipher")) + ")";
    }

    private static String authentication(QueryResult.Row row) {
        if (!row.flag("isAuthenticated")) {
            return "no-auth";
        }
        String mechanism = PythonText.str(row.get("sasl"));
        if (mechanism.equals("ANONYMOUS")) {
            return "anonymous-user";
        }
        String shown = mechanism;
        if (mechanism.equals("GSSAPI")) {
            shown = "Kerberos";
        } else if (mechanism.equals("EXTERNAL")) {
            shown = "x.509";
        }
        Object user = row.get("user");
        return user == null || user.equals("") ? shown : PythonText.str(user) + "(" + shown + ")";
    }

    private static @Nullable Object tenant(QueryResult.Row row) {
        Object tenant = row.find("tenant");
        return tenant instanceof String text && text.endsWith("/") ? text.substring(0, text.length() - 1) : tenant;
    }
}
