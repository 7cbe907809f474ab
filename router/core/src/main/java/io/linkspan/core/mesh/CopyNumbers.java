// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.mesh;

/**
 * The numbers that this router gives to messages for many that it sends into the network (ADR 0016).
 *
 * <p>20 bits say when the router started, so that after a restart none comes again; below them 44 bits count, from 1.
 * Confined to the core's loop.
 */
final class CopyNumbers {

    private static final int COUNTER_BITS = 44;

    private final long start;
    private long count;

    /** The numbers of a router that started in this second since 1970. */
    CopyNumbers(long startSeconds) {
        start = startSeconds << COUNTER_BITS;
    }

    /** The next number, never 0. */
    long next() {
        count++;
        return start | count;
    }

    /** The part of a number that says when its router started. */
    static long start(long number) {
        return number >>> COUNTER_BITS;
    }
}
