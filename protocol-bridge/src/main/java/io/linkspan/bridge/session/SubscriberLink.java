// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.bridge.DropCause;
import io.linkspan.bridge.codec.ReasonCode;
import io.linkspan.bridge.mapping.AmqpReader;
import io.linkspan.bridge.mapping.MqttMessage;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Member;
import io.linkspan.core.address.Subscription;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.MessageStream;
import io.linkspan.core.delivery.Origin;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.link.OutboundLink;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All subscriptions of one client: one receiver of the core, so that a message that matches several filters comes once
 * (MQ-3-10).
 *
 * <p>QoS 0 is done when it is written, and dropped while the socket takes no more. QoS 1 is done when the client has
 * acknowledged it; at most {@code window} messages are in flight, the rest waits in the core. Chapter 3.2 of the bridge
 * specification. Confined to the connection's loop.
 */
final class SubscriberLink extends OutboundLink {

    /** A delivery that is rejected with {@link #refusal}. */
    private static final long REFUSED_HERE = -4;

    private static final DeliveryState UNMAPPABLE =
            DeliveryState.rejected(ErrorCondition.INVALID_FIELD.error("The address is no MQTT topic name"));

    private final MqttEngine engine;
    private final MqttBridge bridge;
    private final OutputBuffer output;
    private final PublishWriter writer;
    private final boolean isV5;
    private final int window;
    private final InFlight inFlight = new InFlight();
    private final Selection selection = new Selection();
    private final StreamsOut streams;
    /** Messages of QoS 0 written since the socket took no more. */
    private int backlog;

    private DeliveryState refusal = UNMAPPABLE;

    SubscriberLink(MqttEngine engine, MqttBridge bridge, OutputBuffer output, PublishWriter writer, int window) {
        super(engine, "subscriptions");
        this.engine = engine;
        this.bridge = bridge;
        this.output = output;
        this.writer = writer;
        this.isV5 = engine.isV5();
        this.window = window;
        this.streams = new StreamsOut(this, engine, output);
    }

    // ---- from the core -------------------------------------------------------------------------------------------

    @Override
    protected long send(Content content, Member via, Origin origin, int key, boolean settled) {
        if (output.isStreaming()) {
            return NOT_NOW;
        }
        long result;
        if (content instanceof MqttContent publish) {
            boolean hasTopic = bridge.outgoing().point(publish.message(), content.sentTo(), publish.isHeld(), isV5);
            result = hasTopic ? sendMessage(via, origin, key, settled, 0) : unmappable(origin);
        } else if (content instanceof MessageStream stream && (!stream.complete() || stream.nativePrefix() != null)) {
            result = sendStream(stream, via, origin, key, settled);
        } else {
            result = sendAmqp(content.amqpBytes(), content.sentTo(), via, origin, key, settled, 0, arrivedMs());
        }
        return result == REFUSED_HERE ? done(refusal) : result;
    }

    /**
     * Sends a whole AMQP message.
     *
     * @param reservedId the packet identifier it has already, or 0
     * @param arrivedMs when it came
     * @return as {@link #send}, or {@link #REFUSED_HERE}
     */
    private long sendAmqp(
            ByteBuf bytes,
            @Nullable AddressKey sentTo,
            Member via,
            Origin origin,
            int key,
            boolean settled,
            int reservedId,
            long arrivedMs) {
        try {
            AmqpReader reader = bridge.reader();
            reader.read(bytes, bytes.readerIndex(), bytes.writerIndex(), settled, isV5, arrivedMs, bridge.nowMs());
            return bridge.outgoing().point(reader, sentTo)
                    ? sendMessage(via, origin, key, settled, reservedId)
                    : unmappable(origin);
        } catch (MalformedException e) {
            bridge.counters().drop(DropCause.UNREADABLE);
            return refuse(DeliveryState.rejected(ErrorCondition.DECODE_ERROR.error(String.valueOf(e.getMessage()))));
        }
    }

    @Override
    protected long queueClock() {
        return bridge.nowMs();
    }

    /** When the present delivery came to this router: its time to live counts while it waits (second table, ttl). */
    private long arrivedMs() {
        long queuedAt = queuedAt();
        return queuedAt == NOT_QUEUED ? bridge.nowMs() : queuedAt;
    }

    private long sendStream(MessageStream stream, Member via, Origin origin, int key, boolean settled) {
        OutgoingMessage message = bridge.outgoing();
        if (stream.nativePrefix() instanceof MqttMessage publish) {
            if (!message.point(publish, stream.sentTo(), queuedAt() != NOT_QUEUED, isV5)) {
                return unmappable(origin);
            }
            message.payloadComes(publish.payloadLength());
            return sendInPieces(stream, stream.nativePrefixBytes(), true, via, origin, key, settled);
        }
        int prefix = streams.readPrefix(stream, bridge.reader(), settled, isV5, arrivedMs(), bridge.nowMs());
        if (prefix < 0) {
            return gather(stream, via, origin, key, settled);
        }
        if (!message.point(bridge.reader(), stream.sentTo())) {
            return unmappable(origin);
        }
        message.payloadComes(bridge.reader().payloadLength());
        return sendInPieces(stream, prefix, false, via, origin, key, settled);
    }

