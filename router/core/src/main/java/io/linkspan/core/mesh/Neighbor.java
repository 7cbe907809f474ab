// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.mesh;

import io.linkspan.core.address.Member;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.link.OutboundLink;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An inter-router connection as forwarding sees it: a control link, data links by priority, and links for large messages,
 * all of them ordinary outbound links. Inter-router protocol, section 3. Confined to the core's loop.
 */
public abstract class Neighbor {

    /** Priorities of messages, 0 to 9. */
    public static final int PRIORITIES = 10;

    private final Connection connection;
    private final @Nullable Member[] data = new Member[PRIORITIES];
    private @Nullable Member control;

    /** Forwarding's own: the round in which this connection was left out or has got its copy. */
    private long mark;

    protected Neighbor(Connection connection) {
        this.connection = connection;
    }

    /** The connection. */
    public final Connection connection() {
        return connection;
    }

    /** Whether control messages can be sent. */
    public final boolean isUp() {
        return control != null;
    }

    final @Nullable Member control() {
        return control;
    }

    /** The control link is there, or with null not any more. */
    public final void control(@Nullable OutboundLink link) {
        control = link == null ? null : new Member(link, List.of());
    }

    /** The data link of a priority is there, or with null not any more. */
    public final void data(int priority, @Nullable OutboundLink link) {
        data[priority] = link == null ? null : new Member(link, List.of());
    }

    /** The data link of a priority, or the next lower there is; null without any (routing PRI-03). */
    public final @Nullable Member dataLink(int priority) {
        for (int p = priority; p >= 0; p--) {
            Member link = data[p];
            if (link != null) {
                return link;
            }
        }
        return null;
    }

    /** The link a message leaves by: one of its own while it still arrives, otherwise that of its priority. */
    public final @Nullable Member linkFor(Content content, int priority) {
        if (!content.complete()) {
            Member own = streamingLink();
            if (own != null) {
                return own;
            }
        }
        return dataLink(priority);
    }

    /** Whether the other end is a Linkspan router, which understands what only those say to each other. */
    public abstract boolean isLinkspan();

    /** A link that carries nothing else at present; null when there can be no more of them. */
    protected abstract @Nullable Member streamingLink();

    /** A second has passed. */
    protected abstract void tick(long tick);

    /** Marks the connection; false when it has the mark already. */
    public final boolean mark(long round) {
        if (mark == round) {
            return false;
        }
        mark = round;
        return true;
    }

    /** Whether the connection has the mark. */
    public final boolean isMarked(long round) {
        return mark == round;
    }
}
