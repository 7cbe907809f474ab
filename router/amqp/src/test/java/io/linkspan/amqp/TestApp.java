// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An application that writes down what it hears, accepts what is asked, and lets a test say otherwise by its fields.
 */
final class TestApp implements ConnectionHandler, IncomingLink.Handler, OutgoingLink.Handler {
    final List<String> events = new ArrayList<>();
    final Map<String, IncomingLink> incoming = new LinkedHashMap<>();
    final Map<String, OutgoingLink> outgoing = new LinkedHashMap<>();
    final List<AmqpSession> sessions = new ArrayList<>();
    final List<Attach> attaches = new ArrayList<>();

    @Nullable
    AmqpEngine engine;

    @Nullable
    Open remoteOpen;

    Open answer = Open.local("router", null, null, null, null);
    boolean answerOpen = true;
    boolean answerAttach = true;

    @Nullable
    AmqpError refuseSession;

    @Nullable
    AmqpError refuseOpen;

    @Nullable
    AmqpError refuseLink;

    /** Done at each transfer, behind the note. */
    TransferAction onTransfer = (link, transfer) -> {};
    /** Done at each onSendable. */
    LinkAction onSendable = link -> {};
    /** Done at each onDetached of an outgoing link. */
    LinkAction onOutgoingDetached = link -> {};

    StateAction onReceiverState = (link, id, state, settled) -> {};

    interface TransferAction {
        void run(IncomingLink link, Transfer transfer);
    }

    interface LinkAction {
        void run(OutgoingLink link);
    }

    interface StateAction {
        void run(OutgoingLink link, int id, @Nullable DeliveryState state, boolean settled);
    }

    AmqpEngine engine() {
        return Objects.requireNonNull(engine);
    }

    IncomingLink in(String name) {
        return Objects.requireNonNull(incoming.get(name));
    }

    OutgoingLink out(String name) {
        return Objects.requireNonNull(outgoing.get(name));
    }

    /** What was heard since the last call. */
    List<String> heard() {
        List<String> copy = List.copyOf(events);
        events.clear();
        return copy;
    }

    @Override
    public void onOpen(Open remote) {
        remoteOpen = remote;
        events.add("open " + remote.containerId());
        if (answerOpen) {
            engine().open(answer);
        }
        if (refuseOpen != null) {
            engine().close(refuseOpen);
        }
    }

    @Override
    public void onSession(AmqpSession session) {
        sessions.add(session);
        events.add("session " + session.localChannel());
        if (refuseSession != null) {
            session.refuse(refuseSession);
        }
    }

    @Override
    public void onIncomingAttach(IncomingLink link, Attach remote) {
        events.add("attach incoming " + link.name());
        attaches.add(remote);
        incoming.put(link.name(), link);
        if (refuseLink != null) {
            link.refuse(refuseLink);
        } else if (answerAttach) {
            link.accept(this, remote.echo());
        }
    }

    @Override
    public void onOutgoingAttach(OutgoingLink link, Attach remote) {
        events.add("attach outgoing " + link.name());
        attaches.add(remote);
        outgoing.put(link.name(), link);
        if (refuseLink != null) {
            link.refuse(refuseLink);
        } else if (answerAttach) {
            link.accept(this, remote.echo());
        }
    }

    @Override
    public void onWithdrawn(AmqpLink link, Cause cause, @Nullable AmqpError error) {
        events.add("withdrawn " + link.name() + " " + cause + text(error));
    }

    @Override
    public void onSessionEnded(AmqpSession session, Cause cause, @Nullable AmqpError error) {
        events.add("ended " + session.localChannel() + " " + cause + text(error));
    }

    @Override
    public void onClosed(Cause cause, @Nullable AmqpError error) {
        events.add("closed " + cause + text(error));
    }

    @Override
    public void onTransfer(IncomingLink link, Transfer transfer) {
        String payload =
                ByteBufUtil.isText(transfer.buffer(), transfer.offset(), transfer.length(), StandardCharsets.US_ASCII)
                        ? transfer.buffer().toString(transfer.offset(), transfer.length(), StandardCharsets.US_ASCII)
                        : transfer.length() + " octets";
        events.add("transfer " + link.name() + " " + Integer.toUnsignedString(transfer.deliveryId()) + " '"
                + (payload.length() > 40 ? transfer.length() + " octets" : payload) + "'"
                + (transfer.first() ? " first" : "") + (transfer.more() ? " more" : "")
                + (transfer.settled() ? " settled" : "") + (transfer.aborted() ? " aborted" : ""));
        onTransfer.run(link, transfer);
    }

    @Override
    public void onSenderState(
            IncomingLink link,
            int deliveryId,
            @Nullable Object peer,
            int peerKey,
            @Nullable DeliveryState state,
            boolean settled) {
        events.add("sender " + link.name() + " " + deliveryId + " " + peer + " " + peerKey + " " + state
                + (settled ? " settled" : ""));
    }

    @Override
    public void onFlow(IncomingLink link) {
        events.add("flow " + link.name() + " credit " + link.credit());
    }

    @Override
    public void onAttached(IncomingLink link, Attach remote) {
        events.add("attached incoming " + link.name());
        attaches.add(remote);
    }

    @Override
    public void onAttached(OutgoingLink link, Attach remote) {
        events.add("attached outgoing " + link.name());
        attaches.add(remote);
    }

    @Override
    public void onDetached(IncomingLink link, Cause cause, boolean closed, @Nullable AmqpError error) {
        events.add("detached incoming " + link.name() + " " + cause + (closed ? " closed" : "") + text(error));
    }

    @Override
    public void onSendable(OutgoingLink link) {
        events.add("sendable " + link.name() + " credit " + link.credit() + (link.draining() ? " draining" : ""));
        onSendable.run(link);
    }

    @Override
    public void onReceiverState(
            OutgoingLink link,
            int deliveryId,
            @Nullable Object origin,
            int originKey,
            @Nullable DeliveryState state,
            boolean settled) {
        events.add("receiver " + link.name() + " " + Integer.toUnsignedString(deliveryId) + " " + origin + " "
                + originKey + " " + state + (settled ? " settled" : ""));
        onReceiverState.run(link, deliveryId, state, settled);
    }

    @Override
    public void onDetached(OutgoingLink link, Cause cause, boolean closed, @Nullable AmqpError error) {
        events.add("detached outgoing " + link.name() + " " + cause + (closed ? " closed" : "") + text(error));
        onOutgoingDetached.run(link);
    }

    private static String text(@Nullable AmqpError error) {
        return error == null ? "" : " " + error.condition() + " " + error.description();
    }
}