    private long gather(MessageStream stream, Member via, Origin origin, int key, boolean settled) {
        if (inFlight.count() >= window) {
            return NOT_NOW;
        }
        int id = inFlight.add(settled ? null : origin, key);
        streams.gather(stream, via, origin, key, settled, id, arrivedMs());
        return settled ? DONE : id;
    }

    /** A gathered message is complete; false if it has to wait. */
    boolean sendGathered(
            ByteBuf bytes,
            @Nullable AddressKey sentTo,
            Member via,
            Origin origin,
            int key,
            boolean settled,
            int id,
            long arrivedMs) {
        if (output.isStreaming() || !engine.writable()) {
            return false;
        }
        long result = sendAmqp(bytes, sentTo, via, origin, key, settled, id, arrivedMs);
        if (result == REFUSED_HERE) {
            settleReserved(id, refusal);
        } else if (result == SKIPPED) {
            settleReserved(id, DeliveryState.RELEASED);
        } else if (result != id) {
            settleReserved(id, DeliveryState.ACCEPTED);
        }
        return true;
    }

    /** The outcome of a delivery whose packet identifier is not, or no longer, waiting for the client. */
    private void settleReserved(int id, DeliveryState state) {
        Origin origin = inFlight.origin(id);
        int key = inFlight.key(id);
        inFlight.remove(id);
        if (origin != null) {
            outcome(origin, key, state, true);
        }
    }

    private long sendMessage(Member via, Origin origin, int key, boolean settled, int reservedId) {
        OutgoingMessage message = bridge.outgoing();
        if (message.isExpired()) {
            bridge.counters().drop(DropCause.EXPIRED);
            return skip();
        }
        if (!selection.select(via, message, engine)) {
            return skip();
        }
        if (bridge.settings().overlapEach() && selection.count() > 1 && reservedId == 0) {
            return sendEach(message, origin, key, settled);
        }
        int qos = Math.min(message.qos(), selection.qos());
        if (!writer.fits(message, qos, selection)) {
            return tooLarge();
        }
        if (qos == 0) {
            sendAtMostOnce(message);
            return DONE;
        }
        if (reservedId > 0) {
            writePublish(message, qos, reservedId);
            return reservedId;
        }
        if (inFlight.count() >= window || !engine.writable()) {
            return NOT_NOW;
        }
        int id = inFlight.add(settled ? null : origin, key);
        writePublish(message, qos, id);
        return settled ? DONE : id;
    }

    private void sendAtMostOnce(OutgoingMessage message) {
        if (engine.writable()) {
            backlog = 0;
        } else if (backlog >= bridge.settings().limits().qos0Backlog()) {
            bridge.counters().drop(DropCause.QOS_0_OVERFLOW);
            return;
        } else {
            backlog++;
        }
        writePublish(message, 0, 0);
    }

    /**
     * One copy for each subscription; those of QoS 1 together make the outcome. If they are more than the window, the
     * window's number is all the client gets of them.
     */
    private long sendEach(OutgoingMessage message, Origin origin, int key, boolean settled) {
        MqttSubscription[] all = selection.all();
        int acknowledged = 0;
        for (MqttSubscription each : all) {
            selection.narrowTo(each);
            int qos = Math.min(message.qos(), each.qos());
            acknowledged += qos > 0 && writer.fits(message, qos, selection) ? 1 : 0;
        }
        acknowledged = Math.min(acknowledged, window);
        if (acknowledged > 0 && (inFlight.count() + acknowledged > window || !engine.writable())) {
            return NOT_NOW;
        }
        Copies copies = new Copies(origin, key, acknowledged);
        int id = 0;
        for (MqttSubscription each : all) {
            selection.narrowTo(each);
            int qos = Math.min(message.qos(), each.qos());
            if (!writer.fits(message, qos, selection)) {
                bridge.counters().drop(DropCause.TOO_LARGE);
            } else if (qos == 0) {
                sendAtMostOnce(message);
            } else if (acknowledged-- > 0) {
                id = inFlight.add(settled ? null : copies, key);
                writePublish(message, qos, id);
            }
        }
        return settled || id == 0 ? DONE : id;
    }

    private long sendInPieces(
            MessageStream stream, int prefix, boolean isNative, Member via, Origin origin, int key, boolean settled) {
        OutgoingMessage message = bridge.outgoing();
        if (message.isExpired()) {
            bridge.counters().drop(DropCause.EXPIRED);
            return skip();
        }
        if (!selection.select(via, message, engine)) {
            return skip();
        }
        int qos = Math.min(message.qos(), selection.qos());
        if (!writer.fits(message, qos, selection)) {
            return tooLarge();
        }
        if (!engine.writable() || (qos > 0 && inFlight.count() >= window)) {
            return NOT_NOW;
        }
        boolean tracked = qos > 0 && !settled;
        int id = qos > 0 ? inFlight.add(tracked ? origin : null, key) : 0;
        bridge.counters().publishOut(qos);
        writer.writeHeader(message, qos, message.retain() && selection.retainAsPublished(), id, selection);
        output.beginStream();
        streams.begin(stream, prefix, message.payloadLength(), isNative, id);
        return tracked ? id : DONE;
    }

