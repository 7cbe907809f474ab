// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows a QUERY gave, over all its pages, with the columns the first page named. */
final class QueryResult {
    private final Map<String, Integer> columns = new LinkedHashMap<>();
    private final List<Row> rows = new ArrayList<>();

    QueryResult(List<String> columns) {
        for (String column : columns) {
            this.columns.putIfAbsent(column, this.columns.size());
        }
    }

    void add(List<?> cells) {
        rows.add(new Row(cells));
    }

    List<Row> rows() {
        return rows;
    }

    /** One entity: values by attribute name. */
    final class Row {
        private final List<?> cells;

        private Row(List<?> cells) {
            this.cells = cells;
        }

        /** True if the answer has this attribute, even if it is null. */
        boolean has(String attribute) {
            return columns.getOrDefault(attribute, cells.size()) < cells.size();
        }

        /** The value of an attribute the tool cannot do without; may be null. */
        @Nullable
        Object get(String attribute) {
            int column = columns.getOrDefault(attribute, cells.size());
            if (column >= cells.size()) {
                throw new ToolFailure("AttributeError", "");
            }
            return cells.get(column);
        }

        /** The value of an attribute, null where the answer does not have it. */
        @Nullable
        Object find(String attribute) {
            return has(attribute) ? get(attribute) : null;
        }

        /** The number in an attribute the tool counts with. */
        long number(String attribute) {
            if (get(attribute) instanceof Number number) {
                return number.longValue();
            }
            throw new ToolFailure("TypeError", "'" + attribute + "' is " + get(attribute) + ", not a number");
        }

        /** The number in an attribute, null where there is none. */
        @Nullable
        Number findNumber(String attribute) {
            return find(attribute) instanceof Number number ? number : null;
        }

        /** The counter in an attribute with all its digits. */
        BigInteger counter(String attribute) {
            Object value = get(attribute);
            return value instanceof BigInteger big ? big : BigInteger.valueOf(number(attribute));
        }

        /** The value of a flag; anything but true is false. */
        boolean flag(String attribute) {
            return Boolean.TRUE.equals(get(attribute));
        }

        /** All attributes that are not null, in the order of the answer. */
        Map<String, Object> attributes() {
            Map<String, Object> map = new LinkedHashMap<>();
            columns.forEach((name, column) -> {
                Object value = column < cells.size() ? cells.get(column) : null;
                if (value != null) {
                    map.put(name, value);
                }
            });
            return map;
        }
    }
}
