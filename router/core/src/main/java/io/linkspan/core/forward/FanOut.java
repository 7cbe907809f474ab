// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.forward;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.delivery.Destination;
import io.linkspan.core.delivery.Origin;
import io.linkspan.core.link.InboundLink;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The copies of one unsettled delivery, and the one outcome its sender gets. Routing OUT-11 to OUT-14.
 *
 * <p>Some copies decide (see {@code Route}). A single deciding copy passes everything through. Of several, the best of
 * rejected, accepted, modified and released is told once the last has reached an outcome, and settlement once the last
 * has settled; states that are no outcomes are ignored. Copies that do not contribute (OutboundLink.contributes) count
 * only when nobody else does.
 *
 * <p>It is used again by its {@link Forwarder} when every copy is settled; the serial number it gives to the origin
 * tells a late state of the former delivery from one of the present. Confined to the loop.
 */
final class FanOut implements Origin, Destination {

    private static final byte DECIDES = 1;
    private static final byte SILENT = 2;
    private static final byte SETTLED = 4;

    private final Forwarder forwarder;
    private Destination[] to;
    private int[] outKeys;
    private DeliveryState[] states;
    private byte[] kinds;
    private int copies;

    private @Nullable InboundLink origin;
    private int key;
    private int serial;
    private long ingressTick;
    private boolean passesThrough;
    private int deciders;
    private int undecided;
    private int unsettledDeciders;
    private int unsettled;
    private boolean outcomeTold;
    private boolean settledTold;
    private boolean forgotten;
    private boolean takenSilently;
    private boolean firstAcceptedSuffices;
    private @Nullable DeliveryState best;

    FanOut(Forwarder forwarder, int capacity) {
        this.forwarder = forwarder;
        to = new Destination[capacity];
        outKeys = new int[capacity];
        states = new DeliveryState[capacity];
        kinds = new byte[capacity];
    }

    /**
     * Begins without copies. Whoever makes them keeps the fan-out open until {@link #sealed()}.
     *
     * @param decidingCopies how many of the copies to come will decide
     */
    void begin(InboundLink link, int deliveryKey, long tick, int decidingCopies) {
        origin = link;
        key = deliveryKey;
        serial++;
        ingressTick = tick;
        passesThrough = decidingCopies == 1;
        copies = 0;
        deciders = 0;
        undecided = 1;
        unsettledDeciders = 1;
        unsettled = 1;
        outcomeTold = false;
        settledTold = false;
        forgotten = false;
        takenSilently = false;
        firstAcceptedSuffices = link.firstAcceptedSuffices();
        best = null;
    }

    int capacity() {
        return to.length;
    }

    /** The number by which the origin knows the present delivery. */
    int serial() {
        return serial;
    }

    /** A further copy; its key comes back. */
    int add(boolean decides, boolean contributes) {
        if (copies == to.length) {
            int capacity = copies * 2;
            to = Arrays.copyOf(to, capacity);
            outKeys = Arrays.copyOf(outKeys, capacity);
            states = Arrays.copyOf(states, capacity);
            kinds = Arrays.copyOf(kinds, capacity);
        }
        int index = copies++;
        to[index] = this;
        kinds[index] = (byte) ((decides ? DECIDES : 0) | (contributes ? 0 : SILENT));
        unsettled++;
        if (decides) {
            deciders++;
            undecided++;
            unsettledDeciders++;
        }
        return index;
    }

    /** The copy was not taken: its receiver is as though it had not been there. */
    void withdraw(int index) {
        settle(index, null);
        if (is(index, DECIDES)) {
            deciders--;
        }
    }

    /** All copies have been made. */
    void sealed() {
        undecided--;
        unsettledDeciders--;
        tell();
        unsettled--;
        recycle();
    }

    private boolean is(int index, byte kind) {
        return (kinds[index] & kind) != 0;
    }

    @Override
    public void forwarded(int index, Destination destination, int outKey) {
        to[index] = destination;
        outKeys[index] = outKey;
    }

