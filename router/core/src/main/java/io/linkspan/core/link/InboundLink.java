// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.link;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.Address;
import io.linkspan.core.address.Route;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.Destination;
import io.linkspan.core.delivery.MessageStream;
import io.linkspan.core.delivery.Origin;
import io.linkspan.core.delivery.ToAnnotation;
import io.linkspan.core.message.RouterAnnotations;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import org.jspecify.annotations.Nullable;

/**
 * Messages come in. An adaptor extends it; {@code RouterCore.producer} makes it known.
 *
 * <p>The keys of deliveries are serial numbers of the adaptor's: each greater than the one before, gaps allowed, compared
 * with wrap-around. Credit follows routing CRD-02 to CRD-10: the core says how much more the peer may send, deliveries
 * take it, settlement gives it back one by one. {@link #credit} may be negative when a peer sends more than it may; one
 * window more is tolerated, then the link is detached (CRD-13).
 *
 * <p>Confined to the loop of its connection.
 */
public abstract non-sealed class InboundLink extends Link implements Origin, MessageStream.Source {

    private @Nullable Route route;
    private @Nullable Address address;
    private int addressSlot = -1;
    private int credit;
    private int owed;
    private boolean draining;
    private boolean resendsReleased;
    private final boolean ofEdge;
    private boolean overrun;
    private int unsettled;
    private int surplusHandOvers;
    private @Nullable MessageStream stream;
    private int streamKey;
    private boolean streamSettled;
    private boolean outcomeWaits;
    private @Nullable DeliveryState waitingState;
    private boolean waitingSettled;
    private @Nullable IntObjectMap<DeliveryState> reported;

    protected InboundLink(Connection connection, String name) {
        super(connection, name);
        ofEdge = connection.role() == ConnectionRole.EDGE;
    }

    // ---- implemented by the adaptor ----------------------------------------------------------------------------

    /** The peer may send this many more; any drain is over. Zero only ends a drain. */
    protected abstract void issueCredit(int more);

    /** Ask the peer to use up or give back its credit; answered with {@link #drained()}. */
    protected abstract void drain();

    /** The outcome of a delivery, to be told to the peer. After a settled one the key is forgotten. */
    protected abstract void onOutcome(int key, @Nullable DeliveryState state, boolean settled);

    /**
     * Where an unsettled delivery is now: the peer's own states about it go to {@link #senderState} with these. Called
     * again when the delivery moves on.
     */
    protected abstract void onForwarded(int key, Destination to, int outKey);

    /** End the link; the adaptor answers with {@link #lost()} as it does for any end. */
    protected abstract void detach(AmqpError error);

    /**
     * Whether the first receiver that accepts one of several copies decides the outcome, not all receivers together
     * (routing OUT-11). A rejection that comes later is not told then.
     */
    public boolean firstAcceptedSuffices() {
        return false;
    }

    /**
     * What router annotations say about the destination of a delivery on this link: by default the address of the route;
     * null leaves it to the message.
     */
    protected @Nullable ToAnnotation annotation(Route to) {
        return to.annotation();
    }

    /** The router keys of the delivery that comes in now, if its content has any (routing ANN-01). */
    public RouterAnnotations routerKeys() {
        throw new IllegalStateException("messages of this kind of link have no router keys");
    }

    /** Whether what this link sends must not go to a fallback destination (routing FBK-02, FBK-03). */
    public boolean isFallback() {
        return false;
    }

    /** Whether somebody would get what this link sends to a route; what comes from a fallback does not go there. */
    public final boolean reaches(Route to) {
        return isFallback() ? to.isReachableItself() : to.isReachable();
    }

    /** Stop or go on reading the message that is streaming in (routing STR-02). */
    @Override
    public abstract void holdStream(boolean hold);

    // ---- called by the adaptor ---------------------------------------------------------------------------------

    /** A delivery on a link with a target. */
    public final void deliver(Content content, int key, boolean settled) {
        Route to = route;
        if (to == null) {
            throw new IllegalStateException("link " + identity + " has no target");
        }
        deliverTo(to, content, key, settled);
    }

    /**
     * A delivery to a route of {@code RouterCore}.
     *
     * @param content borrowed; the core holds what must wait. A {@link MessageStream} that is not complete stays with
     *     the adaptor, which goes on appending; the link's next delivery comes after its end
     */
    public final void deliverTo(Route to, Content content, int key, boolean settled) {
        if (stream != null) {
            throw new IllegalStateException("delivery " + key + " begins before " + streamKey + " has ended");
        }
        if (!take(key, settled)) {
            return;
        }
        if (!content.complete()) {
            if (!(content instanceof MessageStream incoming)) {
                throw new IllegalStateException("incomplete content is a MessageStream");
            }
            stream = incoming;
            streamKey = key;
            streamSettled = settled;
            incoming.deliveredBy(this);
        }
        content.annotatedTo(annotation(to));
        connection.core().forwarder().forward(this, to, content, key, settled);
        creditForwarded();
    }

    /**
     * Whether credit comes back as soon as a delivery is forwarded or dropped, and not with its outcome: so it is on links
     * that many senders share, and on all links of an edge connection (routing CRD-05).
     */
    protected boolean creditsOnForward() {
        return ofEdge;
    }

    @Override
    public final boolean isHeldBack() {
        return !creditsOnForward();
    }

    private void creditForwarded() {
        if (creditsOnForward() && !lost) {
            grant(1);
        }
    }

    /** A delivery that the adaptor takes itself: counted, and settled with this outcome; false if it is not to be taken. */
    public final boolean takeHere(int key, boolean settled, DeliveryState outcome) {
        boolean taken = take(key, settled);
        if (taken) {
            finishHere(key, settled, outcome, true);
            creditForwarded();
        }
        return taken;
    }

    /** A delivery that has come too far round (routing DST-33): released, or dropped if it was settled. */
    public final void release(int key, boolean settled) {
        takeHere(key, settled, DeliveryState.RELEASED);
    }

    /**
     * A delivery that goes nowhere, since something is wrong with it (routing ANO-04, OUT-22, OUT-24): rejected if it
     * was not settled, with its credit given back.
     */
    public final void reject(int key, boolean settled, AmqpError error) {
        takeHere(key, settled, DeliveryState.rejected(error));
    }

    /** A delivery was aborted before the adaptor had delivered it (routing STR-06); its credit is restored. */
    public final void abortedUnseen() {
        if (!lost) {
            credit--;
            giveBack();
            creditForwarded();
        }
    }

    /**
     * The peer set its own state on a delivery or settled it (routing OUT-05, OUT-06).
     *
     * @param to what {@link #onForwarded} said last about the key, null if nothing
     */
    public final void senderState(
            int key, @Nullable Destination to, int outKey, @Nullable DeliveryState state, boolean settled) {
        DeliveryState last = state;
        long ingress = ingressTick(key);
        boolean streaming = stream != null && key == streamKey;
        boolean destinationIsDone = streaming && waitingSettled;
        if (settled && !lost) {
            if (last == null && reported != null) {
                last = reported.get(key);
            }
            if (streaming) {
                streamSettled = true;
                outcomeWaits = false;
            }
            finished(key, last);
            giveBack();
        }
        if (to != null && !destinationIsDone) {
            to.originState(outKey, last, settled, ingress);
        }
    }

    /** The peer answered a drain: it has no credit left. */
    public final void drained() {
        if (draining && credit > 0) {
            gaveUp(credit);
        }
    }

    /**
     * The peer gave up credit in answer to a drain. It is owed while the drain lasts, and given anew when the drain is
     * over already: the answer and the credit that ended it have crossed (routing CRD-08, CRD-09).
     */
    public final void gaveUp(int count) {
        if (lost) {
            return;
        }
        credit -= count;
        creditIs(credit > 0);
        if (draining) {
            owed += count;
        } else {
            grant(count);
        }
    }

    /**
     * The link, its session or its connection is gone. Deliveries under way go on; a stream is aborted (routing OUT-09,
     * STR-06, STR-07). Idempotent.
     */
    public final void lost() {
        if (lost) {
            return;
        }
        if (stream != null) {
            stream.abort();
        }
        lost = true;
        connection.core().remove(this);
    }

    // ---- called by the core ------------------------------------------------------------------------------------

    /** Binds the link when it is admitted; a null address makes it anonymous. */
    public final void bind(@Nullable Address target) {
        address = target;
        route = target == null ? null : target.route();
        if (target == null || reaches(target.route())) {
            grant(capacity());
        } else {
            owed = capacity();
            connection.core().table().starve(target);
        }
    }

    /** The address of the target, or null. */
    public final @Nullable Address address() {
        return address;
    }

    /** The place among the address's senders. */
    public final int addressSlot() {
        return addressSlot;
    }

    /** The address moved this link among its senders. */
    public final void addressSlot(int slot) {
        addressSlot = slot;
    }

    /** A destination appeared: the owed credit is issued, without drain (routing CRD-09). */
    public final void wake() {
        if (lost || isDisabled() || (owed == 0 && !draining)) {
            return;
        }
        int more = owed;
        owed = 0;
        draining = false;
        grant(more);
    }

    /** Released deliveries of this sender go to another receiver first, each of them once. Set before it is admitted. */
    public final void resendReleased() {
        resendsReleased = true;
    }

    /** Whether released deliveries of this sender are sent again. */
    public final boolean resendsReleased() {
        return resendsReleased;
    }

    /** No more credit: what the peer has is drained, what comes back is owed. */
    @Override
    final void disable() {
        if (!draining) {
            draining = true;
            drain();
        }
    }

    @Override
    final void enable() {
        if (route == null || reaches(route)) {
            wake();
        } else if (address != null) {
            connection.core().table().starve(address);
        }
    }

    @Override
    final boolean isBusy() {
        return credit > 0 || unsettled > 0;
    }

    private void grant(int more) {
        credit += more;
        creditIs(credit > 0);
        issueCredit(more);
    }

    /** One credit comes back (routing CRD-04), unless the link is being drained. */
    private void giveBack() {
        if (lost || creditsOnForward()) {
            return;
        }
        if (draining) {
            owed++;
        } else {
            grant(1);
        }
    }

    /** Counts a delivery in; false if the peer has gone too far beyond its credit. */
    private boolean take(int key, boolean settled) {
        if (lost || overrun) {
            return false;
        }
        if (--credit <= 0) {
            creditIs(false);
            if (credit < -capacity()) {
                overrun = true;
                detach(ErrorCondition.TRANSFER_LIMIT_EXCEEDED.error(
                        -credit + " deliveries beyond the credit exceed linkCapacity " + capacity()));
                return false;
            }
        }
        RouterCore core = connection.core();
        long tick = core.tick();
        connection.deliveryAt(tick);
        counters.deliveries++;
        DeliveryAges known = ages;
        if (known == null) {
            known = new DeliveryAges(tick, key - 1);
            ages = known;
        }
        if (settled) {
            counters.presettled++;
            core.totals().presettled++;
            known.passed(tick);
        } else {
            unsettled++;
            known.opened(tick, key);
        }
        return true;
    }

    /**
     * The delivery found no destination (routing CRD-07, ANO-05): released, or dropped if it was settled.
     *
     * @param drain true for the link's own target, whose credit is not replaced but drained
     */
    public final void unroutable(int key, boolean settled, boolean drain) {
        if (settled) {
            counters.droppedPresettled++;
            connection.core().totals().droppedPresettled++;
        }
        if (drain && address != null && !creditsOnForward()) {
            // The consumed credit is owed from here on, and so is what comes back while nobody receives.
            boolean wasDraining = draining;
            draining = true;
            connection.core().table().starve(address);
            finishHere(key, settled, DeliveryState.RELEASED, true);
            if (!wasDraining) {
                drain();
            }
        } else {
            finishHere(key, settled, DeliveryState.RELEASED, true);
        }
    }

    /** The router itself decides the outcome. */
    public final void finishHere(int key, boolean settled, DeliveryState state, boolean credited) {
        if (!settled) {
            outcome(key, state, true);
        } else if (credited) {
            giveBack();
        }
    }

    @Override
    public final void forwarded(int key, Destination to, int outKey) {
        if (!lost) {
            onForwarded(key, to, outKey);
        }
    }

    @Override
    public final @Nullable DeliveryState outcome(int key, @Nullable DeliveryState state, boolean settled) {
        boolean terminal = state != null && state.isTerminal();
        if (lost) {
            return state;
        }
        if (stream != null && key == streamKey && !streamSettled && (settled || terminal)) {
            // STR-08: told when the last frame has arrived.
            outcomeWaits = true;
            waitingSettled |= settled;
            if (state != null) {
                waitingState = state;
            }
            return waitingState;
        }
        DeliveryState last = state;
        if (settled) {
            if (last == null && reported != null) {
                last = reported.get(key);
            }
            finished(key, last);
        } else if (terminal) {
            if (reported == null) {
                reported = new IntObjectHashMap<>(4);
            }
            reported.put(key, state);
        }
        onOutcome(key, state, settled);
        if (settled) {
            giveBack();
        }
        return last;
    }

    private void finished(int key, @Nullable DeliveryState last) {
        RouterCore core = connection.core();
        unsettled--;
        counters.finished(last);
        core.totals().finished(last);
        if (reported != null) {
            reported.remove(key);
        }
        closeAge(core, key, last == null || last.code() != DeliveryState.RELEASED_CODE);
    }

    private void closeAge(RouterCore core, int key, boolean countsForRate) {
        DeliveryAges known = ages;
        if (known == null) {
            throw new IllegalStateException("delivery " + key + " was never opened");
        }
        long tick = core.tick();
        long ingress = known.tickOf(tick, key);
        known.closed(tick, ingress, countsForRate);
        if (ingress != tick) {
            long age = ingress == 0 ? Long.MAX_VALUE : tick - ingress;
            counters.age(age);
            core.totals().age(age);
        }
    }

    /** A settled delivery needs no more room here: one credit comes back. */
    @Override
    public final void handedOver(int key) {
        if (lost) {
            return;
        }
        if (surplusHandOvers > 0) {
            surplusHandOvers--;
        } else {
            giveBack();
        }
    }

    /** Of a settled delivery, this many copies wait to be handed over; only the last gives the credit back. */
    public final void copiesWait(int waiting) {
        if (waiting == 0) {
            giveBack();
        } else {
            surplusHandOvers += waiting - 1;
        }
    }

    @Override
    public final long ingressTick(int key) {
        return ages == null ? 0 : ages.tickOf(connection.core().tick(), key);
    }

    @Override
    public final void streamEnded(MessageStream ended) {
        if (ended != stream) {
            return;
        }
        stream = null;
        boolean waits = outcomeWaits;
        DeliveryState state = waitingState;
        boolean settled = waitingSettled;
        outcomeWaits = false;
        waitingState = null;
        waitingSettled = false;
        if (lost) {
            return;
        }
        if (ended.aborted()) {
            // STR-06: no disposition, the credit is restored.
            if (!streamSettled) {
                unsettled--;
                if (reported != null) {
                    reported.remove(streamKey);
                }
                closeAge(connection.core(), streamKey, false);
                giveBack();
            }
        } else if (waits) {
            outcome(streamKey, state, settled);
        }
    }

    @Override
    public final boolean isInbound() {
        return true;
    }

    // ---- for management ----------------------------------------------------------------------------------------

    @Override
    public final int undeliveredCount() {
        return 0;
    }

    @Override
    public final int unsettledCount() {
        return unsettled;
    }

    @Override
    public @Nullable String owningKey() {
        return address == null ? null : address.keyText();
    }

    @Override
    public final int creditAvailable() {
        return Math.max(credit, 0);
    }

    /** Credit given and not used; negative if the peer sent more than it may. */
    public final int credit() {
        return credit;
    }

    /** Credit that is kept back until a destination appears. */
    public final int owedCredit() {
        return owed;
    }

    @Override
    final int streamingOldCount() {
        return stream != null && !streamSettled && ingressTick(streamKey) == 0 ? 1 : 0;
    }
}
