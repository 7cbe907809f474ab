// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import io.linkspan.management.config.Protocol;
import io.linkspan.server.loop.Ending;
import io.linkspan.server.loop.EngineHandler;
import io.linkspan.server.loop.Loop;
import io.linkspan.server.loop.SocketFacts;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.vertx.core.net.impl.ShutdownEvent;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Holds the first bytes of a connection back until they tell the protocol, then makes way for it.
 *
 * <p>At most {@link FirstBytes#DECIDING_BYTES} - 1 bytes are held; the read that completes them is handed on whole. A
 * TLS handler is put in front and the bytes are sent through it, after which the same question is asked of what it
 * decrypts. Confined to the connection's loop.
 */
// What becomes of a close is told by the channel's events; the futures add nothing.
@SuppressWarnings("FutureReturnValueIgnored")
final class FirstBytesHandler extends ChannelInboundHandlerAdapter {
    private final Port port;
    private final Loop.Deadline limit;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf held;
    private boolean tls;
    private boolean refused;

    FirstBytesHandler(Port port) {
        this.port = port;
        this.limit = port.loop().deadline(this::tooLate);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        limit.armIn(port.detectionLimitNs());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        limit.cancel();
        release();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (refused) {
            in.release();
            return;
        }
        ByteBuf before = held;
        held = before == null ? in : ctx.alloc().compositeBuffer(2).addComponents(true, before, in);
        decide(ctx, held);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Nothing was handed up, so nobody above waits for this.
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess() && !refused) {
            refused = true;
            port.refuse(ctx, Refusal.TLS_FAILED, reason(handshake.cause()));
        }
        if (!(event instanceof ShutdownEvent)) { // A port that stops listening does not end its connections.
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A failed handshake has been told as an event; a broken socket needs no word.
        port.broken(ctx.channel(), cause);
        ctx.close();
    }

    private void decide(ChannelHandlerContext ctx, ByteBuf in) {
        FirstBytes first = FirstBytes.of(in);
        if (first == FirstBytes.UNDECIDED) {
            return;
        }
        if (first == FirstBytes.TLS) {
            startTls(ctx);
        } else if (!tls && port.settings().requireTls()) {
            refuse(ctx, Refusal.TLS_REQUIRED, first.label());
        } else if (first == FirstBytes.AMQP && port.settings().accepts(Protocol.AMQP)) {
            startEngine(ctx, Protocol.AMQP);
        } else if (first == FirstBytes.MQTT && port.settings().accepts(Protocol.MQTT)) {
            startEngine(ctx, Protocol.MQTT);
        } else if (first == FirstBytes.HTTP && port.settings().accepts(Protocol.HTTP)) {
            startHttp(ctx);
        } else if (first == FirstBytes.UNKNOWN && port.answersGarbage()) {
            startEngine(ctx, Protocol.AMQP);
        } else {
            refuse(ctx, first == FirstBytes.UNKNOWN ? Refusal.UNKNOWN_PROTOCOL : Refusal.NOT_SERVED, first.label());
        }
    }

    private void startTls(ChannelHandlerContext ctx) {
        if (tls || port.tls() == null) {
            refuse(ctx, tls ? Refusal.UNKNOWN_PROTOCOL : Refusal.TLS_NOT_OFFERED, tls ? "TLS inside TLS" : "");
            return;
        }
        tls = true;
        ByteBuf hello = taken();
        ChannelPipeline pipeline = ctx.pipeline();
        pipeline.addFirst("tls", port.tls().newHandler(ctx.alloc()));
        pipeline.fireChannelRead(hello);
        pipeline.fireChannelReadComplete();
    }

    private void startEngine(ChannelHandlerContext ctx, Protocol protocol) {
        SocketFacts facts = SocketFacts.of(ctx.channel(), true, false);
        EngineHandler engine = port.engine(protocol, facts, Ending::ofStream, ctx.channel());
        ByteBuf first = taken();
        ctx.pipeline().replace(this, Port.ENGINE, engine);
        engine.channelRead(ctx.pipeline().context(engine), first);
    }

    private void startHttp(ChannelHandlerContext ctx) {
        ByteBuf first = taken();
        ChannelPipeline pipeline = ctx.pipeline();
        pipeline.addAfter(ctx.name(), Port.HTTP, new HttpServerCodec());
        pipeline.addAfter(Port.HTTP, Port.REQUESTS, new HttpHandler(port));
        ctx.fireChannelRead(first);
        ctx.fireChannelReadComplete();
        pipeline.remove(this);
    }

    private void tooLate(long nowNs) {
        ChannelHandlerContext ctx = context;
        if (ctx != null && !refused) {
            refused = true;
            port.refuse(ctx, Refusal.SILENT, tls ? "in TLS" : "");
            ctx.close();
        }
    }

    private void refuse(ChannelHandlerContext ctx, Refusal refusal, String detail) {
        refused = true;
        release();
        port.refuse(ctx, refusal, detail);
        ctx.close();
    }

    private static String reason(Throwable cause) {
        Throwable deepest = cause instanceof SSLException && cause.getCause() != null ? cause.getCause() : cause;
        return String.valueOf(deepest.getMessage());
    }

    private ByteBuf taken() {
        ByteBuf all = held;
        if (all == null) {
            throw new IllegalStateException("a protocol was decided on without bytes");
        }
        held = null;
        return all;
    }

    private void release() {
        if (held != null) {
            held.release();
            held = null;
        }
    }
}
