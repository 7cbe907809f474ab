// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.Cause;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.bridge.MqttLimits;
import io.linkspan.bridge.codec.ConnectPacket;
import io.linkspan.bridge.codec.MqttVersion;
import io.linkspan.bridge.codec.PacketDecoder;
import io.linkspan.bridge.codec.PacketWriter;
import io.linkspan.bridge.codec.ReasonCode;
import io.linkspan.bridge.codec.WillPacket;
import io.linkspan.bridge.mapping.Publisher;
import io.linkspan.core.RouterCore;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionFacts;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.wire.Wire;
import io.linkspan.wire.WireEngine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * One MQTT connection of any version: bytes below, the core above. What the client publishes comes in through a
 * {@link PublisherLink}, what it is subscribed to goes out through a {@link SubscriberLink}; each is made when it is
 * first needed.
 *
 * <p>The session ends with the connection. An end is recorded where it is seen and carried out with the next flush, so
 * that no call destroys its caller. Confined to the connection's loop.
 */
public final class MqttEngine extends Connection implements WireEngine {

    /** Reading stops while too many publishes of a client before MQTT 5.0 are not answered (MQ-3-6). */
    static final int PAUSED_FOR_ANSWERS = 1;

    /** Reading stops while too much of QoS 0 waits behind other transports. */
    static final int PAUSED_FOR_CREDIT = 2;

    /** Reading stops while the receivers of a large publish are slower than its sender (routing STR-02). */
    static final int PAUSED_FOR_STREAM = 4;

    /** Reading stops until it is known who the client is. */
    static final int PAUSED_FOR_AUTHENTICATION = 8;

    /** Reading stops while answers pile up behind a publish that is being streamed out. */
    static final int PAUSED_FOR_OUTPUT = 16;

    /** Bytes of answers behind a streamed publish at which reading stops. */
    static final int MAX_WAITING_BYTES = 64 << 10;

    private enum State {
        /** No CONNECT yet. */
        CONNECTING,
        /** It is being found out who the client is. */
        AUTHENTICATING,
        /** The client is in. */
        OPEN,
        /** The core knows nothing of the connection any more. */
        GONE
    }

    private final MqttBridge bridge;
    private final MqttLimits limits;
    private final Wire wire;
    private final OutputBuffer output;
    private final PacketDecoder decoder;
    private State state = State.CONNECTING;
    private @Nullable Ending ending;
    private int paused;
    private boolean goOn;
    private long nowNs;
    private long connectDeadlineNs;
    private long receivedMs;

    private @Nullable ConnectPacket connect;
    private Publisher self = new Publisher("", null);
    private KeepAlive keepAlive = new KeepAlive(0);
    private final SlowConsumer slowConsumer;
    private @Nullable Subscriptions subscriptions;
    private @Nullable PublisherLink publisher;
    private @Nullable SubscriberLink subscriber;

    private MqttEngine(MqttBridge bridge, ConnectionFacts facts, Wire wire) {
        super(bridge.core(), ConnectionRole.NORMAL, bridge.settings().linkCapacity(), facts);
        this.bridge = bridge;
        this.limits = bridge.settings().limits();
        this.wire = wire;
        this.output = new OutputBuffer(wire);
        this.slowConsumer = new SlowConsumer(limits.slowConsumerTimeoutSeconds());
        // The wire is not used before the first bytes come.
        this.decoder = new PacketDecoder(
                bridge.decoderLimits(),
                bridge.topics(),
                new ClientPackets(this, bridge),
                bridge.services().allocator());
    }

    /** A connection that a client made to a listener; the core knows it from now on. */
    public static MqttEngine accepted(MqttBridge bridge, ConnectionFacts facts, Wire wire) {
        MqttEngine engine = new MqttEngine(bridge, facts, wire);
        bridge.core().connected(engine);
        return engine;
    }

    // ---- from the shell ------------------------------------------------------------------------------------------

