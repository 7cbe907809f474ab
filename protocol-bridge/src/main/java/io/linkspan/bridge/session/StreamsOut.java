// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.amqp.ErrorCondition;
import io.linkspan.bridge.mapping.AmqpReader;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Member;
import io.linkspan.core.delivery.MessageStream;
import io.linkspan.core.delivery.Origin;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way to one client that are not all here yet.
 *
 * <p>A PUBLISH announces its length, so a message can be passed on while it comes only if its length is known: a large
 * publish of another client, or an AMQP message with one data section. Then it occupies the connection until its last
 * byte; the last byte of an AMQP message is kept back until it is sure that nothing belongs behind it. If such a message
 * is given up or turns out to be another, the connection ends, since a packet cannot be taken back. Every other message
 * is gathered first, {@link #MAX_GATHERED_BYTES} at most.
 *
 * <p>Confined to the connection's loop.
 */
final class StreamsOut implements MessageStream.Listener {

    /** Bytes of messages gathered for one client. */
    static final int MAX_GATHERED_BYTES = 16 << 20;

    /** Bytes before the payload of an AMQP message that can be passed on while it comes. */
    static final int MAX_PREFIX_BYTES = 64 << 10;

    private static final int PIECE_BYTES = 32 << 10;

    private final SubscriberLink link;
    private final MqttEngine engine;
    private final OutputBuffer output;
    private final ArrayDeque<Gathered> gathered = new ArrayDeque<>(0);
    private int gatheredBytes;

    private MessageStream.@Nullable Reader reader;
    private int skip;
    private int left;
    private boolean isNative;
    private int packetId;
    private boolean pumping;
    private boolean sendingGathered;

    StreamsOut(SubscriberLink link, MqttEngine engine, OutputBuffer output) {
        this.link = link;
        this.engine = engine;
        this.output = output;
    }

    /**
     * Reads the sections before the payload, as far as they are here.
     *
     * @return how many bytes they have, or -1 if the message has to be gathered
     */
    int readPrefix(
            MessageStream stream, AmqpReader sections, boolean settled, boolean isV5, long arrivedMs, long nowMs) {
        MessageStream.Reader look = stream.reader(changed -> {});
        ByteBuf first = look.next(MAX_PREFIX_BYTES);
        look.close();
        if (first == null) {
            return -1;
        }
        int start = first.readerIndex();
        boolean known = sections.readPrefix(first, start, first.writerIndex(), settled, isV5, arrivedMs, nowMs);
        int prefix = known ? sections.payloadStart() - start : -1;
        first.release();
        return prefix;
    }

    /** Passes a message on; its header has been written. */
    void begin(MessageStream stream, int prefix, int payloadLength, boolean isPublish, int id) {
        skip = prefix;
        left = payloadLength;
        isNative = isPublish;
        packetId = id;
        reader = stream.reader(this);
        pump();
    }

    @Override
    public void streamChanged(MessageStream.Reader changed) {
        pump();
        if (reader == null) {
            link.goOn();
        }
    }

    /** Moves what is here to the socket, as far as it takes it. */
    void pump() {
        MessageStream.Reader from = reader;
        if (from == null || pumping) {
            return;
        }
        pumping = true;
        try {
            move(from);
        } finally {
            pumping = false;
        }
    }

    private void move(MessageStream.Reader from) {
        while (left > 0 && !from.aborted() && engine.writable()) {
            boolean lastIsFree = isNative || from.stream().complete();
            int most = skip > 0 ? skip : Math.min(PIECE_BYTES, lastIsFree ? left : left - 1);
            ByteBuf piece = most == 0 ? null : from.next(most);
            if (piece == null) {
                break;
            }
            if (skip > 0) {
                skip -= piece.readableBytes();
                piece.release();
            } else if (left == piece.readableBytes() && !isNative && hasMore(from)) {
                piece.release();
                refuse(from);
                return;
            } else {
                left -= piece.readableBytes();
                output.stream(piece);
            }
        }
        if (from.aborted()) {
            reader = null;
            from.close();
            link.streamAborted(packetId);
            engine.drop("the sender of a message gave it up after its PUBLISH had begun");
        } else if (left == 0) {
            reader = null;
            from.close();
            output.endStream();
        } else if (from.finished()) {
            refuse(from);
        }
    }

    /** Whether something other than a footer comes after the payload of a complete message. */
    private static boolean hasMore(MessageStream.Reader from) {
        ByteBuf after = from.next(MAX_PREFIX_BYTES);
        if (after == null) {
            return false;
        }
        boolean footer = AmqpReader.isFooter(after, after.readerIndex(), after.writerIndex());
        after.release();
        return !footer;
    }

    private void refuse(MessageStream.Reader from) {
        reader = null;
        from.close();
        link.streamRefused(
                packetId, ErrorCondition.DECODE_ERROR.error("The body is not the one data section it began with"));
        engine.drop("a message was not what its PUBLISH had announced");
    }

    // ---- messages that are gathered first ------------------------------------------------------------------------

    void gather(MessageStream stream, Member via, Origin origin, int key, boolean settled, int id, long arrivedMs) {
        Gathered message = new Gathered(stream.sentTo(), via, origin, key, settled, id, arrivedMs);
        gathered.add(message);
        message.source = stream.reader(message);
        message.read();
    }

    /** Sends complete messages in their order, as far as it goes. */
    void sendGathered() {
        if (sendingGathered) {
            return;
        }
        sendingGathered = true;
        try {
            gathered.removeIf(message -> message.isComplete && message.send());
        } finally {
            sendingGathered = false;
        }
    }

    /** Lets go of everything. */
    void close() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
        gathered.forEach(Gathered::close);
        gathered.clear();
    }

    /** An AMQP message whose length shows only at its end. */
    private final class Gathered implements MessageStream.Listener {
        private final @Nullable AddressKey sentTo;
        private final Member via;
        private final Origin origin;
        private final int key;
        private final boolean settled;
        private final int id;
        private final long arrivedMs;
        private final ByteBuf bytes = engine.allocator().buffer(PIECE_BYTES);
        private MessageStream.@Nullable Reader source;
        private boolean isComplete;

        Gathered(
                @Nullable AddressKey sentTo,
                Member via,
                Origin origin,
                int key,
                boolean settled,
                int id,
                long arrivedMs) {
            this.sentTo = sentTo;
            this.via = via;
            this.origin = origin;
            this.key = key;
            this.settled = settled;
            this.id = id;
            this.arrivedMs = arrivedMs;
        }

        @Override
        public void streamChanged(MessageStream.Reader changed) {
            read();
            link.goOn();
        }

        void read() {
            MessageStream.Reader from = source;
            if (from == null) {
                return;
            }
            ByteBuf piece;
            while ((piece = from.next(PIECE_BYTES)) != null) {
                gatheredBytes += piece.readableBytes();
                bytes.writeBytes(piece);
                piece.release();
                if (gatheredBytes > MAX_GATHERED_BYTES) {
                    giveUp();
                    link.streamRefused(
                            id,
                            ErrorCondition.MESSAGE_SIZE_EXCEEDED.error("A message whose length is not known is gathered"
                                    + " up to " + MAX_GATHERED_BYTES + " bytes for one client"));
                    return;
                }
            }
            if (from.aborted()) {
                giveUp();
                link.streamAborted(id);
            } else if (from.finished()) {
                isComplete = true;
                from.close();
                source = null;
            }
        }

        private void giveUp() {
            gathered.remove(this);
            close();
        }

        boolean send() {
            if (!link.sendGathered(bytes, sentTo, via, origin, key, settled, id, arrivedMs)) {
                return false;
            }
            close();
            return true;
        }

        void close() {
            if (source != null) {
                source.close();
                source = null;
            }
            if (bytes.refCnt() > 0) {
                gatheredBytes -= bytes.readableBytes();
                bytes.release();
            }
        }
    }
}
