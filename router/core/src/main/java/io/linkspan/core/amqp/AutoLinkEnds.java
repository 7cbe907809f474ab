// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.AmqpEngine;
import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.AmqpSession;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Cause;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.IncomingLink;
import io.linkspan.amqp.OutgoingLink;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.Transfer;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.address.Subscription;
import io.linkspan.core.autolink.Attachment;
import io.linkspan.core.autolink.AutoLink;
import io.linkspan.core.delivery.ToAnnotation;
import io.linkspan.core.link.Direction;
import java.util.IdentityHashMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The autoLinks of one connection, in a session of their own. Routing AUT-04 to AUT-06, AUT-12. Once a container has
 * answered, a link works as any other link of the core. Confined to the connection's loop.
 */
final class AutoLinkEnds {

    /** Closes a link that the router itself ends, its deliveries first. */
    @FunctionalInterface
    private interface Ending {
        void close();
    }

    private static final String NAME_PREFIX = "qdlink.";
    private static final Symbol LINK_DETACH = new Symbol("link-detach");

    private final AmqpConnection owner;
    private final AmqpEngine engine;
    private final IdentityHashMap<Attachment, Ending> endings = new IdentityHashMap<>(0);
    private @Nullable AmqpSession session;

    AutoLinkEnds(AmqpConnection owner, AmqpEngine engine) {
        this.owner = owner;
        this.engine = engine;
    }

    /** Attaches; false when there is neither a session nor a handle for it. */
    boolean attach(Attachment attachment) {
        AmqpSession in = session;
        if (in == null || !in.isLive()) {
            in = engine.isOpen() ? engine.begin() : null;
            session = in;
        }
        if (in == null) {
            return false;
        }
        AutoLink autoLink = attachment.autoLink();
        boolean into = autoLink.direction() == Direction.IN;
        String name = NAME_PREFIX + owner.core().randomName();
        Terminus source = Terminus.source(into ? autoLink.nodeAddress() : null).withExpiryPolicy(LINK_DETACH);
        Terminus target = Terminus.target(into ? null : autoLink.nodeAddress()).withExpiryPolicy(LINK_DETACH);
        Attach request = Attach.of(name, source, target);
        return into ? attachReceiving(in, request, attachment) : attachSending(in, request, attachment);
    }

    private boolean attachReceiving(AmqpSession in, Attach request, Attachment attachment) {
        Receiving receiving = new Receiving(attachment);
        IncomingLink link = in.attachIncoming(request, receiving);
        if (link == null) {
            return false;
        }
        endings.put(attachment, () -> {
            receiving.lost(link);
            link.detach(true, null);
        });
        return true;
    }

    private boolean attachSending(AmqpSession in, Attach request, Attachment attachment) {
        Sending sending = new Sending(attachment);
        OutgoingLink link = in.attachOutgoing(request, sending);
        if (link == null) {
            return false;
        }
        endings.put(attachment, () -> {
            sending.lost(link);
            link.detach(true, null);
        });
        return true;
    }

    /** Closes the link of an attachment, without error (AUT-11). */
    void detach(Attachment attachment) {
        Ending ending = endings.remove(attachment);
        if (ending != null) {
            ending.close();
        }
    }

    /** AUT-05: messages go to the address of the network, not to the container's. */
    private static ToAnnotation to(AutoLink autoLink) {
        return ToAnnotation.of(autoLink.address(), autoLink.phase());
    }

    private static boolean namesNode(Terminus terminus) {
        String address = terminus.isCoordinator() ? null : terminus.address();
        return address != null && !address.isEmpty();
    }

    private void ended(Attachment attachment, Cause cause, @Nullable AmqpError error) {
        endings.remove(attachment);
        switch (cause) {
            case DETACHED, VIOLATION, STOLEN, SESSION_ENDED -> {
                if (engine.isOpen()) {
                    attachment.failed(text(error));
                }
            }
            case CONNECTION_CLOSED, CONNECTION_LOST, LOCAL -> {
                // The connection goes, and its autoLinks become inactive.
            }
        }
    }

    private static String text(@Nullable AmqpError error) {
        if (error == null) {
            return "Detached by the container";
        }
        return error.description() == null ? error.condition().toString() : error.description();
    }

    /** Messages come from the container. */
    private final class Receiving implements IncomingLink.Handler {
        private final Attachment attachment;
        private @Nullable AmqpInbound inbound;

        Receiving(Attachment attachment) {
            this.attachment = attachment;
        }

        @Override
        public void onAttached(IncomingLink link, Attach remote) {
            Terminus source = remote.source();
            if (source == null) {
                return; // A refusal: its detach follows and says why.
            }
            boolean bound = namesNode(source);
            AmqpInbound made = new AmqpInbound(
                    owner,
                    link,
                    bound ? to(attachment.autoLink()) : null,
                    attachment.autoLink().fallback());
            made.attachedBy(remote);
            inbound = made;
            owner.core().producer(made, bound ? attachment.autoLink().key() : null);
            if (bound) {
                attachment.active(made);
            } else {
                attachment.unbound(made);
            }
        }

        private AmqpInbound inbound() {
            return Objects.requireNonNull(inbound);
        }

        @Override
        public void onTransfer(IncomingLink link, Transfer transfer) {
            inbound().onTransfer(link, transfer);
        }

        @Override
        public void onSenderState(
                IncomingLink link,
                int deliveryId,
                @Nullable Object peer,
                int peerKey,
                @Nullable DeliveryState state,
                boolean settled) {
            inbound().onSenderState(link, deliveryId, peer, peerKey, state, settled);
        }

        @Override
        public void onFlow(IncomingLink link) {
            inbound().onFlow(link);
        }

        @Override
        public void onDetached(IncomingLink link, Cause cause, boolean closed, @Nullable AmqpError error) {
            lost(link);
            ended(attachment, cause, error);
        }

        void lost(IncomingLink link) {
            if (inbound != null) {
                inbound.onDetached(link, Cause.LOCAL, true, null);
            }
        }
    }

    /** Messages go to the container. */
    private final class Sending implements OutgoingLink.Handler {
        private final Attachment attachment;
        private @Nullable AmqpOutbound outbound;

        Sending(Attachment attachment) {
            this.attachment = attachment;
        }

        @Override
        public void onAttached(OutgoingLink link, Attach remote) {
            Terminus target = remote.target();
            if (target == null) {
                return; // A refusal: its detach follows and says why.
            }
            AmqpOutbound made = new AmqpOutbound(owner, link, remote.senderSettleMode() == Attach.SENDER_SETTLED);
            made.attachedBy(remote);
            outbound = made;
            if (namesNode(target)) {
                owner.core()
                        .subscribe(
                                made, Subscription.plain(attachment.autoLink().key()));
                attachment.active(made);
            } else {
                owner.core().know(made);
                attachment.unbound(made);
            }
        }

        private AmqpOutbound outbound() {
            return Objects.requireNonNull(outbound);
        }

        @Override
        public void onSendable(OutgoingLink link) {
            outbound().onSendable(link);
        }

        @Override
        public void onReceiverState(
                OutgoingLink link,
                int deliveryId,
                @Nullable Object origin,
                int key,
                @Nullable DeliveryState state,
                boolean settled) {
            outbound().onReceiverState(link, deliveryId, origin, key, state, settled);
        }

        @Override
        public void onDetached(OutgoingLink link, Cause cause, boolean closed, @Nullable AmqpError error) {
            lost(link);
            ended(attachment, cause, error);
        }

        void lost(OutgoingLink link) {
            if (outbound != null) {
                outbound.onDetached(link, Cause.LOCAL, true, null);
            }
        }
    }
}
