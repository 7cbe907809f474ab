// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.autolink;

import io.linkspan.core.connection.Connection;
import io.linkspan.core.link.Link;
import org.jspecify.annotations.Nullable;

/**
 * An autoLink on one connection: attached, or attached again after a while when the container has detached it. Confined
 * to the core's loop.
 */
public final class Attachment {

    /** Ticks (seconds) until the first retry. */
    public static final int FIRST_RETRY_TICKS = 2;

    /** Ticks until every further retry, as long as the link has not been active. */
    public static final int NEXT_RETRY_TICKS = 5;

    private final AutoLinks owner;
    private final AutoLink autoLink;
    private final Connection connection;
    private final Carrier carrier;
    private AutoLink.State state = AutoLink.State.ATTACHING;
    private @Nullable String lastError;
    private @Nullable Link link;
    private boolean failedBefore;
    private long retryTick;

    Attachment(AutoLinks owner, AutoLink autoLink, Connection connection, Carrier carrier) {
        this.owner = owner;
        this.autoLink = autoLink;
        this.connection = connection;
        this.carrier = carrier;
    }

    /** What is attached. */
    public AutoLink autoLink() {
        return autoLink;
    }

    /** Where. */
    public Connection connection() {
        return connection;
    }

    AutoLink.State state() {
        return state;
    }

    @Nullable
    String lastError() {
        return lastError;
    }

    long linkIdentity() {
        return link == null ? -1 : link.identity();
    }

    void attach() {
        retryTick = 0;
        state = AutoLink.State.ATTACHING;
        if (!carrier.attach(this)) {
            failed("The connection takes no more links");
        }
    }

    /** Called by the carrier: the container's answer names a node, and the link is bound to the address. */
    public void active(Link bound) {
        state = AutoLink.State.ACTIVE;
        link = bound;
        lastError = null;
        failedBefore = false;
        owner.changed();
    }

    /** Called by the carrier: the container's answer names no node; the link is open and bound to nothing (AUT-06). */
    public void unbound(Link open) {
        link = open;
        owner.changed();
    }

    /** Called by the carrier: the container has detached, or ended the session. */
    public void failed(String why) {
        state = AutoLink.State.FAILED;
        lastError = why;
        link = null;
        retryTick = connection.core().tick() + (failedBefore ? NEXT_RETRY_TICKS : FIRST_RETRY_TICKS);
        failedBefore = true;
        owner.retryLater(this);
    }

    boolean isDue(long tick) {
        return tick >= retryTick;
    }

    /** The autoLink is deleted: its link is closed (AUT-11). */
    void end() {
        if (state != AutoLink.State.FAILED) {
            carrier.detach(this);
        }
    }
}
