// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.rows;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The live entities of one management type. Values are plain: null, Boolean, String, Integer, Long, List and Map of
 * these; a counter is never null. Read on the core's loop; nothing is kept.
 */
public interface RowTable {

    /** The short name of the entity type, such as {@code router.link}. */
    String type();

    /** The names of the values of a row, in order; the column {@code type} is the reader's. */
    List<String> columns();

    /** Moves with every change of which rows there are. */
    long generation();

    /** Gives the rows, oldest first, without the first {@code skip}. */
    void read(long skip, Reader reader);

    /** Takes rows. */
    @FunctionalInterface
    interface Reader {
        /** One row, fresh; false ends the reading. */
        boolean row(@Nullable Object[] values);
    }
}
