// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.time.Duration;

/** The time between two rounds of {@code --watch}. */
@FunctionalInterface
public interface Pause {
    /** One round is all there is. */
    Pause NONE = time -> false;

    /**
     * Waits.
     *
     * @return whether there is to be another round
     */
    boolean between(Duration time);
}
