// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A title, a header and rows of text, printed in the layout of the original tools or as CSV. Confined to its caller.
 */
final class Table {
    /** How a table is printed. */
    enum Layout {
        /** Aligned columns, two blanks apart. */
        CLASSIC,
        /** Comma separated, every cell that is not empty in double quotes. */
        CSV
    }

    private static final String MARGIN = "  ";
    private static final int GAP_CHARS = 2;
    private static final Comparator<String> BY_CODE_POINT =
            (a, b) -> Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());

    private final String title;
    private final List<String> header;
    private final List<List<@Nullable String>> rows = new ArrayList<>();

    Table(String title, List<String> header) {
        this.title = title;
        this.header = List.copyOf(header);
    }

    /** Appends a row; cells are written as {@link PythonText#str} does, null is an empty cell. */
    Table row(@Nullable Object... cells) {
        return row(Arrays.asList(cells));
    }

    /** Appends a row. */
    Table row(List<? extends @Nullable Object> cells) {
        if (cells.size() != header.size()) {
            throw new IllegalStateException(cells.size() + " cells for " + header.size() + " columns of " + title);
        }
        List<@Nullable String> row = new ArrayList<>(cells.size());
        for (Object cell : cells) {
            row.add(cell == null ? null : PythonText.str(cell));
        }
        rows.add(row);
        return this;
    }

    /**
     * Sorts the rows by one column, in the order of code points; rows that are equal there keep their order.
     *
     * @throws ToolFailure if one of several rows has nothing in that column
     */
    Table sortedBy(String column) {
        int at = header.indexOf(column);
        if (rows.size() > 1 && rows.stream().anyMatch(row -> row.get(at) == null)) {
            throw new ToolFailure("TypeError", "'<' not supported between instances of 'NoneType' and 'str'");
        }
        rows.sort(Comparator.comparing(row -> text(row.get(at)), BY_CODE_POINT));
        return this;
    }

    /** Prints the table; one without rows is its title alone. */
    void print(PrintWriter out, Layout layout) {
        out.print(title + "\n");
        if (rows.isEmpty()) {
            return;
        }
        if (layout == Layout.CSV) {
            printCsv(out);
        } else {
            printAligned(out);
        }
    }

    private void printCsv(PrintWriter out) {
        out.print(csv(header));
        rows.forEach(row -> out.print(csv(row)));
    }

    private static String csv(List<? extends @Nullable String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String cell = text(cells.get(i));
            line.append(i == 0 ? "" : ",");
            line.append(cell.isEmpty() ? "" : '"' + cell.replace("\"", "\"\"") + '"');
        }
        return line.append('\n').toString();
    }

    private void printAligned(PrintWriter out) {
        int[] widths = new int[header.size()];
        for (int i = 0; i < widths.length; i++) {
            int longest = width(header.get(i));
            for (List<@Nullable String> row : rows) {
                longest = Math.max(longest, width(text(row.get(i))));
            }
            widths[i] = longest + GAP_CHARS;
        }
        out.print(aligned(header, widths));
        out.print(MARGIN + "=".repeat(Arrays.stream(widths).sum()) + "\n");
        rows.forEach(row -> out.print(aligned(row, widths)));
    }

    private static String aligned(List<? extends @Nullable String> cells, int[] widths) {
        StringBuilder line = new StringBuilder(MARGIN);
        for (int i = 0; i < widths.length; i++) {
            String cell = text(cells.get(i));
            line.append(cell);
            if (i < widths.length - 1) {
                line.append(" ".repeat(widths[i] - width(cell)));
            }
        }
        return line.append('\n').toString();
    }

    private static String text(@Nullable String cell) {
        return cell == null ? "" : cell;
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
