// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A title, a header and rows of text, printed in the layout of the original tools or as CSV. Confined to its caller.
 */
final class Table {
    /** How a table is printed. */
    enum Layout {
        /** Aligned columns, two blanks apart. */
        CLASSIC,
        /** As CLASSIC, in colours: for people before a screen. */
        COLOURS,
        /** Comma separated, every cell that is not empty in double quotes. */
        CSV,
        /** Maps of values, see {@link Presentation}. */
        JSON
    }

    private static final String BOLD = "\u001b[1m";
    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";

    /** Columns in which anything but 0 is worth a look. */
    private static final Set<String> TROUBLE = Set.of("stuck", "rej", "psdrop", "lastErr");

    private static final String MARGIN = "  ";
    private static final int GAP_CHARS = 2;
    private static final Comparator<String> BY_CODE_POINT =
            (a, b) -> Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());

    private final String title;
    private final List<String> header;
    private final List<Row> rows = new ArrayList<>();

    private record Row(List<? extends @Nullable Object> values, List<@Nullable String> texts) {
        String text(int column) {
            return Table.text(texts.get(column));
        }
    }

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
        List<@Nullable String> texts = new ArrayList<>(cells.size());
        for (Object cell : cells) {
            texts.add(cell == null ? null : PythonText.str(cell));
        }
        rows.add(new Row(Collections.unmodifiableList(new ArrayList<>(cells)), texts));
        return this;
    }

    String title() {
        return title;
    }

    List<String> header() {
        return header;
    }

    /** A table of those rows that a filter admits. */
    Table filtered(RowFilter filter) {
        int at = header.indexOf(filter.column());
        Table kept = new Table(title, header);
        for (Row row : rows) {
            if (filter.admits(row.values().get(at), row.text(at))) {
                kept.rows.add(row);
            }
        }
        return kept;
    }

    /** A table of the same rows in another order; rows that are equal in it keep theirs. */
    Table ordered(RowOrder order) {
        int at = header.indexOf(order.column());
        Table sorted = new Table(title, header);
        sorted.rows.addAll(rows);
        sorted.rows.sort(Comparator.comparing(row -> row.values().get(at), order.comparator()));
        return sorted;
    }

    /** The rows as maps from column to value. */
    List<Map<String, @Nullable Object>> maps() {
        List<Map<String, @Nullable Object>> maps = new ArrayList<>();
        for (Row row : rows) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            for (int i = 0; i < header.size(); i++) {
                map.put(header.get(i), row.values().get(i));
            }
            maps.add(map);
        }
        return maps;
    }

    /**
     * Sorts the rows by one column, in the order of code points; rows that are equal there keep their order.
     *
     * @throws ToolFailure if one of several rows has nothing in that column
     */
    Table sortedBy(String column) {
        int at = header.indexOf(column);
        if (rows.size() > 1 && rows.stream().anyMatch(row -> row.texts().get(at) == null)) {
            throw new ToolFailure("TypeError", "'<' not supported between instances of 'NoneType' and 'str'");
        }
        rows.sort(Comparator.comparing(row -> row.text(at), BY_CODE_POINT));
        return this;
    }

    /** Prints the table; one without rows is its title alone. */
    void print(PrintWriter out, Layout layout) {
        boolean colours = layout == Layout.COLOURS;
        out.print(colours ? BOLD + title + PLAIN + "\n" : title + "\n");
        if (rows.isEmpty()) {
            return;
        }
        if (layout == Layout.CSV) {
            printCsv(out);
        } else {
            printAligned(out, colours);
        }
    }

    private void printCsv(PrintWriter out) {
        out.print(csv(header));
        rows.forEach(row -> out.print(csv(row.texts())));
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

    private void printAligned(PrintWriter out, boolean colours) {
        int[] widths = new int[header.size()];
        for (int i = 0; i < widths.length; i++) {
            int longest = width(header.get(i));
            for (Row row : rows) {
                longest = Math.max(longest, width(row.text(i)));
            }
            widths[i] = longest + GAP_CHARS;
        }
        out.print(aligned(header, widths, colours ? BOLD : ""));
        out.print(MARGIN + "=".repeat(Arrays.stream(widths).sum()) + "\n");
        rows.forEach(row -> out.print(aligned(row.texts(), widths, colours ? RED : "")));
    }

    /** One line; the header is wholly in its colour, of other lines the cells that tell of trouble. */
    private String aligned(List<? extends @Nullable String> cells, int[] widths, String colour) {
        StringBuilder line = new StringBuilder(MARGIN);
        for (int i = 0; i < widths.length; i++) {
            String cell = text(cells.get(i));
            boolean coloured = !colour.isEmpty() && (colour.equals(BOLD) || isTrouble(header.get(i), cell));
            line.append(coloured ? colour + cell + PLAIN : cell);
            if (i < widths.length - 1) {
                line.append(" ".repeat(widths[i] - width(cell)));
            }
        }
        return line.append('\n').toString();
    }

    private static boolean isTrouble(String column, String cell) {
        return switch (column) {
            case "blkd" -> !cell.equals("-");
            case "status", "oper" -> cell.equals("failed") || cell.equals("down");
            default -> TROUBLE.contains(column) && !cell.isEmpty() && !cell.equals("0");
        };
    }

    private static String text(@Nullable String cell) {
        return cell == null ? "" : cell;
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
