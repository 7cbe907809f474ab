// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.mesh;

import java.util.Arrays;

/**
 * Which of the numbered copies of one router have come here already (ADR 0016).
 *
 * <p>A number is that of {@link CopyNumbers}: behind the mark of the router's start it grows by one. The newest
 * {@value #WINDOW} are remembered, in 2 KiB; an older one counts as new, since a copy too many does less harm than a lost one.
 * With another mark everything begins anew. Confined to the core's loop.
 */
final class SeenCopies {

    /** How many numbers, back from the newest, are remembered. */
    static final int WINDOW = 16_384;

    private final long[] seen = new long[WINDOW / Long.SIZE];
    private long newest;

    /** Remembers a number, which is not 0; false when it has been seen. */
    boolean add(long number) {
        long ahead = number - newest;
        if (CopyNumbers.start(number) != CopyNumbers.start(newest) || ahead >= WINDOW) {
            Arrays.fill(seen, 0);
            newest = number;
        } else if (ahead <= -WINDOW) {
            return true;
        }
        while (newest < number) {
            newest++;
            seen[word(newest)] &= ~bit(newest);
        }
        boolean first = (seen[word(number)] & bit(number)) == 0;
        seen[word(number)] |= bit(number);
        return first;
    }

    private static int word(long number) {
        return (int) (number & (WINDOW - 1)) / Long.SIZE;
    }

    private static long bit(long number) {
        return 1L << number;
    }
}
