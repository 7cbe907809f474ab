// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a connection by channel, and the coming and going of them. AMQP 1.0 part 2, 2.5.1 to 2.5.5. Confined to
 * the connection's loop.
 *
 * <p>Each end numbers the sessions by channels of its own; ours are the lowest free ones: 0, 1, 2 in order. How many there
 * may be is limited by {@link AmqpSettings#channelMax} and the peer's.
 */
final class ConnectionSessions {
    private final AmqpEngine engine;
    private int remoteChannelMax = Open.DEFAULT_CHANNEL_MAX;
    private int lowestFreeChannel;
    private final IntTable<AmqpSession> byLocalChannel = new IntTable<>();
    private final IntTable<AmqpSession> byRemoteChannel = new IntTable<>();

    ConnectionSessions(AmqpEngine engine) {
        this.engine = engine;
    }

    void remoteChannelMax(int max) {
        remoteChannelMax = max;
    }

    @Nullable
    AmqpSession byRemoteChannel(int channel) {
        return byRemoteChannel.get(channel);
    }

    /** Visits all sessions in the order of our channels; they may come and go meanwhile. */
    void forEach(Consumer<AmqpSession> visitor) {
        for (int channel : byLocalChannel.sortedKeys()) {
            AmqpSession session = byLocalChannel.get(channel);
            if (session != null) {
                visitor.accept(session);
            }
        }
    }

    /** Begins a session; null when no channel is free. */
    @Nullable
    AmqpSession begin() {
        int channel = freeChannel();
        if (channel < 0) {
            return null;
        }
        AmqpSession session = new AmqpSession(engine, channel, AmqpSession.State.ASKING);
        byLocalChannel.put(channel, session);
        session.writeBegin();
        return session;
    }

    /** The lowest free channel, -1 when there is none. */
    private int freeChannel() {
        int channel = lowestFreeChannel;
        while (byLocalChannel.get(channel) != null) {
            channel++;
        }
        lowestFreeChannel = channel;
        return channel > Math.min(remoteChannelMax, engine.settings().channelMax()) ? -1 : channel;
    }

    /** Takes the peer's begin: the answer to ours, or a session of its own. */
    void onBegin(int channel, Begin begin) {
        int channelMax = engine.settings().channelMax();
        if (channel > channelMax) {
            engine.fail(ErrorCondition.FRAMING_ERROR.error(
                    "remote channel " + channel + " is above negotiated channel_max " + channelMax));
        } else if (byRemoteChannel.get(channel) != null) {
            engine.fail(ErrorCondition.FRAMING_ERROR.error("remote channel " + channel + " is in use"));
        } else if (begin.remoteChannel() == Begin.NO_CHANNEL) {
            onNew(channel, begin);
        } else {
            onAnswer(channel, begin);
        }
    }

    private void onAnswer(int channel, Begin begin) {
        AmqpSession asked = byLocalChannel.get(begin.remoteChannel());
        if (asked == null || asked.remoteChannel() != Begin.NO_CHANNEL) {
            engine.fail(
                    ErrorCondition.NOT_ALLOWED.error("no begin to be answered on channel " + begin.remoteChannel()));
            return;
        }
        byRemoteChannel.put(channel, asked);
        asked.onBegin(channel, begin);
    }

    private void onNew(int channel, Begin begin) {
        int localChannel = freeChannel();
        if (localChannel < 0) {
            engine.fail(ErrorCondition.RESOURCE_LIMIT_EXCEEDED.error(
                    "no channel is free to answer the begin on " + channel));
            return;
        }
        AmqpSession session = new AmqpSession(engine, localChannel, AmqpSession.State.ASKED);
        byLocalChannel.put(localChannel, session);
        byRemoteChannel.put(channel, session);
        session.onBegin(channel, begin);
        engine.handler().onSession(session);
        if (engine.isOpen()) {
            session.answer();
        }
    }

    /** Takes the peer's end. */
    void onEnd(int channel, @Nullable AmqpError error) {
        AmqpSession session = byRemoteChannel.remove(channel);
        if (session == null) {
            failUnknown(channel);
            return;
        }
        session.onEnd(error);
        byLocalChannel.remove(session.localChannel());
        lowestFreeChannel = Math.min(lowestFreeChannel, session.localChannel());
    }

    void failUnknown(int channel) {
        engine.fail(ErrorCondition.NOT_ALLOWED.error("no such channel: " + channel));
    }
}
