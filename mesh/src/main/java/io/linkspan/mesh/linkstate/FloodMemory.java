// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.linkstate;

/**
 * The last message to all that one router sent and we passed on, of one kind. Only the first copy of a message is passed
 * on, which bounds a flood to two copies on each connection; the trace alone would let it walk every simple path of a mesh.
 * The numbers of a router only grow, so a pair of them tells messages apart; a repetition after a while is a new one.
 */
public final class FloodMemory {

    private long first = Long.MIN_VALUE;
    private long second = Long.MIN_VALUE;
    private long time;

    /**
     * Whether a message is to be passed on; remembers it if so.
     *
     * @param newFirst its first number
     * @param newSecond its second number
     * @param now time of the node's clock
     * @param memoryNs how long copies of one message may be under way
     */
    public boolean isFirstCopy(long newFirst, long newSecond, long now, long memoryNs) {
        boolean newer = (newFirst > first && newSecond >= second) || (newFirst >= first && newSecond > second);
        if (!newer && now - time <= memoryNs && first != Long.MIN_VALUE) {
            return false;
        }
        first = newFirst;
        second = newSecond;
        time = now;
        return true;
    }

    /** The router restarted: its numbers begin again. */
    public void forget() {
        first = Long.MIN_VALUE;
        second = Long.MIN_VALUE;
    }
}
