// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.link;

import java.util.Arrays;

/**
 * How old the unfinished deliveries of one link are, by the router's ticks (seconds), without a clock and without an
 * object per delivery.
 *
 * <p>Counts of unfinished deliveries are kept per tick of their arrival for the last ten ticks, and one count for all
 * older ones. An inbound link's keys are serial numbers, so the tick of a key follows from the last key that was seen
 * before each tick began. Everything is brought forward lazily. Confined to the loop.
 */
final class DeliveryAges {

    /** A delivery older than this many ticks is old: stuck when it is not finished. */
    static final int OLD_TICKS = 10;

    /** The window of the settlement rate in ticks (routing CNT-06). */
    static final int RATE_TICKS = 5;

    /** Ticks whose deliveries are counted apart: the present one and ten before it. */
    private static final int WINDOW = OLD_TICKS + 1;

    /** A power of two that is not below the window, since this is asked several times per delivery. */
    private static final int SLOTS = 16;

    private final int[] open = new int[SLOTS];
    private final int[] lastKeyBefore = new int[SLOTS];
    private final int[] finished = new int[SLOTS];
    private long now;
    private int old;
    private int lastKey;
    private int stuck;

    /** Ages of a link whose next key will be greater than {@code keyBefore}. */
    DeliveryAges(long tick, int keyBefore) {
        now = tick;
        lastKey = keyBefore;
        Arrays.fill(lastKeyBefore, keyBefore);
    }

    private static int slot(long tick) {
        return (int) tick & (SLOTS - 1);
    }

    private void forward(long tick) {
        if (tick - now > WINDOW) {
            for (int i = 0; i < SLOTS; i++) {
                old += open[i];
            }
            Arrays.fill(open, 0);
            Arrays.fill(lastKeyBefore, lastKey);
            Arrays.fill(finished, 0);
            now = tick;
            return;
        }
        while (now < tick) {
            now++;
            int expired = slot(now - WINDOW);
            old += open[expired];
            open[expired] = 0;
            lastKeyBefore[slot(now)] = lastKey;
            finished[slot(now)] = 0;
        }
    }

    /** A delivery with the next serial number came in. */
    void opened(long tick, int key) {
        if (now != tick) {
            forward(tick);
        }
        lastKey = key;
        open[slot(tick)]++;
    }

    /** A delivery that came into the router at {@code ingressTick}, 0 for an old one. */
    void openedAt(long tick, long ingressTick) {
        if (now != tick) {
            forward(tick);
        }
        if (isOld(ingressTick)) {
            old++;
        } else {
            open[slot(ingressTick)]++;
        }
    }

    private boolean isOld(long ingressTick) {
        return ingressTick == 0 || now - ingressTick > OLD_TICKS;
    }

    /** The tick a key came in at, 0 if that is more than ten ticks ago. */
    long tickOf(long tick, int key) {
        if (now != tick) {
            forward(tick);
        }
        for (long t = now; t > now - WINDOW && t > 0; t--) {
            if (key - lastKeyBefore[slot(t)] > 0) {
                return t;
            }
        }
        return 0;
    }

    /** A delivery of that arrival tick is finished. */
    void closed(long tick, long ingressTick, boolean countsForRate) {
        if (now != tick) {
            forward(tick);
        }
        if (isOld(ingressTick)) {
            old--;
            stuck = Math.min(stuck, old);
        } else {
            open[slot(ingressTick)]--;
        }
        if (countsForRate) {
            finished[slot(now)]++;
        }
    }

    /** A settled delivery passed: it was never open. */
    void passed(long tick) {
        if (now != tick) {
            forward(tick);
        }
        finished[slot(now)]++;
    }

    /** The scan for stuck deliveries (routing CNT-04); {@code excused} old ones are still streaming. */
    int scanStuck(long tick, int excused) {
        forward(tick);
        stuck = Math.max(old - excused, 0);
        return stuck;
    }

    /** Deliveries found stuck by the last scan and not finished since. */
    int stuck() {
        return stuck;
    }

    /** Finished deliveries per tick over the last five. */
    int settleRate(long tick) {
        forward(tick);
        int sum = 0;
        for (int i = 0; i < RATE_TICKS; i++) {
            sum += finished[slot(now - i)];
        }
        return sum / RATE_TICKS;
    }

    /** Unfinished deliveries. */
    int openCount() {
        int sum = old;
        for (int count : open) {
            sum += count;
        }
        return sum;
    }
}