    @Override
    public void receive(ByteBuf in) {
        receivedMs = 0;
        decoder.receive(in);
        continueSending();
    }

    private void continueSending() {
        if (goOn && subscriber != null) {
            goOn = false;
            subscriber.goOn();
        }
    }

    @Override
    public void flush() {
        receivedMs = 0;
        if (publisher != null) {
            publisher.flush();
        }
        if (!output.isStreaming()) {
            paused &= ~PAUSED_FOR_OUTPUT;
        }
        if (paused == 0 && ending == null && decoder.isPaused()) {
            decoder.resume();
            if (!decoder.isPaused()) {
                wire.setReading(true);
            }
            continueSending();
        }
        if (ending != null && state != State.GONE) {
            finish(ending);
        }
        output.flush();
        if (output.waitingBytes() > MAX_WAITING_BYTES) {
            pause(PAUSED_FOR_OUTPUT);
        }
    }

    @Override
    public void tick(long now) {
        nowNs = now;
        receivedMs = 0;
        if (state == State.GONE) {
            return;
        }
        if (state == State.OPEN) {
            boolean heard = decoder.takeProgress() || paused != 0;
            if (keepAlive.isOver(now, heard)) {
                end(ReasonCode.KEEP_ALIVE_TIMEOUT, "nothing was heard for one and a half keep alive intervals");
            }
            if (slowConsumer.isOver(now, wire.bytesBeforeWritable())) {
                end(
                        ReasonCode.QUOTA_EXCEEDED,
                        "nothing was read for " + limits.slowConsumerTimeoutSeconds()
                                + " s while too much was waiting");
            }
            long next = publisher == null ? Long.MAX_VALUE : publisher.tick(now);
            if (publisher != null) {
                publisher.rest();
            }
            schedule(Math.min(next, Math.min(keepAlive.nextNs(), slowConsumer.nextNs())));
            return;
        }
        if (connectDeadlineNs == 0) {
            connectDeadlineNs = now + limits.connectTimeoutSeconds() * 1_000_000_000L;
        }
        if (now >= connectDeadlineNs && ending == null) {
            String reason = "no complete CONNECT in " + limits.connectTimeoutSeconds() + " s";
            refuseUnnamed(ReasonCode.KEEP_ALIVE_TIMEOUT, reason);
            end(Ending.silent(ReasonCode.KEEP_ALIVE_TIMEOUT, reason));
        }
        schedule(connectDeadlineNs);
    }

    private void schedule(long deadlineNs) {
        if (deadlineNs != Long.MAX_VALUE) {
            wire.scheduleTick(deadlineNs);
        }
    }

    @Override
    public void writabilityChanged(boolean writable) {
        if (writable) {
            slowConsumer.reads();
        } else {
            tickSoon();
        }
        if (writable && subscriber != null) {
            subscriber.goOn();
        }
    }

    @Override
    public void transportClosed() {
        if (state != State.GONE) {
            Ending known = ending;
            leave(known != null ? known : Ending.lost());
        }
        decoder.close();
        output.close();
    }

    @Override
    public void shutdown() {
        end(Ending.shutdown(bridge.settings().willOnShutdown()));
    }

    // ---- from the core and management ----------------------------------------------------------------------------

    @Override
    protected void close(@Nullable AmqpError error) {
        String reason = error == null || error.description() == null ? "closed by management" : error.description();
        end(ReasonCode.ADMINISTRATIVE_ACTION, reason);
    }

    /** MQTT 5 tells the client why (5.0, 3.14.2.1: 0x98); earlier clients see the end of the connection alone. */
    @Override
    protected void drop() {
        end(ReasonCode.ADMINISTRATIVE_ACTION, "closed by management");
    }

    @Override
    protected void tracingChanged(boolean on) {
        // Frames are those of AMQP; packets are not traced.
    }

