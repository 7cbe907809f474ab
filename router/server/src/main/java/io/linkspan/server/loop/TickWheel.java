// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.loop;

import org.jspecify.annotations.Nullable;

/**
 * The deadlines of everything on one loop, in slots of {@link #GRANULARITY_NS}.
 *
 * <p>Arming, cancelling and firing cost the same for ten thousand idle connections as for one. A timer fires never
 * before its deadline and at most one granularity after it, as far as {@link #advance} is called in time. Pure: time is
 * a parameter (monotonic nanoseconds, as of {@code System.nanoTime}). Confined to one loop.
 */
public final class TickWheel {
    /** Width of a slot: 100 ms. Time-outs of connections are seconds; nothing that is timed here needs to be finer. */
    public static final long GRANULARITY_NS = 100_000_000L;

    /** Slots of the wheel. One turn is 51.2 s; a later deadline stays in its slot for more than one turn. */
    static final int SLOTS = 512;

    private final @Nullable Timer[] slots = new Timer[SLOTS];
    private final long originNs;
    /** Index of the last slot that was fired, counted from the origin and never wrapped. */
    private long position;

    private int armed;

    public TickWheel(long nowNs) {
        originNs = nowNs;
    }

    /** What a timer calls. */
    @FunctionalInterface
    public interface Due {
        void due(long nowNs);
    }

    /** One deadline that can be armed again and again. Belongs to the wheel that made it. */
    public final class Timer {
        private final Due target;
        private @Nullable Timer previous;
        private @Nullable Timer next;
        private long index;
        private boolean linked;

        private Timer(Due target) {
            this.target = target;
        }

        /**
         * Fires at that time, whatever was armed before. A time in the past means the next slot.
         *
         * @return when {@link #advance} has to be called for it
         */
        public long arm(long deadlineNs) {
            cancel();
            index = Math.max(position + 1, indexAfter(deadlineNs));
            link(this);
            return originNs + index * GRANULARITY_NS;
        }

        /** Does not fire. */
        public void cancel() {
            if (linked) {
                unlink(this);
            }
        }

        public boolean armed() {
            return linked;
        }
    }

    /** A timer of this wheel, not armed yet. */
    public Timer timer(Due target) {
        return new Timer(target);
    }

    /** Timers that are armed. */
    public int armedCount() {
        return armed;
    }

    /** Fires everything whose deadline has come. A timer may be armed or cancelled from inside a call. */
    public void advance(long nowNs) {
        long last = Math.floorDiv(nowNs - originNs, GRANULARITY_NS);
        // After a pause of more than one turn every slot is visited once.
        long from = Math.max(position + 1, last - SLOTS + 1);
        for (long index = from; index <= last && armed > 0; index++) {
            position = index;
            fireSlot((int) (index & (SLOTS - 1)), last, nowNs);
        }
        position = Math.max(position, last);
    }

    /** When {@link #advance} has something to do next; meaningful only while {@link #armedCount} is above 0. */
    public long nextNs() {
        for (long index = position + 1; index <= position + SLOTS; index++) {
            if (slots[(int) (index & (SLOTS - 1))] != null) {
                return originNs + index * GRANULARITY_NS;
            }
        }
        return originNs + (position + SLOTS) * GRANULARITY_NS;
    }

    private void fireSlot(int slot, long last, long nowNs) {
        // A call may arm, cancel or fire others of this slot, so the walk starts again at the head after each call.
        Timer timer = slots[slot];
        while (timer != null) {
            if (timer.index <= last) {
                unlink(timer);
                timer.target.due(nowNs);
                timer = slots[slot];
            } else {
                timer = timer.next;
            }
        }
    }

    /** First slot that begins at or after the deadline. */
    private long indexAfter(long deadlineNs) {
        return -Math.floorDiv(originNs - deadlineNs, GRANULARITY_NS);
    }

    private void link(Timer timer) {
        int slot = (int) (timer.index & (SLOTS - 1));
        Timer head = slots[slot];
        timer.previous = null;
        timer.next = head;
        if (head != null) {
            head.previous = timer;
        }
        slots[slot] = timer;
        timer.linked = true;
        armed++;
    }

    private void unlink(Timer timer) {
        Timer previous = timer.previous;
        Timer next = timer.next;
        if (previous == null) {
            slots[(int) (timer.index & (SLOTS - 1))] = next;
        } else {
            previous.next = next;
        }
        if (next != null) {
            next.previous = previous;
        }
        timer.previous = null;
        timer.next = null;
        timer.linked = false;
        armed--;
    }
}
