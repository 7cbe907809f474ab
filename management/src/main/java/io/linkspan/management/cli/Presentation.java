// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import io.linkspan.management.json.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the tables of one run are shown: which rows, in what order, and as what. JSON is one document, a list with a map
 * for each table: {@code router}, {@code table} (its title), {@code rows}. Confined to its run.
 */
final class Presentation {
    private static final int JSON_INDENT = 2;

    private final Table.Layout layout;
    private final List<RowFilter> filters;
    private final @Nullable RowOrder order;
    private final List<Map<String, @Nullable Object>> document = new ArrayList<>();
    private final Set<String> columns = new LinkedHashSet<>();

    Presentation(Table.Layout layout, List<RowFilter> filters, @Nullable RowOrder order) {
        this.layout = layout;
        this.filters = List.copyOf(filters);
        this.order = order;
    }

    /** As the original shows them. */
    static Presentation of(Table.Layout layout) {
        return new Presentation(layout, List.of(), null);
    }

    boolean isJson() {
        return layout == Table.Layout.JSON;
    }

    void print(Table table, @Nullable String router, PrintWriter out) {
        columns.addAll(table.header());
        Table shown = table;
        for (RowFilter filter : filters) {
            shown = table.header().contains(filter.column()) ? shown.filtered(filter) : shown;
        }
        if (order != null && table.header().contains(order.column())) {
            shown = shown.ordered(order);
        }
        if (isJson()) {
            Map<String, @Nullable Object> part = new LinkedHashMap<>();
            part.put("router", router);
            part.put("table", table.title());
            part.put("rows", shown.maps());
            document.add(part);
        } else {
            shown.print(out, layout);
        }
    }

    /**
     * Ends the run.
     *
     * @throws ToolFailure if no table had a column that was to be filtered or sorted by
     */
    void finish(PrintWriter out) {
        List<String> asked = new ArrayList<>();
        filters.forEach(filter -> asked.add(filter.column()));
        if (order != null) {
            asked.add(order.column());
        }
        for (String column : asked) {
            if (!columns.isEmpty() && !columns.contains(column)) {
                throw new ToolFailure(
                        "ValueError",
                        "no table has a column '" + column + "'; there are " + String.join(", ", columns));
            }
        }
        if (isJson()) {
            out.print(Json.write(document, JSON_INDENT) + "\n");
        }
    }
}