    /** The router ended one of the client's links; MQTT has no links, so the connection ends. */
    void linkEnded(String link, @Nullable AmqpError error) {
        String reason = link + ": " + (error == null ? "ended by the router" : error.toString());
        bridge.events().linkEnded(this, reason);
        end(ReasonCode.ADMINISTRATIVE_ACTION, reason);
    }

    // ---- for its parts -------------------------------------------------------------------------------------------

    ByteBufAllocator allocator() {
        return wire.allocator();
    }

    OutputBuffer output() {
        return output;
    }

    boolean writable() {
        return ending == null && wire.writable();
    }

    void requestFlush() {
        wire.requestFlush();
    }

    boolean isV5() {
        MqttVersion version = decoder.version();
        return version != null && version.isV5();
    }

    /** A reason string as the client gets it: null if it wants none, or if it would not fit its packets. */
    @Nullable
    String reasonString(@Nullable String reason) {
        ConnectPacket client = connect;
        boolean wanted = client != null && client.requestProblemInformation();
        boolean fits = client != null
                && reason != null
                && 3L * Math.min(reason.length(), PacketWriter.MAX_REASON_BYTES) + 16 <= client.maximumPacketSize();
        return wanted && fits ? reason : null;
    }

    /** Who this client is, as a publisher; the same object for all its messages. */
    Publisher publisher() {
        return self;
    }

    /** When the present input or tick came, in milliseconds since 1970; the clock is asked once for each. */
    long receivedMs() {
        if (receivedMs == 0) {
            receivedMs = bridge.nowMs();
        }
        return receivedMs;
    }

    boolean isForeignReply(String topic) {
        return bridge.services()
                .clients()
                .isForeignReply(bridge.settings().topics().addressPrefix(), topic, this);
    }

    PublisherLink publishes() {
        PublisherLink link = publisher;
        if (link == null) {
            link = new PublisherLink(this, bridge, output);
            publisher = link;
            core().producer(link, null);
        }
        return link;
    }

    SubscriberLink subscriber() {
        SubscriberLink link = subscriber;
        ConnectPacket client = connect;
        if (link == null) {
            if (client == null) {
                throw new IllegalStateException("subscribed before CONNECT");
            }
            OutboundAliases aliases =
                    client.topicAliasMaximum() > 0 ? new OutboundAliases(client.topicAliasMaximum()) : null;
            PublishWriter writer = new PublishWriter(output, isV5(), client.maximumPacketSize(), aliases);
            link = new SubscriberLink(this, bridge, output, writer, Math.min(client.receiveMaximum(), limits.window()));
            subscriber = link;
        }
        return link;
    }

    @Nullable
    SubscriberLink subscriberIfAny() {
        return subscriber;
    }

    Subscriptions subscriptions() {
        Subscriptions known = subscriptions;
        if (known == null) {
            throw new IllegalStateException("subscribed before CONNECT");
        }
        return known;
    }

    /** A packet in flight was acknowledged: what waits goes on after this input. */
    void windowOpened() {
        goOn = true;
    }

    /** The clock is needed before the next deadline. */
    void tickSoon() {
        wire.scheduleTick(nowNs);
    }

    /** Stops reading, for one of the reasons. */
    void pause(int reason) {
        if (paused == 0) {
            decoder.pause();
            wire.setReading(false);
        }
        paused |= reason;
    }

    /** One reason is gone; reading goes on with the next flush if it was the last. */
    void resume(int reason) {
        if ((paused & reason) != 0) {
            paused &= ~reason;
            wire.requestFlush();
        }
    }

    boolean isPausedFor(int reason) {
        return (paused & reason) != 0;
    }

    // ---- CONNECT -------------------------------------------------------------------------------------------------

    /** It is being found out who the client is. */
    void authenticating() {
        state = State.AUTHENTICATING;
    }

    boolean isAuthenticating() {
        return state == State.AUTHENTICATING && ending == null;
    }

