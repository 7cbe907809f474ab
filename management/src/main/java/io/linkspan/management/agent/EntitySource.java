// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.core.connection.Connection;
import io.linkspan.core.rows.RowTable;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The entities of one type, made into rows when management asks. Confined to the loop that owns what it reads; the agent
 * calls it on that loop and keeps nothing.
 *
 * <p>Values are plain: null, Boolean, String, Long or Integer, Double, List and Map of these. The agent turns them into
 * the AMQP types of the schema, fills in {@code type}, masks what is hidden, and answers null for attributes that a
 * source does not have (0 for a counter).
 */
public interface EntitySource {
    /** Name of the entity type, long or short. */
    String type();

    /** Names of the values of a row, in their order; {@code name} and {@code identity} have to be among them. */
    List<String> attributes();

    /**
     * Gives the rows in a steady order.
     *
     * @param skip how many rows to leave out at the beginning
     * @param reader takes the rows one by one and says when it has enough
     */
    void read(long skip, RowReader reader);

    /**
     * The source as a connection sees it, for types whose entities belong to one connection and are seen by it alone.
     *
     * @param asker the connection, or null for requests that came in otherwise
     */
    default EntitySource seenBy(@Nullable Connection asker) {
        return this;
    }

    /** Takes rows. */
    @FunctionalInterface
    interface RowReader {
        /**
         * Takes a row, whose values are in the order of {@link #attributes()}; the array may be used again.
         *
         * @return whether it wants another
         */
        boolean row(@Nullable Object[] values);
    }

    /** The entities of a table of the core. */
    static EntitySource of(RowTable table) {
        return new EntitySource() {
            @Override
            public String type() {
                return table.type();
            }

            @Override
            public List<String> attributes() {
                return table.columns();
            }

            @Override
            public void read(long skip, RowReader reader) {
                table.read(skip, reader::row);
            }
        };
    }

    /** A source whose rows are made all at once, for types that have few. */
    static EntitySource of(String type, List<String> attributes, Supplier<List<@Nullable Object[]>> rows) {
        List<String> names = List.copyOf(attributes);
        return new EntitySource() {
            @Override
            public String type() {
                return type;
            }

            @Override
            public List<String> attributes() {
                return names;
            }

            @Override
            public void read(long skip, RowReader reader) {
                List<@Nullable Object[]> all = rows.get();
                for (long i = skip; i < all.size(); i++) {
                    if (!reader.row(all.get((int) i))) {
                        return;
                    }
                }
            }
        };
    }
}
