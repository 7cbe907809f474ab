// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.forward;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.address.Group;
import io.linkspan.core.address.Member;
import io.linkspan.core.address.Route;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.Destination;
import io.linkspan.core.delivery.MessageStream;
import io.linkspan.core.delivery.Origin;
import io.linkspan.core.delivery.ToAnnotation;
import io.linkspan.core.exchange.Exchange;
import io.linkspan.core.exchange.NextHop;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.link.OutboundLink;
import io.linkspan.core.message.MessageView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a delivery through an exchange. Routing EXC-03 to EXC-06.
 *
 * <p>Each next hop that a binding names for the subject gets a settled copy, under its own distribution; receivers on
 * the exchange's own address get theirs as ever. When a next hop took one, the sender's delivery is accepted at once.
 * When nobody took one, the alternate address is tried. A message goes through each exchange at most once, so exchanges
 * that are bound in a circle do no harm. Confined to the core's loop.
 */
final class ExchangeForwarder {

    /** Bytes of an unfinished message in which the subject is looked for. */
    private static final int MAX_HEAD_BYTES = MessageStream.HOLD_BYTES;

    /** The origin of settled copies of an unsettled delivery: nobody waits for anything. */
    private static final Origin NOBODY = new Origin() {
        @Override
        public void forwarded(int key, Destination to, int outKey) {
            // Not called for settled deliveries.
        }

        @Override
        public @Nullable DeliveryState outcome(int key, @Nullable DeliveryState state, boolean settled) {
            return state;
        }

        @Override
        public void handedOver(int key) {
            // The sender's credit comes back with its own outcome.
        }

        @Override
        public long ingressTick(int key) {
            return 0;
        }
    };

    /** One message on its way. */
    private static final class Passage {
        private final Content content;
        private final Origin origin;
        private final int key;
        private final @Nullable String subject;
        private final List<Exchange> seen = new ArrayList<>(2);
        private int taken;
        private int waiting;

        Passage(Content content, Origin origin, int key, @Nullable String subject) {
            this.content = content;
            this.origin = origin;
            this.key = key;
            this.subject = subject;
        }
    }

    private final Forwarder forwarder;
    private final MessageView view = new MessageView();

    ExchangeForwarder(Forwarder forwarder) {
        this.forwarder = forwarder;
    }

    void forward(InboundLink in, Route route, Content content, int key, boolean settled) {
        Exchange exchange = route.exchange();
        if (exchange == null) {
            throw new IllegalStateException("no exchange at " + route.keyText());
        }
        Passage passage = new Passage(content, settled ? in : NOBODY, key, subject(content));
        passage.seen.add(exchange);
        ToAnnotation annotation = content.annotatedTo();
        toNextHops(exchange, passage);
        boolean direct = route.destinations() > 0;
        content.sentTo(route.key());
        content.annotatedTo(annotation);
        if (passage.taken == 0 && direct) {
            exchange.countForwarded();
            forwarder.forwardDirectly(in, route, content, key, settled);
            return;
        }
        if (passage.taken > 0) {
            exchange.countForwarded();
        } else if (toAlternate(exchange, passage)) {
            exchange.countDiverted();
        } else {
            exchange.countDropped();
            in.unroutable(key, settled, false);
            return;
        }
        forwarder.countIngress(in, route.address());
        if (settled) {
            if (direct) {
                toReceivers(route, passage);
            }
            in.copiesWait(passage.waiting);
        } else if (direct) {
            acceptAndCopy(in, route, content, key);
        } else {
            in.finishHere(key, false, DeliveryState.ACCEPTED, true);
        }
    }

    /** The sender is told accepted; the copies of direct receivers stay unsettled, and nobody hears of their outcomes. */
    private void acceptAndCopy(InboundLink in, Route route, Content content, int key) {
        FanOut fanOut = forwarder.fanOut(route.destinations() + 1);
        fanOut.begin(in, key, forwarder.tick(), 1);
        in.forwarded(key, fanOut, fanOut.serial());
        fanOut.outcome(fanOut.add(true, true), DeliveryState.ACCEPTED, true);
        forwarder.copyUndeciding(route, content, fanOut);
        fanOut.sealed();
    }

    private void toNextHops(Exchange exchange, Passage passage) {
        for (Route hop : exchange.match(passage.subject)) {
            toHop(hop, passage);
        }
    }

    private boolean toAlternate(Exchange exchange, Passage passage) {
        NextHop alternate = exchange.alternate();
        if (alternate != null) {
            toHop(alternate.route(), passage);
        }
        return passage.taken > 0;
    }

    private void toHop(Route hop, Passage passage) {
        hop.refresh();
        Exchange next = hop.exchange();
        if (next == null) {
            toRoute(hop, passage);
            return;
        }
        if (passage.seen.contains(next)) {
            return;
        }
        passage.seen.add(next);
        int before = passage.taken;
        toNextHops(next, passage);
        toRoute(hop, passage);
        if (passage.taken > before) {
            next.countForwarded();
        } else if (toAlternate(next, passage)) {
            next.countDiverted();
        } else {
            next.countDropped();
        }
    }

    private void toRoute(Route route, Passage passage) {
        passage.content.sentTo(route.key());
        passage.content.annotatedTo(route.annotation());
        if (!route.isNetwork()) {
            toReceivers(route, passage);
        } else {
            passage.content.startsHere(true);
            forwarder.network().eachMember(route, passage.content, member -> toMember(member, route, passage));
            passage.content.startsHere(false);
        }
    }

    private void toReceivers(Route route, Passage passage) {
        Group group = route.anycast();
        if (group != null) {
            toMember(group.pick(true), route, passage);
        }
        for (Member member : route.copies()) {
            toMember(member, route, passage);
        }
        for (Group shared : route.shared()) {
            toMember(shared.pick(true), route, passage);
        }
    }

    private void toMember(Member member, Route route, Passage passage) {
        int result = member.link().offer(passage.content, member, passage.origin, passage.key, true);
        if (result != OutboundLink.REFUSED) {
            forwarder.countOnward(member, route.address());
            forwarder.expire(route, member, passage.content, result);
            passage.taken++;
            passage.waiting += result == OutboundLink.WAITING ? 1 : 0;
        }
    }

    /** The subject, null when there is none or the head of the message is not there or wrong. */
    private @Nullable String subject(Content content) {
        if (content.complete()) {
            ByteBuf bytes = content.amqpBytes();
            return view.readWhole(bytes, bytes.readerIndex(), bytes.readableBytes(), MessageView.Depth.PROPERTIES)
                            == MessageView.Result.OK
                    ? view.subject()
                    : null;
        }
        if (!(content instanceof MessageStream stream)) {
            return null;
        }
        MessageStream.Reader reader = stream.reader(changed -> {});
        CompositeByteBuf head = Unpooled.compositeBuffer(Integer.MAX_VALUE);
        try {
            ByteBuf piece = reader.next(MAX_HEAD_BYTES);
            while (piece != null && head.readableBytes() < MAX_HEAD_BYTES) {
                head.addComponent(true, piece);
                piece = reader.next(MAX_HEAD_BYTES);
            }
            if (piece != null) {
                piece.release();
            }
            return view.read(head, 0, head.readableBytes(), MessageView.Depth.PROPERTIES) == MessageView.Result.OK
                    ? view.subject()
                    : null;
        } finally {
            head.release();
            reader.close();
        }
    }
}