    /** The client is let in; its CONNACK follows. */
    void open(ConnectPacket packet, Publisher client, ConnectionFacts complete, KeepAlive watch) {
        connect = packet;
        state = State.OPEN;
        self = client;
        facts(complete);
        keepAlive = watch;
        subscriptions = new Subscriptions(this, bridge, packet.version());
    }

    /** A client whose CONNECT could not be read, or did not come. */
    private void refuseUnnamed(ReasonCode code, String reason) {
        bridge.counters().refuse(code);
        bridge.events().connectRefused(this, null, null, code, reason);
    }

    // ---- the end -------------------------------------------------------------------------------------------------

    /** The client broke a rule. */
    void violation(ReasonCode code, String reason) {
        bridge.counters().violations++;
        end(code, reason);
    }

    /** The client's bytes are no packets. */
    void unreadable(ReasonCode code, boolean silent, String reason) {
        bridge.counters().violations++;
        if (state == State.OPEN) {
            end(code, reason);
        } else {
            refuseUnnamed(code, reason);
            end(silent ? Ending.silent(code, reason) : Ending.refused(code, reason));
        }
    }

    /** Ends the connection and says why. */
    void end(ReasonCode code, String reason) {
        end(Ending.because(code, reason));
    }

    /** Ends the connection without another byte. */
    void drop(String reason) {
        end(Ending.dropped(reason));
    }

    /** Records the end; the first one counts. */
    void end(Ending how) {
        if (ending == null && state != State.GONE) {
            ending = how;
            decoder.close();
            wire.requestFlush();
        }
    }

    boolean isEnding() {
        return ending != null;
    }

    boolean isOpen() {
        return state == State.OPEN && ending == null;
    }

    private void finish(Ending how) {
        boolean wasOpen = state == State.OPEN;
        leave(how);
        if (how.isDrop() || output.isStreaming()) {
            wire.drop();
            return;
        }
        if (how.says()) {
            sayGoodbye(how, wasOpen);
        }
        wire.closeAfterFlush();
    }

    private void sayGoodbye(Ending how, boolean wasOpen) {
        ByteBuf out = output.buffer(16 + PacketWriter.MAX_REASON_BYTES);
        if (wasOpen) {
            if (isV5()) {
                PacketWriter.disconnect(out, how.code(), how.isReasonForClient() ? reasonString(how.reason()) : null);
            }
        } else if (decoder.version() != null) {
            ReasonCode code = how.isRefusal() ? how.code() : ReasonCode.SERVER_UNAVAILABLE;
            if (isV5()) {
                PacketWriter.connack(out, false, code, Unpooled.EMPTY_BUFFER);
            } else if (PacketWriter.returnCode(code) > 0) {
                PacketWriter.connack(out, false, PacketWriter.returnCode(code));
            }
        }
    }

    /** Takes the connection out of the core; what was under way is lost, the will is published if it is due. */
    private void leave(Ending how) {
        boolean wasOpen = state == State.OPEN;
        state = State.GONE;
        decoder.close();
        ConnectPacket client = connect;
        if (wasOpen && client != null) {
            WillPacket will = client.will();
            if (will != null && how.publishesWill()) {
                bridge.counters().wills++;
                publishes().publishWill(will, bridge.nowMs());
                bridge.events().willPublished(this, will.topic().name());
            }
            bridge.services().clients().leave(bridge.settings().topics().addressPrefix(), self.clientId(), this);
            bridge.counters().clients--;
            bridge.events().clientGone(this, how.code(), how.isOrderly(), how.reason());
        }
        if (publisher != null) {
            publisher.close();
        }
        if (subscriber != null) {
            subscriber.lost();
            subscriber.closeStreams();
        }
        RouterCore core = core();
        core.events().connectionEnded(this, how.cause(), how.cause() == Cause.VIOLATION ? errorOf(how) : null);
        core.disconnected(this);
    }

    private static AmqpError errorOf(Ending how) {
        return ErrorCondition.CONNECTION_FORCED.error(how.code() + " " + how.reason());
    }
}
