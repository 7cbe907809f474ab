// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.delivery;

import io.linkspan.core.message.MessageView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A message of more than one piece as AMQP bytes: it may still arrive while receivers already read it.
 *
 * <p>The inbound adaptor writes: {@link #append} for each piece, {@link #finish} or {@link #abort} at the end. It
 * begins with one hold, which the writer gives back with {@link #release()} as soon as it has delivered the stream; from
 * then on a chunk is freed when the slowest {@link Reader} has taken it, and with neither readers nor holds what arrives
 * is discarded (routing STR-08). While more than {@link #HOLD_BYTES} wait for the slowest reader the {@link Source} is
 * told to hold back, until {@link #RESUME_BYTES} or fewer are left (STR-02).
 *
 * <p>Confined to the loop of its connection.
 */
public final class MessageStream extends Content {

    /** Waiting bytes above which the source is held: 128 KiB, as the upper limit of 256 buffers of 512 octets. */
    public static final int HOLD_BYTES = 128 * 1024;

    /** Waiting bytes at or below which a held source goes on: 64 KiB. */
    public static final int RESUME_BYTES = 64 * 1024;

    /** The inbound end of a stream. */
    public interface Source {

        /** Stop (true) or go on (false) reading this message from the peer. */
        void holdStream(boolean hold);

        /** The stream is complete or aborted. */
        void streamEnded(MessageStream stream);
    }

    /** Told that bytes came, or the end, or an abort. */
    public interface Listener {

        /** Something changed; the listener may read or close {@code reader} inside this call. */
        void streamChanged(Reader reader);
    }

    private final int messageFormat;
    private final ArrayList<Reader> readers = new ArrayList<>(1);
    private ByteBuf[] chunks = new ByteBuf[4];
    private long firstChunk;
    private long endChunk;
    private long heldBytes;
    private int holds = 1;
    private int notifying;
    private boolean complete;
    private boolean aborted;
    private boolean sourceHeld;
    private int limitLifts;
    private @Nullable Source source;
    private @Nullable ByteBuf whole;
    private @Nullable Object nativePrefix;
    private int nativePrefixBytes;

    public MessageStream(int messageFormat) {
        this.messageFormat = messageFormat;
    }

    /** Names the inbound end, once, when the core takes the delivery. */
    public void deliveredBy(Source inbound) {
        this.source = inbound;
    }

    /**
     * Says that the first {@code bytes} AMQP bytes stand for {@code prefix}, an object of the origin's protocol; the
     * rest is the native payload. An adaptor of the same protocol skips the AMQP bytes.
     */
    public void nativePrefix(Object prefix, int bytes) {
        this.nativePrefix = prefix;
        this.nativePrefixBytes = bytes;
    }

    /** The origin's own form of the first {@link #nativePrefixBytes()} bytes, or null. */
    public @Nullable Object nativePrefix() {
        return nativePrefix;
    }

    /** How many leading bytes {@link #nativePrefix()} stands for. */
    public int nativePrefixBytes() {
        return nativePrefixBytes;
    }

    @Override
    public int messageFormat() {
        return messageFormat;
    }

    @Override
    public boolean complete() {
        return complete;
    }

    /** {@inheritDoc} Known while nobody has read the beginning. */
    @Override
    public int priority() {
        if (firstChunk != 0 || endChunk == 0) {
            return MessageView.DEFAULT_PRIORITY;
        }
        ByteBuf head = chunks[slot(0)];
        return MessageView.priorityOf(head, head.readerIndex(), head.readableBytes());
    }

    /** Whether the sender gave the message up; readers that have sent a part must abort theirs. */
    public boolean aborted() {
        return aborted;
    }

    /** Whether nothing more will come: complete or aborted. */
    public boolean ended() {
        return complete || aborted;
    }

    /** Bytes that are kept for readers and holders. */
    public long heldBytes() {
        return heldBytes;
    }

    /** Adds the next bytes of the message. Takes ownership of {@code chunk}. */
    public void append(ByteBuf chunk) {
        if (!add(chunk)) {
            return;
        }
        tellReaders();
        if (!sourceHeld && heldBytes > HOLD_BYTES && limitLifts == 0 && source != null) {
            sourceHeld = true;
            source.holdStream(true);
        }
    }

    /** Adds the last bytes of the message: readers see them and the end at once. Takes ownership of {@code chunk}. */
    public void finish(ByteBuf chunk) {
        add(chunk);
        finish();
    }

    /** False when there is nothing to tell: no bytes, or nobody who wants them. */
    private boolean add(ByteBuf chunk) {
        if (ended()) {
            chunk.release();
            throw new IllegalStateException("append to a stream that has ended, complete=" + complete);
        }
        if (!chunk.isReadable() || unread()) {
            chunk.release();
            return false;
        }
        if (endChunk - firstChunk == chunks.length) {
            grow();
        }
        chunks[slot(endChunk++)] = chunk;
        heldBytes += chunk.readableBytes();
        return true;
    }

    /** All bytes have been appended. */
    public void finish() {
        if (ended()) {
            throw new IllegalStateException("the stream has ended already, complete=" + complete);
        }
        complete = true;
        end();
    }

    /** The sender gave the message up or is gone. No-op if the stream has ended. */
    public void abort() {
        if (!ended()) {
            aborted = true;
            end();
            freeAll();
        }
    }

    private void end() {
        tellReaders();
        if (sourceHeld && source != null) {
            sourceHeld = false;
            source.holdStream(false);
        }
        if (source != null) {
            source.streamEnded(this);
        }
    }

    /**
     * Somebody takes the whole message into memory and has a limit of its own: the source is not held back until {@link
     * #restoreLimit()} (routing STR-09).
     */
    public void liftLimit() {
        limitLifts++;
    }

    /** The reverse of {@link #liftLimit()}. */
    public void restoreLimit() {
        limitLifts--;
    }

    /** A reader from the first byte on. The message must not have been read and freed already. */
    public Reader reader(Listener listener) {
        if (firstChunk != 0) {
            throw new IllegalStateException("the first " + firstChunk + " chunks are gone");
        }
        Reader reader = new Reader(listener);
        readers.add(reader);
        return reader;
    }

    @Override
    public Content hold() {
        if (firstChunk != 0) {
            throw new IllegalStateException("the first " + firstChunk + " chunks are gone");
        }
        holds++;
        return this;
    }

    @Override
    public void release() {
        if (holds == 0) {
            throw new IllegalStateException("released more often than held");
        }
        if (--holds == 0) {
            if (whole != null) {
                whole.release();
                whole = null;
            }
            freeTaken();
        }
    }

    /** {@inheritDoc} Valid while the stream is held. */
    @Override
    public ByteBuf amqpBytes() {
        if (!complete || holds == 0) {
            throw new IllegalStateException("complete=" + complete + " holds=" + holds);
        }
        if (whole == null) {
            ByteBuf[] parts = new ByteBuf[(int) (endChunk - firstChunk)];
            for (int i = 0; i < parts.length; i++) {
                parts[i] = chunks[slot(firstChunk + i)].retainedSlice();
            }
            whole = Unpooled.wrappedBuffer(parts);
        }
        return whole;
    }

    private int slot(long chunk) {
        return (int) chunk & (chunks.length - 1);
    }

    private void grow() {
        ByteBuf[] larger = new ByteBuf[chunks.length * 2];
        for (long i = firstChunk; i < endChunk; i++) {
            larger[(int) i & (larger.length - 1)] = chunks[slot(i)];
        }
        chunks = larger;
    }

    private boolean unread() {
        return holds == 0 && readers.isEmpty();
    }

    private void tellReaders() {
        notifying++;
        // A reader added by a listener has seen the present state; one that closes stays in the list until the end.
        for (int i = 0, n = readers.size(); i < n; i++) {
            Reader reader = readers.get(i);
            if (!reader.closed) {
                reader.listener.streamChanged(reader);
            }
        }
        if (--notifying == 0) {
            readers.removeIf(reader -> reader.closed);
            freeTaken();
        }
    }

    private void freeTaken() {
        if (holds > 0 || notifying > 0) {
            return;
        }
        long slowest = endChunk;
        for (int i = 0, n = readers.size(); i < n; i++) {
            slowest = Math.min(slowest, readers.get(i).chunk);
        }
        while (firstChunk < slowest) {
            freeFirst();
        }
        if (sourceHeld && heldBytes <= RESUME_BYTES && source != null) {
            sourceHeld = false;
            source.holdStream(false);
        }
    }

    private void freeAll() {
        while (firstChunk < endChunk) {
            freeFirst();
        }
    }

    private void freeFirst() {
        int slot = slot(firstChunk++);
        heldBytes -= chunks[slot].readableBytes();
        chunks[slot].release();
        chunks[slot] = Unpooled.EMPTY_BUFFER;
    }

    /** One receiver's place in the stream. Close it when done; a finished or aborted reader too. */
    public final class Reader {

        private final Listener listener;
        private long chunk = firstChunk;
        private int offset;
        private boolean closed;

        private Reader(Listener listener) {
            this.listener = listener;
        }

        /** The stream this reads. */
        public MessageStream stream() {
            return MessageStream.this;
        }

        /**
         * The next bytes, at most {@code maxBytes}, or null if there are none now. The caller owns the slice and
         * releases it.
         */
        public @Nullable ByteBuf next(int maxBytes) {
            if (closed || aborted || chunk == endChunk) {
                return null;
            }
            ByteBuf bytes = chunks[slot(chunk)];
            int length = Math.min(bytes.readableBytes() - offset, maxBytes);
            ByteBuf slice = bytes.retainedSlice(bytes.readerIndex() + offset, length);
            offset += length;
            if (offset == bytes.readableBytes()) {
                chunk++;
                offset = 0;
                freeTaken();
            }
            return slice;
        }

        /** Whether the last byte of a complete message has been taken. */
        public boolean finished() {
            return complete && chunk == endChunk;
        }

        /** Whether the sender gave the message up. */
        public boolean aborted() {
            return aborted;
        }

        /** Takes no part any more. Idempotent. */
        public void close() {
            if (!closed) {
                closed = true;
                if (notifying == 0) {
                    readers.remove(this);
                    freeTaken();
                }
            }
        }
    }
}
