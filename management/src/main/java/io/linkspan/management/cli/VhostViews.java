// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code --vhosts}, {@code --vhostgroups} and {@code --vhoststats}; these have no heading lines. */
final class VhostViews {
    private static final String NIL = "(nil)";
    private static final List<String> LIMITS = List.of(
            "maxConnectionsPerUser",
            "maxConnectionsPerHost",
            "maxMessageSize",
            "maxFrameSize",
            "maxSessionWindow",
            "maxSessions",
            "maxSenders",
            "maxReceivers");
    private static final List<String> PERMISSIONS = List.of(
            "allowDynamicSource",
            "allowAnonymousSender",
            "allowUserIdProxy",
            "allowWaypointLinks",
            "allowDynamicLinkRoutes",
            "allowAdminStatusUpdate",
            "allowFallbackLinks");
    private static final List<String> MEMBERS =
            List.of("users", "remoteHosts", "sources", "targets", "sourcePattern", "targetPattern");
    private static final List<String> STATISTICS = List.of(
            "connectionsApproved",
            "connectionsDenied",
            "connectionsCurrent",
            "sessionDenied",
            "senderDenied",
            "receiverDenied",
            "maxMessageSizeDenied");

    private VhostViews() {}

    /** {@code --vhosts}: one row per vhost. */
    static void vhosts(Screen screen) {
        List<QueryResult.Row> rows = screen.query("vhost", List.of()).rows();
        if (rows.isEmpty()) {
            screen.line("No Vhosts");
            return;
        }
        boolean messageSize = rows.get(0).has("maxMessageSize");
        List<String> header = new ArrayList<>(List.of("hostname", "maxConnections"));
        if (messageSize) {
            header.add("maxMessageSize");
        }
        header.addAll(List.of("maxConnectionsPerUser", "maxConnectionsPerHost", "allowUnknownUser", "groups"));
        Table table = new Table("Vhosts", header);
        for (QueryResult.Row row : rows) {
            List<@Nullable Object> cells = new ArrayList<>();
            cells.add(row.get("hostname"));
            cells.add(row.get("maxConnections"));
            if (messageSize) {
                cells.add(PythonText.str(row.find("maxMessageSize")));
            }
            cells.add(row.get("maxConnectionsPerUser"));
            cells.add(row.get("maxConnectionsPerHost"));
            cells.add(row.get("allowUnknownUser"));
            cells.add(groups(row).size());
            table.row(cells);
        }
        screen.print(table);
    }

    /** {@code --vhostgroups}: the limits and the members of each user group. */
    static void vhostGroups(Screen screen) {
        List<QueryResult.Row> rows = screen.query("vhost", List.of()).rows();
        if (rows.isEmpty()) {
            screen.line("No Vhosts");
            return;
        }
        Map<?, ?> settings = groupSettings(screen.client().schema());
        List<String> header = new ArrayList<>(List.of("vhost", "group"));
        header.addAll(LIMITS);
        header.addAll(PERMISSIONS);
        Table limits = new Table("Vhost Groups", header);
        List<Table> members = new ArrayList<>();
        for (QueryResult.Row row : rows) {
            Object host = row.get("hostname");
            groups(row).forEach((name, value) -> {
                Map<?, ?> group = ManagementClient.asMap(value);
                List<@Nullable Object> cells = new ArrayList<>();
                cells.add(host);
                cells.add(name);
                LIMITS.forEach(limit -> cells.add(orElse(group.get(limit), preset(settings, limit), NIL)));
                PERMISSIONS.forEach(limit -> cells.add(orElse(group.get(limit), preset(settings, limit), false)));
                limits.row(cells);
                String title = "Vhost '" + PythonText.str(host) + "' UserGroup '" + PythonText.str(name) + "'";
                Table member = new Table(title, List.of("attr", "value"))
                        .row("vhost", host)
                        .row("group", name);
                MEMBERS.forEach(attribute -> member.row(attribute, orElse(group.get(attribute), null, NIL)));
                members.add(member);
            });
        }
        screen.print(limits);
        for (Table member : members) {
            screen.line("");
            screen.print(member);
        }
    }

    /** {@code --vhoststats}: what each vhost let in and denied, and who is connected. */
    static void vhostStatistics(Screen screen) {
        List<QueryResult.Row> rows = screen.query("vhostStats", List.of()).rows();
        if (rows.isEmpty()) {
            screen.line("No Vhost Stats");
            return;
        }
        List<String> header = new ArrayList<>(List.of("hostname"));
        header.addAll(STATISTICS);
        Table statistics = new Table("Vhost Stats", header);
        Table users = new Table("Vhost User Stats", List.of("vhost", "user", "remote hosts"));
        for (QueryResult.Row row : rows) {
            Object host = row.get("hostname");
            List<@Nullable Object> cells = new ArrayList<>();
            cells.add(host);
            STATISTICS.forEach(attribute -> cells.add(row.get(attribute)));
            statistics.row(cells);
            ManagementClient.asMap(row.get("perUserState"))
                    .forEach((user, hosts) -> users.row(host, user, PythonText.repr(hosts)));
        }
        screen.print(statistics);
        screen.line("");
        screen.print(users);
    }

    private static Map<?, ?> groups(QueryResult.Row row) {
        Object groups = row.get("groups");
        if (groups == null) {
            throw new ToolFailure("TypeError", "object of type 'NoneType' has no len()");
        }
        return ManagementClient.asMap(groups);
    }

    private static Map<?, ?> groupSettings(Map<?, ?> schema) {
        Map<?, ?> types = ManagementClient.asMap(schema.get("entityTypes"));
        Object settings = types.get("vhostUserGroupSettings");
        if (settings == null) {
            throw new ToolFailure("KeyError", "'vhostUserGroupSettings'");
        }
        return ManagementClient.asMap(ManagementClient.asMap(settings).get("attributes"));
    }

    private static @Nullable Object preset(Map<?, ?> settings, String attribute) {
        if (!settings.containsKey(attribute)) {
            throw new ToolFailure("KeyError", "'" + attribute + "'");
        }
        return ManagementClient.asMap(settings.get(attribute)).get("default");
    }

    private static Object orElse(@Nullable Object value, @Nullable Object preset, Object otherwise) {
        if (value != null) {
            return value;
        }
        return preset == null ? otherwise : preset;
    }
}