    private void writePublish(OutgoingMessage message, int qos, int id) {
        bridge.counters().publishOut(qos);
        writer.writeHeader(message, qos, message.retain() && selection.retainAsPublished(), id, selection);
        if (message.payloadLength() > 0) {
            output.append(message.payload(), message.payloadStart(), message.payloadLength());
        }
    }

    private long skip() {
        bridge.services().clients().skipped();
        return SKIPPED;
    }

    /** Not sent to this client, and done with; of a shared subscription another member is tried (MQ-2-7). */
    private long tooLarge() {
        bridge.counters().drop(DropCause.TOO_LARGE);
        return selection.isShared() ? skip() : DONE;
    }

    private long refuse(DeliveryState state) {
        refusal = state;
        return REFUSED_HERE;
    }

    /** Rejected if nobody else gets the delivery (MQ-1-17). */
    private long unmappable(Origin origin) {
        bridge.counters().drop(DropCause.UNMAPPABLE);
        return origin instanceof InboundLink ? refuse(UNMAPPABLE) : skip();
    }

    /** At most once has no outcome to tell (architecture, section 3). */
    @Override
    public boolean contributes(Member via) {
        List<Subscription> subscriptions = via.subscriptions();
        for (int i = 0, n = subscriptions.size(); i < n; i++) {
            if (subscriptions.get(i).attachment() instanceof MqttSubscription subscription && subscription.qos() > 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    protected boolean hasCredit() {
        return inFlight.count() < window;
    }

    @Override
    public int creditAvailable() {
        return window - inFlight.count();
    }

    @Override
    protected void senderState(int outKey, @Nullable DeliveryState state, boolean settled) {
        if (!settled || !inFlight.contains(outKey)) {
            return;
        }
        if (inFlight.origin(outKey) instanceof Copies copies) {
            copies.finish();
        } else {
            inFlight.forget(outKey);
        }
    }

    @Override
    protected void forEachUnsettled(UnsettledVisitor visitor) {
        inFlight.forEach((origin, key) -> {
            if (!(origin instanceof Copies copies)) {
                visitor.unsettled(origin, key);
            } else if (copies.finish()) {
                visitor.unsettled(copies.origin(), copies.key());
            }
        });
    }

    @Override
    protected void detach(@Nullable AmqpError error) {
        engine.linkEnded("subscriptions", error);
    }

    // ---- from the client -----------------------------------------------------------------------------------------

    /** PUBACK; true if it was waited for (MQ-6-28). */
    boolean acknowledged(int id, ReasonCode reason) {
        if (!inFlight.contains(id)) {
            return false;
        }
        Origin origin = inFlight.origin(id);
        int key = inFlight.key(id);
        inFlight.remove(id);
        if (origin == null) {
            return true;
        }
        DeliveryState state = reason.isFailure() ? refusedByClient(reason) : DeliveryState.ACCEPTED;
        if (origin instanceof Copies copies) {
            DeliveryState result = copies.done(state);
            if (result != null) {
                outcome(copies.origin(), copies.key(), result, true);
            }
        } else {
            outcome(origin, key, state, true);
        }
        return true;
    }

    /** A condition from which a publisher reads the subscriber's code again, or 0x83 (chapter 3.1 backwards). */
    private static DeliveryState refusedByClient(ReasonCode reason) {
        ErrorCondition condition =
                switch (reason) {
                    case NOT_AUTHORIZED -> ErrorCondition.UNAUTHORIZED_ACCESS;
                    case QUOTA_EXCEEDED -> ErrorCondition.RESOURCE_LIMIT_EXCEEDED;
                    case PAYLOAD_FORMAT_INVALID -> ErrorCondition.INVALID_FIELD;
                    default -> ErrorCondition.INTERNAL_ERROR;
                };
        return DeliveryState.rejected(
                condition.error("The MQTT client answered 0x" + Integer.toHexString(reason.code()) + " " + reason));
    }

    // ---- from the connection and its streams ---------------------------------------------------------------------

    /** Room in the window or at the socket: what waits goes on. */
    void goOn() {
        if (engine.writable()) {
            streams.pump();
        }
        if (!output.isStreaming()) {
            streams.sendGathered();
            resume();
        }
    }

    /** The sender of a message gave it up before it was all here. */
    void streamAborted(int id) {
        if (!inFlight.contains(id)) {
            return;
        }
        Origin origin = inFlight.origin(id);
        int key = inFlight.key(id);
        inFlight.remove(id);
        if (origin != null) {
            aborted(origin, key);
        }
    }

    /** What was being streamed is not what it announced, or too much to gather. */
    void streamRefused(int id, AmqpError error) {
        if (inFlight.contains(id)) {
            settleReserved(id, DeliveryState.rejected(error));
        }
    }

    /** Lets go of streams; {@link #lost()} follows or has been called. */
    void closeStreams() {
        streams.close();
    }

    int inFlightCount() {
        return inFlight.count();
    }
}