    @Override
    public @Nullable DeliveryState outcome(int index, @Nullable DeliveryState state, boolean settled) {
        boolean terminal = state != null && state.isTerminal();
        DeliveryState last = terminal ? state : states[index];
        if (passesThrough && is(index, DECIDES) && !forgotten) {
            outcomeTold = true;
            settledTold |= settled;
            tellOrigin(state, settled);
        }
        if (settled) {
            settle(index, last);
            tell();
            recycle();
        } else if (terminal && states[index] == null && last != null) {
            states[index] = last;
            if (is(index, DECIDES)) {
                decided(index, last);
                tell();
            }
        }
        return last;
    }

    private void settle(int index, @Nullable DeliveryState last) {
        if (is(index, SETTLED)) {
            throw new IllegalStateException("copy " + index + " of " + copies + " is settled already");
        }
        boolean undecidedYet = states[index] == null;
        kinds[index] |= SETTLED;
        to[index] = this;
        unsettled--;
        if (is(index, DECIDES)) {
            unsettledDeciders--;
            if (undecidedYet) {
                decided(index, last);
            }
        }
    }

    private void decided(int index, @Nullable DeliveryState state) {
        undecided--;
        if (state == null) {
            return;
        }
        if (is(index, SILENT)) {
            takenSilently |= state.code() == DeliveryState.ACCEPTED_CODE;
            return;
        }
        DeliveryState outcome = state;
        if (state.code() == DeliveryState.DECLARED) {
            outcome = DeliveryState.rejected(null);
            if (origin != null) {
                forwarder.declared(origin);
            }
        }
        if (best == null || rank(outcome) > rank(best)) {
            best = outcome;
        }
    }

    /** OUT-11. */
    private int rank(DeliveryState outcome) {
        return switch (outcome.code()) {
            case DeliveryState.REJECTED -> 3;
            case DeliveryState.ACCEPTED_CODE -> firstAcceptedSuffices ? 4 : 2;
            case DeliveryState.MODIFIED -> 1;
            default -> 0;
        };
    }

    private boolean isAccepted() {
        return best != null && best.code() == DeliveryState.ACCEPTED_CODE;
    }

    private void tell() {
        boolean isOpen = undecided > 0 && !(firstAcceptedSuffices && isAccepted());
        if (isOpen || settledTold || forgotten) {
            return;
        }
        boolean settled = unsettledDeciders == 0;
        if (outcomeTold) {
            if (settled) {
                settledTold = true;
                tellOrigin(null, true);
            }
            return;
        }
        DeliveryState outcome = best;
        if (outcome == null && takenSilently) {
            outcome = DeliveryState.ACCEPTED;
        } else if (outcome == null && deciders == 0) {
            outcome = DeliveryState.RELEASED;
        }
        if (settled || outcome != null) {
            outcomeTold = true;
            settledTold = settled;
            tellOrigin(outcome, settled);
        }
    }

    private void tellOrigin(@Nullable DeliveryState state, boolean settled) {
        if (origin == null) {
            throw new IllegalStateException("a fan-out without a delivery");
        }
        origin.outcome(key, state, settled);
    }

    private void recycle() {
        if (unsettled == 0 && !forgotten) {
            Arrays.fill(states, 0, copies, null);
            Arrays.fill(to, 0, copies, this);
            copies = 0;
            origin = null;
            best = null;
            forwarder.recycle(this);
        }
    }

    @Override
    public void handedOver(int index) {
        throw new IllegalStateException("copies of settled deliveries have no fan-out");
    }

    @Override
    public long ingressTick(int index) {
        return ingressTick;
    }

    @Override
    public boolean isWaiting(int forSerial) {
        boolean waiting = false;
        for (int i = 0; i < copies && forSerial == serial && !waiting; i++) {
            waiting = !is(i, SETTLED) && to[i] != this && to[i].isWaiting(outKeys[i]);
        }
        return waiting;
    }

    /** The sender's state goes to every copy that is not settled (OUT-06, OUT-13). */
    @Override
    public void originState(int forSerial, @Nullable DeliveryState state, boolean settled, long tick) {
        if (forSerial != serial || forgotten) {
            return;
        }
        // Not used again from here on, since queued copies may still name it as their origin.
        forgotten = settled;
        for (int i = 0; i < copies; i++) {
            if (!is(i, SETTLED) && to[i] != this) {
                to[i].originState(outKeys[i], states[i] != null ? states[i] : state, settled, tick);
            }
        }
    }
}
