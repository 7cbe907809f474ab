// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.link;

import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Cause;
import io.linkspan.core.connection.Connection;
import org.jspecify.annotations.Nullable;

/**
 * What both directions of a link share: its place in management and its counters. Confined to the loop of its
 * connection.
 */
public abstract sealed class Link permits InboundLink, OutboundLink, RoutedEnd {

    /** The priority of endpoint links (routing PRI-03). */
    public static final int ENDPOINT_PRIORITY = 4;

    final Connection connection;
    final String name;
    final LinkCounters counters = new LinkCounters();

    @Nullable
    DeliveryAges ages;

    private @Nullable Attach attach;
    private String ending = "lost";
    private boolean disabled;
    long identity = -1;
    boolean lost;
    private long noCreditSince;
    private boolean reportedBlocked;

    Link(Connection connection, String name) {
        this.connection = connection;
        this.name = name;
        this.noCreditSince = connection.core().tick();
    }

    /** The connection this link belongs to. */
    public final Connection connection() {
        return connection;
    }

    /** The name of the link; the identity is unique, the name need not be. */
    public final String name() {
        return name;
    }

    /** The number of the link in management; -1 until it is attached. */
    public final long identity() {
        return identity;
    }

    /** Called once by the core when it admits the link. */
    public void identify(long number) {
        identity = number;
    }

    /** What the peer asked for; null for links of other protocols than AMQP and for the router's own. */
    public final @Nullable Attach attach() {
        return attach;
    }

    /** Called once by the adaptor, before the link is made known. */
    public final void attachedBy(Attach remote) {
        attach = remote;
    }

    /** How the link ended, in the word of the log: {@code closed}, {@code detached} or {@code lost}. */
    public final String ending() {
        return ending;
    }

    /** Called by the adaptor before the link is lost. */
    public final void endedBy(Cause cause, boolean closed) {
        if (cause == Cause.DETACHED) {
            ending = closed ? "closed" : "detached";
        } else if (cause == Cause.VIOLATION || cause == Cause.STOLEN) {
            ending = "closed";
        }
    }

    /** The counters. */
    public final LinkCounters counters() {
        return counters;
    }

    /** The link's capacity in deliveries: credit window inbound, backlog threshold outbound (routing CRD-01). */
    public int capacity() {
        return connection.linkCapacity();
    }

    /** Whether the link, its session or its connection is gone. */
    public final boolean isLost() {
        return lost;
    }

    /** The priority of what it carries, 0 to 9 (routing PRI-03). */
    public int priority() {
        return ENDPOINT_PRIORITY;
    }

    /** Whether the peer sends on it. */
    public abstract boolean isInbound();

    /** The other end of a routed link; null for any other link. */
    public @Nullable Link peer() {
        return null;
    }

    /** The word management has for this kind of link. */
    public String linkType() {
        return "endpoint";
    }

    /** Deliveries waiting in the link. */
    public abstract int undeliveredCount();

    /** Deliveries under way that are not settled. */
    public abstract int unsettledCount();

    /** The key of the address the link writes to or reads from, null for an anonymous sender. */
    public abstract @Nullable String owningKey();

    /** Credit the peer can see: given by us inbound, given by the peer outbound. */
    public abstract int creditAvailable();

    /** Deliveries found stuck by the last scan. */
    public final int stuckCount() {
        return ages == null ? 0 : ages.stuck();
    }

    /** Settled deliveries per second over the last five. */
    public final int settleRate() {
        return ages == null ? 0 : ages.settleRate(connection.core().tick());
    }

    /** Seconds for which the peer-visible credit has been zero; 0 when there is some. */
    public final long zeroCreditSeconds() {
        return noCreditSince < 0 ? 0 : connection.core().tick() - noCreditSince;
    }

    /** Whether the credit has been zero for more than ten seconds (routing CNT-05). */
    public final boolean isBlocked() {
        return zeroCreditSeconds() > DeliveryAges.OLD_TICKS;
    }

    /** True once per period of being blocked, for the event. */
    public final boolean becameBlocked() {
        boolean became = isBlocked() && !reportedBlocked;
        reportedBlocked = isBlocked();
        return became;
    }

    /** Whether management may disable links of this kind. */
    public boolean canBeDisabled() {
        return false;
    }

    /** Whether management has disabled the link: nothing new, what is under way goes on. */
    public final boolean isDisabled() {
        return disabled;
    }

    /**
     * Management disables or enables the link: no new credit for a sender, no new deliveries for a receiver. {@code
     * RouterCore.administer} is the way in.
     */
    public final void administer(boolean enabled) {
        if (disabled == enabled) {
            disabled = !enabled;
            if (enabled) {
                enable();
            } else {
                disable();
            }
        }
    }

    /** {@code up}, {@code down}, {@code quiescing} while a disabled link is busy, {@code idle} when it no longer is. */
    public final String operStatus() {
        if (lost) {
            return "down";
        }
        return !disabled ? "up" : isBusy() ? "quiescing" : "idle";
    }

    /** Called for kinds of links that {@link #canBeDisabled}. */
    void disable() {
        throw new IllegalStateException("link " + identity + " cannot be disabled");
    }

    /** The reverse of {@link #disable}. */
    void enable() {
        throw new IllegalStateException("link " + identity + " cannot be disabled");
    }

    /** Whether something is still under way on it. */
    boolean isBusy() {
        return false;
    }

    final void creditIs(boolean some) {
        if (some) {
            noCreditSince = -1;
        } else if (noCreditSince < 0) {
            noCreditSince = connection.core().tick();
        }
    }

    /** Looks for deliveries that are stuck (routing CNT-04). */
    public final int scanStuck() {
        return ages == null ? 0 : ages.scanStuck(connection.core().tick(), streamingOldCount());
    }

    abstract int streamingOldCount();
}
