// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link View} works with: the node it asks, where it prints, and how the user wants it.
 *
 * @param limit most rows, {@link ManagementClient#UNLIMITED} for all
 * @param limitGiven true if the user named a limit
 * @param presentation how tables are shown
 * @param headed true if time and router id go before the view's first table
 * @param router name of the router asked; null where the node itself has to be asked for it
 */
record Screen(
        ManagementClient client,
        PrintWriter out,
        Clock clock,
        Presentation presentation,
        boolean verbose,
        int limit,
        boolean limitGiven,
        boolean headed,
        @Nullable String router) {

    /**
     * The screen of another node, whose router the caller has named already.
     *
     * @param name of that router
     */
    Screen of(ManagementClient other, @Nullable String name) {
        return new Screen(other, out, clock, presentation, verbose, limit, limitGiven, false, name);
    }

    /** Prints the time, the id of the router (which is asked for it) and an empty line, unless that has been done. */
    void heading() {
        if (headed && !presentation.isJson()) {
            time();
            line(routerId());
            line("");
        }
    }

    /** Prints the time of the run. */
    void time() {
        LocalDateTime now = LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
        line(now.toLocalDate() + " " + Units.padded(now.getHour(), 2) + ":" + Units.padded(now.getMinute(), 2) + ":"
                + Units.padded(now.getSecond(), 2) + "." + Units.padded(now.getNano() / 1000, 6) + " UTC");
    }

    private String routerId() {
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
        presentation.print(table, presentation.isJson() && router == null ? routerId() : router, out);
    }

    void line(String text) {
        if (!presentation.isJson()) {
            out.print(text + "\n");
        }
    }
}
