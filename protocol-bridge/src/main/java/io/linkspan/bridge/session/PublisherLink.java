// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.bridge.DropCause;
import io.linkspan.bridge.MqttSettings;
import io.linkspan.bridge.codec.Property;
import io.linkspan.bridge.codec.PropertyView;
import io.linkspan.bridge.codec.PublishPacket;
import io.linkspan.bridge.codec.ReasonCode;
import io.linkspan.bridge.codec.WillPacket;
import io.linkspan.bridge.mapping.MqttMessage;
import io.linkspan.bridge.topic.Topic;
import io.linkspan.core.address.Group;
import io.linkspan.core.address.Route;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.Destination;
import io.linkspan.core.link.InboundLink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one client publishes: a sender of the core without an address of its own.
 *
 * <p>A publish of QoS 1 is answered when its receivers have: its outcome becomes the reason code, in the order of the
 * publishes (MQ-3-2). Released and modified publishes are tried again from a copy, for {@code publishTimeout} and
 * {@link #MAX_FAILURES} times. Chapter 3.1 of the bridge specification.
 *
 * <p>The core reports outcomes from within other calls, so nothing is sent or settled there: it is noted, and done with
 * the flush. Confined to the connection's loop.
 */
final class PublisherLink extends InboundLink {

    /** How often a publish is tried again after modified. */
    static final int MAX_FAILURES = 3;

    /** How long a released publish waits before it is tried again; the time doubles with each attempt. */
    static final long FIRST_RETRY_NS = 100_000_000L;

    static final long LAST_RETRY_NS = 2_000_000_000L;

    /** Publishes that may be unacknowledged: there are no more packet identifiers. */
    private static final int MAX_UNACKNOWLEDGED = 65_535;

    private final MqttEngine engine;
    private final MqttBridge bridge;
    private final MqttSettings settings;
    private final PublishChecks checks;
    private final RetryLog log;
    private final PendingTable underWay = new PendingTable();
    private final Unanswered unanswered;
    /** Outcomes that their receivers have left to us to settle. */
    private final ArrayDeque<PendingPublish> toSettle = new ArrayDeque<>(0);
    /** What is to be tried again with the next flush. */
    private final ArrayDeque<PendingPublish> again = new ArrayDeque<>(0);

    private int lastKey;
    private boolean clockNeeded;
    /** The publish that the core is taking right now, and what tells whether a receiver passed it over. */
    private @Nullable PendingPublish delivering;

    private long skipsBefore;

    PublisherLink(MqttEngine engine, MqttBridge bridge, OutputBuffer output) {
        super(engine, "publishes");
        this.engine = engine;
        this.bridge = bridge;
        this.settings = bridge.settings();
        this.checks = new PublishChecks(bridge, engine.isV5());
        this.log = new RetryLog(engine.allocator());
        this.unanswered = new Unanswered(engine, settings, output, log);
    }

    // ---- from the client -----------------------------------------------------------------------------------------

    /** A whole publish of QoS 0 or 1. */
    void publish(PublishPacket packet) {
        bridge.counters().publishIn(packet.qos());
        ReasonCode refusal = checks.refusal(packet, true);
        if (packet.qos() == 0) {
            if (refusal == null) {
                MqttContent content = pointed(packet);
                deliverSettled(packet.topic(), content);
                content.passed();
                holdBack();
            }
            return;
        }
        PendingPublish pending = unanswered.begin(packet);
        if (pending == null) {
            return;
        }
        if (pending.answer != null || refusal != null) {
            unanswered.answer(pending, refusal == null ? ReasonCode.PACKET_IDENTIFIER_IN_USE : refusal, null);
            return;
        }
        MqttContent content = pointed(packet);
        keep(pending, content.message());
        deliver(pending, packet.topic(), content);
        content.passed();
    }

    /** Publishes the will; its outcome is nobody's. */
    void publishWill(WillPacket will, long nowMs) {
        ByteBuf bytes = Unpooled.buffer(will.properties().length + will.payload().length);
        bytes.writeBytes(will.properties()).writeBytes(will.payload());
        MqttContent content = bridge.content();
        int qos = Math.min(will.qos(), settings.limits().effectiveMaximumQos());
        content.message().describe(will.topic(), settings.topics(), engine.publisher(), qos, will.retain());
        content.message().locate(bytes, 0, will.properties().length, will.properties().length, will.payload().length);
        PropertyView view = new PropertyView();
        view.reread(bytes, 0, will.properties().length);
        long expiry = view.number(Property.MESSAGE_EXPIRY_INTERVAL, MqttMessage.NO_EXPIRY);
        content.message().received(nowMs, expiry);
        deliverTo(bridge.route(will.topic()), content, ++lastKey, qos == 0);
        content.passed();
    }

    /** The bridge's content, pointed at a packet. */
    MqttContent pointed(PublishPacket packet) {
        MqttContent content = bridge.content();
        MqttMessage message = content.message();
        PropertyView properties = packet.properties();
        boolean plain = properties.isEmpty();
        int payload = packet.payloadStart();
        message.describe(packet.topic(), settings.topics(), engine.publisher(), packet.qos(), packet.retain());
        message.locate(
                packet.buffer(),
                plain ? payload : properties.start(),
                plain ? payload : properties.end(),
                payload,
                packet.payloadLength());
        message.received(
                engine.receivedMs(), properties.number(Property.MESSAGE_EXPIRY_INTERVAL, MqttMessage.NO_EXPIRY));
        return content;
    }

    /** Copies a message, to try it again; from now on the copy is what is delivered. */
    private void keep(PendingPublish pending, MqttMessage message) {
        int start = message.propertiesStart();
        int properties = message.propertiesEnd() - start;
        int length = message.payloadStart() + message.payloadLength() - start;
        RetryLog.Chunk chunk = log.add(message.buffer(), start, length);
        if (chunk != null) {
            int at = chunk.bytes().writerIndex() - length;
            message.locate(chunk.bytes(), at, at + properties, at + properties, message.payloadLength());
            pending.chunk = chunk;
        }
        pending.message.copyFrom(message);
    }

    /** Gives a message of QoS 0 to the core. */
    void deliverSettled(Topic topic, Content content) {
        deliverTo(bridge.route(topic), content, ++lastKey, true);
    }

    /** Gives a message of QoS 1 to the core. */
    void deliver(PendingPublish pending, Topic topic, Content content) {
        pending.underWay = true;
        pending.where = null;
        underWay.add(pending, lastKey);
        lastKey = pending.key;
        int key = pending.key;
        delivering = pending;
        skipsBefore = bridge.services().clients().skips();
        deliverTo(bridge.route(topic), content, key, false);
        delivering = null;
        if (pending.key == key && pending.underWay && isWaiting(pending)) {
            needClock();
        }
    }

    private static boolean isWaiting(PendingPublish pending) {
        Destination where = pending.where;
        return where != null && where.isWaiting(pending.whereKey);
    }

    // ---- from the core -------------------------------------------------------------------------------------------

    @Override
    protected void onForwarded(int key, Destination to, int outKey) {
        PendingPublish pending = underWay.get(key);
        if (pending != null) {
            pending.where = to;
            pending.whereKey = outKey;
        }
    }

    @Override
    protected void onOutcome(int key, @Nullable DeliveryState state, boolean settled) {
        PendingPublish pending = underWay.get(key);
        if (pending == null) {
            return; // The will's, or one that was given up.
        }
        if (settled) {
            underWay.remove(pending);
            pending.underWay = false;
        } else if (state == null || !state.isTerminal() || pending.settling) {
            return;
        } else {
            pending.settling = true;
            toSettle.add(pending);
            engine.requestFlush();
        }
        if (pending.answer != null) {
            unanswered.recycle(pending);
        } else if (!pending.waitsForRetry) {
            decide(pending, state);
        }
    }

    private void decide(PendingPublish pending, @Nullable DeliveryState state) {
        if (state == null || state.code() == DeliveryState.ACCEPTED_CODE) {
            unanswered.answer(pending, ReasonCode.SUCCESS, null);
        } else if (state.code() == DeliveryState.RELEASED_CODE) {
            released(pending);
        } else if (state.code() == DeliveryState.MODIFIED) {
            modified(pending, state.undeliverableHere());
        } else if (state.code() == DeliveryState.REJECTED) {
            unanswered.answer(
                    pending, OutcomeCodes.ofRejected(state.error(), pending.saysText), OutcomeCodes.textOf(state));
        } else {
            unanswered.answer(pending, ReasonCode.UNSPECIFIED_ERROR, null);
        }
    }

    private void released(PendingPublish pending) {
        boolean onlyPassedOver =
                pending == delivering && bridge.services().clients().skips() != skipsBefore;
        if (onlyPassedOver || receivers(pending) == 0) {
            bridge.counters().unroutable++;
            unanswered.answer(pending, ReasonCode.NO_MATCHING_SUBSCRIBERS, null);
        } else if (pending.chunk == null) {
            unanswered.answer(pending, ReasonCode.QUOTA_EXCEEDED, null);
        } else {
            pending.waitsForRetry = true;
            pending.retryAtNs = 0;
            needClock();
        }
    }

    private void modified(PendingPublish pending, boolean elsewhere) {
        boolean hopeless = pending.chunk == null || ++pending.failures > MAX_FAILURES;
        if (hopeless || (elsewhere && receivers(pending) <= 1)) {
            unanswered.answer(
                    pending, elsewhere ? ReasonCode.NO_MATCHING_SUBSCRIBERS : ReasonCode.UNSPECIFIED_ERROR, null);
        } else {
            pending.waitsForRetry = true;
            again.add(pending);
            engine.requestFlush();
        }
    }

    /** How many could get it. */
    private int receivers(PendingPublish pending) {
        Route route = bridge.route(pending.message.topic());
        route.refresh();
        Group group = route.anycast();
        if (route.destinations() != 1) {
            return route.destinations();
        }
        return group != null ? group.size() : route.shared().length > 0 ? route.shared()[0].size() : 1;
    }

    @Override
    protected void issueCredit(int more) {
        if (engine.isPausedFor(MqttEngine.PAUSED_FOR_CREDIT) && waitingSettled() <= settings.linkCapacity() / 2) {
            engine.resume(MqttEngine.PAUSED_FOR_CREDIT);
        }
    }

    @Override
    protected void drain() {
        throw new IllegalStateException("a sender without a target is never drained");
    }

    @Override
    protected void detach(AmqpError error) {
        engine.linkEnded("publishes", error);
    }

    @Override
    public void holdStream(boolean hold) {
        if (hold) {
            engine.pause(MqttEngine.PAUSED_FOR_STREAM);
        } else {
            engine.resume(MqttEngine.PAUSED_FOR_STREAM);
        }
    }

    /** Every publish that MQTT allows, and as many of QoS 0 as another link may have waiting. */
    @Override
    public int capacity() {
        return MAX_UNACKNOWLEDGED + settings.linkCapacity();
    }

    @Override
    public boolean firstAcceptedSuffices() {
        return settings.multicastAckAny();
    }

    /** Publishes of QoS 0 that wait behind a transport. */
    private int waitingSettled() {
        return capacity() - credit() - unsettledCount();
    }

    private void holdBack() {
        if (waitingSettled() > settings.linkCapacity()) {
            engine.pause(MqttEngine.PAUSED_FOR_CREDIT);
        }
    }

    // ---- flush and time ------------------------------------------------------------------------------------------

    /** Settles and tries again what was noted since the last flush. */
    void flush() {
        PendingPublish pending;
        while ((pending = toSettle.poll()) != null) {
            pending.settling = false;
            if (pending.underWay) {
                underWay.remove(pending);
                pending.underWay = false;
                senderState(pending.key, pending.where, pending.whereKey, null, true);
            }
            unanswered.recycle(pending);
        }
        for (int i = again.size(); i > 0; i--) {
            retry(again.remove());
        }
    }

    private void retry(PendingPublish pending) {
        if (pending.answer != null || pending.underWay) {
            return;
        }
        pending.waitsForRetry = false;
        if (pending.message.isExpired(engine.receivedMs())) {
            bridge.counters().drop(DropCause.EXPIRED);
            unanswered.answer(pending, ReasonCode.NO_MATCHING_SUBSCRIBERS, null);
            return;
        }
        bridge.counters().retries++;
        MqttContent content = bridge.content();
        content.message().copyFrom(pending.message);
        deliver(pending, pending.message.topic(), content);
        content.passed();
    }

    private void needClock() {
        if (!clockNeeded) {
            clockNeeded = true;
            engine.tickSoon();
        }
    }

    /** Tries again and gives up what is due; returns when it wants to be called again. */
    long tick(long nowNs) {
        if (!clockNeeded) {
            return Long.MAX_VALUE;
        }
        long next = Long.MAX_VALUE;
        List<PendingPublish> due = new ArrayList<>();
        for (PendingPublish pending : unanswered) {
            boolean waits = pending.waitsForRetry || (pending.underWay && isWaiting(pending));
            if (pending.answer == null && waits) {
                next = Math.min(next, wakeUp(pending, nowNs));
                if (nowNs >= pending.deadlineNs || (pending.retryAtNs > 0 && nowNs >= pending.retryAtNs)) {
                    due.add(pending);
                }
            }
        }
        clockNeeded = next != Long.MAX_VALUE;
        for (PendingPublish pending : due) {
            if (pending.answer == null && nowNs >= pending.deadlineNs) {
                giveUp(pending);
            } else if (pending.answer == null && pending.waitsForRetry) {
                pending.retryAtNs = 0;
                retry(pending);
            }
        }
        return clockNeeded ? Math.max(next, nowNs + FIRST_RETRY_NS) : Long.MAX_VALUE;
    }

    private long wakeUp(PendingPublish pending, long nowNs) {
        if (pending.deadlineNs == 0) {
            pending.deadlineNs = nowNs + settings.publishTimeout().toNanos();
        }
        if (!pending.waitsForRetry || again.contains(pending)) {
            return pending.deadlineNs;
        }
        if (pending.retryAtNs == 0) {
            pending.retryAtNs = nowNs + pending.retryDelayNs;
            pending.retryDelayNs = Math.min(2 * pending.retryDelayNs, LAST_RETRY_NS);
        }
        return Math.min(pending.deadlineNs, pending.retryAtNs);
    }

    /** Nobody took it in time. A receiver that still has it in its queue may yet get it, settled. */
    private void giveUp(PendingPublish pending) {
        if (pending.underWay && !pending.settling) {
            pending.settling = true;
            toSettle.add(pending);
            engine.requestFlush();
        }
        unanswered.answer(pending, ReasonCode.QUOTA_EXCEEDED, "no receiver took the message in time");
    }

    /** Gives back memory while nothing is published. */
    void rest() {
        log.trim();
        unanswered.rest();
    }

    /** The connection is gone: outcomes are nobody's, a message that was still coming is aborted. */
    void close() {
        lost();
        toSettle.forEach(unanswered::free);
        unanswered.close();
        toSettle.clear();
        again.clear();
        log.trim();
    }

    /** The core gives nothing back about a message that was aborted (routing STR-06). */
    void forget(PendingPublish pending) {
        if (pending.underWay) {
            underWay.remove(pending);
            pending.underWay = false;
        }
    }

    PublishChecks checks() {
        return checks;
    }

    Unanswered unanswered() {
        return unanswered;
    }
}
