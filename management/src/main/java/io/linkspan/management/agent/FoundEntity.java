// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An entity that was looked for and found: a copy of its row. */
final class FoundEntity {
    private final EntityTable table;
    private final @Nullable Object[] row;

    private FoundEntity(EntityTable table, @Nullable Object[] row) {
        this.table = table;
        this.row = row;
    }

    /** The first entity of the tables whose attribute has that text; null if there is none. */
    static @Nullable FoundEntity by(String attribute, String text, List<EntityTable> tables) {
        Search search = new Search();
        for (EntityTable table : tables) {
            table.read(0, row -> {
                if (text.equals(table.text(row, attribute))) {
                    search.found = new FoundEntity(table, row.clone());
                }
                return search.found == null;
            });
            if (search.found != null) {
                return search.found;
            }
        }
        return null;
    }

    private static final class Search {
        private @Nullable FoundEntity found;
    }

    EntityTable table() {
        return table;
    }

    /** All its attributes, see {@link EntityTable#map}. */
    Map<String, @Nullable Object> map() {
        return table.map(row);
    }

    @Nullable
    String text(String attribute) {
        return table.text(row, attribute);
    }
}
