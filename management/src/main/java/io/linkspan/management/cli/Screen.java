// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * What a {@link View} works with: the node it asks, where it prints, and how the user wants it.
 *
 * @param limit most rows, {@link ManagementClient#UNLIMITED} for all
 * @param limitGiven true if the user named a limit
 * @param headed true if time and router id go before the view's first table
 */
record Screen(
        ManagementClient client,
        PrintWriter out,
        Clock clock,
        Table.Layout layout,
        boolean verbose,
        int limit,
        boolean limitGiven,
        boolean headed) {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS 'UTC'", Locale.ROOT);

    /** The screen of another node, whose router the caller has named already. */
    Screen of(ManagementClient other) {
        return new Screen(other, out, clock, layout, verbose, limit, limitGiven, false);
    }

    /** Prints the time, the id of the router (which is asked for it) and an empty line, unless that has been done. */
    void heading() {
        if (headed) {
            time();
            line(String.valueOf(routerId()));
            line("");
        }
    }

    /** Prints the time of the run. */
    void time() {
        line(TIME.format(ZonedDateTime.ofInstant(clock.instant(), ZoneOffset.UTC)));
    }

    private Object routerId() {
        QueryResult router = query("router", List.of());
        if (router.rows().isEmpty()) {
            throw new ToolFailure("IndexError", "the node has no router entity");
        }
        return PythonText.str(router.rows().get(0).get("id"));
    }

    /** All entities of a type given without the prefix. */
    QueryResult query(String type, List<String> attributeNames) {
        return client.query(ManagementClient.PREFIX + type, attributeNames, ManagementClient.UNLIMITED);
    }

    /** The entities of a type, as many as the user wants. */
    QueryResult limitedQuery(String type, List<String> attributeNames) {
        return client.query(ManagementClient.PREFIX + type, attributeNames, limit);
    }

    void print(Table table) {
        table.print(out, layout);
    }

    void line(String text) {
        out.print(text + "\n");
    }
}
