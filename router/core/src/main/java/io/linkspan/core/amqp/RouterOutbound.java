// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Cause;
import io.linkspan.amqp.OutgoingLink;
import org.jspecify.annotations.Nullable;

/** A link on which this router sends to another. Confined to the connection's loop. */
final class RouterOutbound extends AmqpOutbound {

    /** What it carries. */
    enum Kind {
        /** The routing protocol. */
        CONTROL,
        /** Messages of one priority. */
        DATA,
        /** One message at a time that still arrives. */
        STREAM
    }

    private final RouterLinks links;
    private final OutgoingLink link;
    private final Kind kind;
    private final int priority;

    RouterOutbound(AmqpConnection owner, OutgoingLink link, RouterLinks links, Kind kind, int priority) {
        super(owner, link, false);
        this.link = link;
        this.links = links;
        this.kind = kind;
        this.priority = priority;
    }

    Kind kind() {
        return kind;
    }

    @Override
    protected boolean holdsSenders() {
        return true;
    }

    @Override
    public int priority() {
        return priority;
    }

    @Override
    public String linkType() {
        return kind == Kind.CONTROL ? "router-control" : "inter-router";
    }

    /** Whether nothing is on its way over it; what has been sent may be unsettled. */
    boolean isIdle() {
        return !isStreaming() && undeliveredCount() == 0;
    }

    /** It is not needed any more; its session goes with it. */
    void end() {
        detach(null);
        link.session().end(null);
        links.gone(this);
    }

    @Override
    public void onAttached(OutgoingLink from, Attach remote) {
        if (remote.target() != null) {
            links.attached(this);
        }
    }

    @Override
    public void onDetached(OutgoingLink from, Cause cause, boolean closed, @Nullable AmqpError error) {
        super.onDetached(from, cause, closed, error);
        links.gone(this);
        if (kind == Kind.CONTROL && cause == Cause.DETACHED) {
            links.refused(error);
        }
    }
}
