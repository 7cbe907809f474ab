// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.loop;

import io.linkspan.wire.Wire;
import io.linkspan.wire.WireEngine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.vertx.core.net.impl.ShutdownEvent;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A socket as its engine sees it: the {@link Wire} of one connection, as a handler in the socket's pipeline.
 *
 * <p>It consumes every buffer it is given and hands none further up. What an engine does to itself inside a call, and
 * what others do to it (write, close, drop), is recorded and carried out at the end of the loop's iteration, so that no
 * call destroys its caller. An engine that throws loses its connection and nothing else. Confined to the connection's
 * loop.
 */
// What becomes of a write or a close is told by the channel's events; the futures add nothing.
@SuppressWarnings("FutureReturnValueIgnored")
public final class EngineHandler extends ChannelInboundHandlerAdapter implements Wire {
    /**
     * Time for an orderly close, from the engine's request until the socket is closed whatever the peer does: 5 s. It
     * covers the rest of the output, the end of TLS or WebSocket, and the peer's own end.
     */
    public static final long ORDERLY_CLOSE_NS = 5_000_000_000L;

    private enum State {
        /** Bytes flow. */
        OPEN,
        /** The engine has said its last word; it is flushed at the end of the iteration. */
        CLOSING,
        /** Our side has ended; what still comes is thrown away until the peer ends too. */
        ENDED,
        /** To be closed at the end of the iteration. */
        DROPPED,
        /** The socket is gone and the engine knows. */
        GONE
    }

    private final Loop loop;
    private final Ending ending;
    private final Loop.Deadline timer;
    private final Function<Wire, WireEngine> maker;
    private @Nullable WireEngine engine;
    private @Nullable ChannelHandlerContext context;
    private State state = State.OPEN;
    private boolean dirty;
    private boolean written;

    /**
     * A handler whose engine is made when it is added to a pipeline.
     *
     * @param ending how our side of the connection ends in order
     * @param maker makes the engine, which may use the wire at once
     */
    public EngineHandler(Loop loop, Ending ending, Function<Wire, WireEngine> maker) {
        this.loop = loop;
        this.ending = ending;
        this.timer = loop.deadline(this::due);
        this.maker = maker;
    }

    /** Asks the engine for a graceful end; nothing happens to a connection that is ending already. */
    public void shutdown() {
        if (state == State.OPEN) {
            guarded(engine()::shutdown);
        }
    }

    // ---- Wire, called by the engine ----

    @Override
    public ByteBufAllocator allocator() {
        return attached().alloc();
    }

    @Override
    public void write(ByteBuf bytes) {
        if (state == State.OPEN || state == State.CLOSING) {
            ChannelHandlerContext attached = attached();
            attached.write(bytes, attached.voidPromise());
            written = true;
        } else {
            bytes.release();
        }
    }

    @Override
    public void flushWritten() {
        if (written) {
            written = false;
            attached().flush();
        }
    }

    @Override
    public boolean writable() {
        return state == State.OPEN && attached().channel().isWritable();
    }

    @Override
    public long bytesBeforeWritable() {
        return attached().channel().bytesBeforeWritable();
    }

    @Override
    public void requestFlush() {
        if (!dirty) {
            dirty = true;
            loop.markDirty(this);
        }
    }

    @Override
    public void setReading(boolean on) {
        if (state == State.OPEN) {
            attached().channel().config().setAutoRead(on);
        }
    }

    @Override
    public void closeAfterFlush() {
        if (state == State.OPEN) {
            state = State.CLOSING;
            requestFlush();
        }
    }

    @Override
    public void drop() {
        if (state != State.GONE) {
            state = State.DROPPED;
            requestFlush();
        }
    }

    @Override
    public void scheduleTick(long deadlineNs) {
        if (state == State.OPEN) {
            timer.arm(deadlineNs);
        }
    }

    // ---- called by the loop ----

    void flushNow() {
        dirty = false;
        if (state == State.OPEN || state == State.CLOSING) {
            try {
                engine().flush();
                flushWritten();
            } catch (Throwable failure) {
                failed(failure);
            }
        }
        if (state == State.CLOSING) {
            state = State.ENDED;
            attached().channel().config().setAutoRead(true);
            timer.arm(loop.nowNs() + ORDERLY_CLOSE_NS);
            ending.end(attached());
        } else if (state == State.DROPPED) {
            attached().close();
        }
    }

    /** The engine's tick, and once our side has ended the limit of the peer's patience. */
    private void due(long nowNs) {
        if (state == State.OPEN) {
            guarded(() -> engine().tick(nowNs));
        } else if (state == State.ENDED) {
            attached().close();
        }
    }

    // ---- called by the pipeline ----

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        guarded(() -> {
            WireEngine made = maker.apply(this);
            engine = made;
            made.tick(loop.nowNs());
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            if (state == State.OPEN) {
                engine().receive(in);
            }
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Nothing was handed up, so nobody above waits for this.
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (state == State.OPEN) {
            boolean writable = ctx.channel().isWritable();
            guarded(() -> engine().writabilityChanged(writable));
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslCloseCompletionEvent) {
            ctx.close();
        }
        if (!(event instanceof ShutdownEvent)) { // A port that stops listening does not end its connections.
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (state != State.GONE) {
            state = State.GONE;
            timer.cancel();
            if (engine != null) {
                guarded(engine::transportClosed);
            }
        }
        ctx.fireChannelInactive();
    }

    /** Broken sockets and broken TLS end the connection; anything else that comes by here is a bug and is counted. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException) && !(cause instanceof DecoderException)) {
            loop.unexpected(source(), cause);
        }
        ctx.close();
    }

    private void failed(Throwable failure) {
        loop.unexpected(source(), failure);
        drop();
    }

    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    private ChannelHandlerContext attached() {
        ChannelHandlerContext attached = context;
        if (attached == null) {
            throw new IllegalStateException("a wire is used before it has a socket");
        }
        return attached;
    }

    private WireEngine engine() {
        WireEngine made = engine;
        if (made == null) {
            throw new IllegalStateException("a connection is used before it has an engine");
        }
        return made;
    }

    /** What failures are attributed to. */
    private Object source() {
        return engine == null ? attached().channel() : engine;
    }
}
