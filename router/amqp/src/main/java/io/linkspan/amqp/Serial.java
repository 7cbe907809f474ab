// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

/**
 * Serial numbers of 32 bits: delivery-id, transfer-id, delivery-count. AMQP 1.0 part 2, 2.8.10 (RFC 1982). They wrap, so
 * they are compared by distance; numbers 2^31 or more apart have no order.
 */
final class Serial {
    private Serial() {}

    /** How far {@code to} is ahead of {@code from}; negative when it is behind. */
    static int distance(int from, int to) {
        return to - from;
    }

    /** True when {@code number} comes before {@code other}. */
    static boolean before(int number, int other) {
        return number - other < 0;
    }

    /**
     * What is left of a grant that was made when the peer had seen {@code seen}, now that we are at {@code now}: credit
     * and windows alike. Never negative, at most 2^31-1.
     *
     * @param grant unsigned 32 bits
     */
    static int left(int grant, int seen, int now) {
        long left = (grant & 0xffff_ffffL) - distance(seen, now);
        return (int) Math.max(0, Math.min(Integer.MAX_VALUE, left));
    }
}
