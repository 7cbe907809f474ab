// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.Cause;
import io.linkspan.core.address.Address;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.link.Link;
import io.linkspan.core.link.OutboundLink;
import io.linkspan.core.mesh.RouterNode;
import io.linkspan.mesh.MeshEvent;
import org.jspecify.annotations.Nullable;

/**
 * What the core has to say to a log. Every event is called on the core's loop, at the moment it happens; a listener must
 * not call back. All are empty by default.
 */
public interface CoreEvents {

    /** Nobody listens. */
    CoreEvents NONE = new CoreEvents() {};

    /** A connection became known. */
    default void connectionKnown(Connection connection) {}

    /** The peer has opened: its container and properties are known now. */
    default void connectionOpened(Connection connection) {}

    /** The protocol of a connection has ended, for this cause and reason; {@link #connectionGone} follows. */
    default void connectionEnded(Connection connection, Cause cause, @Nullable AmqpError error) {}

    /** A connection is gone. */
    default void connectionGone(Connection connection) {}

    /** A link was admitted. */
    default void linkAttached(Link link) {}

    /** A link is gone; its counters are final. */
    default void linkGone(Link link) {}

    /** The routing protocol has something to say. */
    default void mesh(MeshEvent event) {}

    /**
     * A key that another router announces is not taken, for this reason: unknown, or beyond a limit.
     *
     * @param count how many of this router's have not been taken, with this one
     */
    default void keyIgnored(RouterNode router, String key, String reason, long count) {}

    /** An address record came into being. */
    default void addressCreated(Address address) {}

    /** An address record vanished with its counters. */
    default void addressRemoved(Address address) {}

    /** The peer-visible credit of a link has been zero for more than ten seconds (routing CNT-05). */
    default void linkBlocked(Link link) {}

    /** A receiver has had a delivery for longer than its address allows; it was taken back and released. */
    default void deliveryTakenBack(OutboundLink link, long seconds) {}

    /** Deliveries that waited in a link beyond their time to live were taken out. */
    default void deliveriesExpired(OutboundLink link, int count) {}

    /** A receiver of a multicast delivery answered with a declared transaction (routing OUT-12). */
    default void declaredByOneOfSeveral(InboundLink sender) {}

    /** A link has stuck deliveries and had none at the last scan (routing CNT-04). */
    default void deliveriesStuck(Link link, int count) {}
}
