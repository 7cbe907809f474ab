// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.MqttSettings;
import io.linkspan.bridge.codec.PacketType;
import io.linkspan.bridge.codec.PacketWriter;
import io.linkspan.bridge.codec.Property;
import io.linkspan.bridge.codec.PublishPacket;
import io.linkspan.bridge.codec.ReasonCode;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The publishes of a client that are not answered, in the order they came, which is the order of their answers
 * (MQ-3-2). At most our Receive Maximum (MQ-3-6). Confined to the connection's loop.
 */
final class Unanswered implements Iterable<PendingPublish> {

    /** Records kept to be used again while the client publishes. */
    private static final int MAX_SPARE = 1_024;

    private final MqttEngine engine;
    private final OutputBuffer output;
    private final boolean isV5;
    private final int maximum;
    private final boolean closesOnReject;
    private final RetryLog log;
    private final PacketIdSet ids = new PacketIdSet();
    private final ArrayDeque<PendingPublish> inOrder = new ArrayDeque<>(0);
    private ArrayDeque<PendingPublish> spare = new ArrayDeque<>(0);

    /**
     * None yet.
     *
     * @param log where their messages are kept; told when one is done
     */
    Unanswered(MqttEngine engine, MqttSettings settings, OutputBuffer output, RetryLog log) {
        this.engine = engine;
        this.output = output;
        this.log = log;
        this.isV5 = engine.isV5();
        this.maximum = settings.limits().effectiveReceiveMaximum();
        this.closesOnReject = settings.v3OnReject() == MqttSettings.OnReject.CLOSE;
    }

    int size() {
        return inOrder.size();
    }

    @Override
    public Iterator<PendingPublish> iterator() {
        return inOrder.iterator();
    }

    /**
     * Notes a publish of QoS 1, in its place among the others; null if it is one we have, or one too many. One whose
     * identifier is in use has its answer already.
     */
    @Nullable
    PendingPublish begin(PublishPacket packet) {
        boolean inUse = ids.contains(packet.packetId());
        if (inUse && packet.dup()) {
            return null;
        }
        if (inOrder.size() >= maximum && isV5) {
            engine.violation(
                    ReasonCode.RECEIVE_MAXIMUM_EXCEEDED, "More than " + maximum + " publishes are not acknowledged");
            return null;
        }
        PendingPublish pending = spare.poll();
        if (pending == null) {
            pending = new PendingPublish();
        }
        boolean isText = packet.properties().number(Property.PAYLOAD_FORMAT_INDICATOR, 0) == 1;
        pending.begin(packet.packetId(), isText);
        if (!inUse) {
            pending.ownsId = ids.add(packet.packetId());
        } else if (isV5) {
            pending.answer = ReasonCode.PACKET_IDENTIFIER_IN_USE;
        }
        inOrder.add(pending);
        if (!isV5 && inOrder.size() >= maximum) {
            engine.pause(MqttEngine.PAUSED_FOR_ANSWERS);
        }
        return pending;
    }

    /** Answers a publish as soon as those before it are answered. */
    void answer(PendingPublish pending, ReasonCode code, @Nullable String text) {
        pending.answer = code;
        pending.answerText = text;
        pending.waitsForRetry = false;
        PendingPublish head;
        while ((head = inOrder.peek()) != null && head.answer != null && !engine.isEnding()) {
            inOrder.remove();
            write(head, head.answer);
            head.answered = true;
            if (head.ownsId) {
                ids.remove(head.packetId);
            }
            recycle(head);
        }
        if (engine.isPausedFor(MqttEngine.PAUSED_FOR_ANSWERS) && inOrder.size() < maximum) {
            engine.resume(MqttEngine.PAUSED_FOR_ANSWERS);
        }
    }

    private void write(PendingPublish pending, ReasonCode code) {
        if (isV5) {
            String text = engine.reasonString(pending.answerText);
            ByteBuf out = output.buffer(8 + (text == null ? 0 : PacketWriter.MAX_REASON_BYTES + 8));
            PacketWriter.acknowledgement(out, PacketType.PUBACK, pending.packetId, code, text);
        } else if (code.isFailure() && closesOnReject) {
            engine.end(code, "a publish was rejected: " + (pending.answerText == null ? code : pending.answerText));
        } else {
            PacketWriter.acknowledgement(output.buffer(4), PacketType.PUBACK, pending.packetId);
        }
    }

    /** Something about a publish has ended; it is used again once nothing refers to it. */
    void recycle(PendingPublish pending) {
        if (pending.answered && !pending.underWay && !pending.settling) {
            free(pending);
            if (spare.size() < MAX_SPARE) {
                spare.push(pending);
            }
        }
    }

    /** Gives back memory while nothing is published. */
    void rest() {
        if (inOrder.isEmpty() && !spare.isEmpty()) {
            spare = new ArrayDeque<>(0);
        }
    }

    /** Gives back the memory of its message. */
    void free(PendingPublish pending) {
        RetryLog.Chunk chunk = pending.chunk;
        if (chunk != null) {
            pending.chunk = null;
            log.done(chunk);
        }
    }

    /** The connection is gone. */
    void close() {
        inOrder.forEach(this::free);
        inOrder.clear();
    }
}
