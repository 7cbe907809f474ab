// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The links of a session, by handle and by name, and the coming and going of them. AMQP 1.0 part 2, 2.6.1 to 2.6.6.
 * Confined to the connection's loop.
 *
 * <p>Each end numbers the links by handles of its own; ours are the lowest free ones. How many there may be is limited by
 * {@link AmqpSettings#handleMax} and the peer's.
 */
final class SessionLinks {
    private final AmqpSession session;
    private int remoteHandleMax = -1;
    private int lowestFreeHandle;
    private final IntTable<AmqpLink> byLocalHandle = new IntTable<>();
    private final IntTable<AmqpLink> byRemoteHandle = new IntTable<>();
    private final Map<String, AmqpLink> incomingByName = new HashMap<>(0);
    private final Map<String, AmqpLink> outgoingByName = new HashMap<>(0);

    SessionLinks(AmqpSession session) {
        this.session = session;
    }

    void remoteHandleMax(int max) {
        remoteHandleMax = max;
    }

    @Nullable
    AmqpLink byRemoteHandle(int handle) {
        return byRemoteHandle.get(handle);
    }

    /** Attaches a link on which we receive; null when no handle is free or the attach is too large. */
    @Nullable
    IncomingLink attachIncoming(Attach request, IncomingLink.Handler handler) {
        int handle = newHandle(incomingByName, request.name());
        if (handle < 0) {
            return null;
        }
        IncomingLink link = new IncomingLink(session, request.name(), handle, AmqpLink.State.ASKING);
        link.handler(handler);
        return ask(link, request) ? link : null;
    }

    /** Attaches a link on which we send; as {@link #attachIncoming}. */
    @Nullable
    OutgoingLink attachOutgoing(Attach request, OutgoingLink.Handler handler) {
        int handle = newHandle(outgoingByName, request.name());
        if (handle < 0) {
            return null;
        }
        OutgoingLink link = new OutgoingLink(session, request.name(), handle, AmqpLink.State.ASKING);
        link.handler(handler, request);
        return ask(link, request) ? link : null;
    }

    /** Tells every link that session or connection are gone. */
    void vanish(Cause cause, @Nullable AmqpError error) {
        for (int handle : byLocalHandle.sortedKeys()) {
            AmqpLink link = byLocalHandle.remove(handle);
            if (link != null) {
                link.vanish(cause, error);
            }
        }
        incomingByName.clear();
        outgoingByName.clear();
    }

    boolean isNameTaken(String name, boolean incoming) {
        return (incoming ? incomingByName : outgoingByName).containsKey(name);
    }

    private int newHandle(Map<String, AmqpLink> byName, String name) {
        if (!session.isLive()) {
            throw new IllegalStateException("attach on " + session);
        }
        if (byName.containsKey(name)) {
            throw new IllegalStateException("link " + name + " exists on " + session);
        }
        return freeHandle();
    }

    /** The lowest free handle, -1 when there is none. */
    private int freeHandle() {
        int handle = lowestFreeHandle;
        while (byLocalHandle.get(handle) != null) {
            handle++;
        }
        lowestFreeHandle = handle;
        boolean beyond = Integer.compareUnsigned(handle, remoteHandleMax) > 0
                || handle > session.engine().settings().handleMax();
        return beyond ? -1 : handle;
    }

    private boolean ask(AmqpLink link, Attach request) {
        if (!writeAttach(link, request)) {
            return false;
        }
        byLocalHandle.put(link.localHandle(), link);
        byName(link).put(link.name(), link);
        return true;
    }

    private Map<String, AmqpLink> byName(AmqpLink link) {
        return link.isReceiver() ? incomingByName : outgoingByName;
    }

    /** Says attach; false when it is larger than the peer takes. */
    boolean writeAttach(AmqpLink link, Attach attach) {
        return session.writer()
                .frame(
                        FrameWriter.TYPE_AMQP,
                        session.localChannel(),
                        Descriptors.ATTACH,
                        fields -> attach.write(fields, link.name(), link.localHandle(), link.isReceiver()));
    }

    void writeDetach(AmqpLink link, boolean closed, @Nullable AmqpError error) {
        session.engine()
                .writeWithError(
                        session.localChannel(),
                        Descriptors.DETACH,
                        error,
                        fields -> fields.uint(link.localHandle()).bool(closed, false));
    }

    /** Takes the peer's attach: the answer to ours, or a link of its own. */
    void onAttach(FieldReader fields) {
        String name = fields.requiredString("name");
        int handle = fields.requiredUint("handle");
        boolean peerReceives = fields.requiredBool("role");
        Attach remote = Attach.read(name, fields);
        if (handle < 0 || handle > session.engine().settings().handleMax()) {
            session.engine()
                    .fail(ErrorCondition.FRAMING_ERROR.error(
                            "handle " + Integer.toUnsignedString(handle) + " is beyond handle-max "
                                    + session.engine().settings().handleMax()));
            return;
        }
        if (byRemoteHandle.get(handle) != null) {
            session.fail(ErrorCondition.HANDLE_IN_USE.error("handle " + handle + " is in use"));
            return;
        }
        Map<String, AmqpLink> byName = peerReceives ? outgoingByName : incomingByName;
        AmqpLink known = byName.get(name);
        if (known != null && known.remoteHandle() == AmqpLink.NO_HANDLE) {
            onAnswer(known, handle, remote);
            return;
        }
        if (known != null) {
            steal(known);
        }
        int localHandle = freeHandle();
        if (localHandle < 0) {
            session.fail(ErrorCondition.RESOURCE_LIMIT_EXCEEDED.error("no handle is free for link " + name));
            return;
        }
        AmqpLink link = peerReceives
                ? new OutgoingLink(session, name, localHandle, AmqpLink.State.ASKED)
                : new IncomingLink(session, name, localHandle, AmqpLink.State.ASKED);
        link.remoteHandle(handle);
        link.asked(remote);
        byLocalHandle.put(localHandle, link);
        byRemoteHandle.put(handle, link);
        byName.put(name, link);
        if (link instanceof IncomingLink receiver) {
            receiver.deliveryCount(remote.initialDeliveryCount());
            session.engine().handler().onIncomingAttach(receiver, remote);
        } else if (link instanceof OutgoingLink sender) {
            session.engine().handler().onOutgoingAttach(sender, remote);
        }
    }

    private void onAnswer(AmqpLink link, int handle, Attach remote) {
        link.remoteHandle(handle);
        byRemoteHandle.put(handle, link);
        if (link.state() == AmqpLink.State.ASKING) {
            link.state(AmqpLink.State.ATTACHED);
            link.attached(remote);
        } else {
            // We detached before the answer came; the peer's detach follows.
            byName(link).remove(link.name());
        }
    }

    /** The peer takes the link's name for another: AMQP 1.0 part 2, 2.6.1; ANO-17. */
    private void steal(AmqpLink link) {
        AmqpError stolen = ErrorCondition.STOLEN.error("link " + link.name() + " was attached again");
        if (link.state() == AmqpLink.State.ASKED) {
            session.engine().handler().onWithdrawn(link, Cause.STOLEN, stolen);
            link.refuse(stolen);
        } else {
            link.notifyDetached(Cause.STOLEN, true, stolen);
            link.detach(true, stolen);
        }
    }

    /** Takes the peer's detach. */
    void onDetach(int handle, boolean closed, @Nullable AmqpError error) {
        AmqpLink link = byRemoteHandle.remove(handle);
        if (link == null) {
            session.failUnattached(handle);
            return;
        }
        switch (link.state()) {
            case ASKED -> {
                session.engine().handler().onWithdrawn(link, Cause.DETACHED, error);
                if (link.state() == AmqpLink.State.ASKED) {
                    // The peer cannot forget a handle that was never ours: answer, then detach.
                    Attach remote = link.takeAsked();
                    writeAttach(
                            link,
                            link.isReceiver()
                                    ? remote.echo().withTarget(null)
                                    : remote.echo().withSource(null));
                    link.state(AmqpLink.State.LEFT);
                    link.detach(closed, null);
                }
            }
            case ATTACHED -> {
                link.state(AmqpLink.State.LEFT);
                link.notifyDetached(Cause.DETACHED, closed, error);
                link.detach(closed, null);
            }
            case DETACHING -> {
                link.state(AmqpLink.State.GONE);
                freeLocal(link);
            }
            default -> throw new IllegalStateException("link " + link + " has a remote handle");
        }
    }

    /** A link has said its detach; when the peer said its own before, the handle is free again. */
    void forget(AmqpLink link, boolean gone) {
        if (link.remoteHandle() != AmqpLink.NO_HANDLE && byName(link).get(link.name()) == link) {
            byName(link).remove(link.name());
        }
        if (gone) {
            freeLocal(link);
        }
    }

    private void freeLocal(AmqpLink link) {
        byLocalHandle.remove(link.localHandle());
        lowestFreeHandle = Math.min(lowestFreeHandle, link.localHandle());
    }
}
