// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import io.linkspan.management.config.Protocol;
import io.linkspan.server.loop.EngineHandler;
import io.linkspan.server.loop.Loop;
import io.linkspan.server.loop.SocketFacts;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Future;
import io.vertx.core.net.impl.ShutdownEvent;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers the HTTP requests of one connection, one after the other, until one of them makes it a WebSocket.
 *
 * <p>Limits: a request line of 4 KiB and headers of 8 KiB (Netty's), a body of {@link #MAX_BODY_BYTES}, which nobody
 * reads, and {@link #IDLE_NS} without a whole request. Confined to the connection's loop.
 */
// What becomes of a write or a close is told by the channel's events; the futures add nothing.
@SuppressWarnings("FutureReturnValueIgnored")
final class HttpHandler extends SimpleChannelInboundHandler<HttpObject> {
    /** Largest body of a request: 64 KiB. */
    static final int MAX_BODY_BYTES = 64 * 1024;

    /** Time from the beginning or from one answer to the next whole request: 60 s. */
    static final long IDLE_NS = 60_000_000_000L;

    /** Time after which a WebSocket without a subprotocol, which carries nothing, is closed: 60 s. */
    static final long WITHOUT_SUBPROTOCOL_NS = 60_000_000_000L;

    private final Port port;
    private final Loop.Deadline idle;
    private @Nullable ChannelHandlerContext context;
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private @Nullable HttpRequest request;
    private int bodyBytes;
    private boolean ended;

    /** A request whose answer has not been sent, because it or one before it is not there yet. */
    private record Pending(HttpRequest request, Future<HttpPages.Page> page) {}

    HttpHandler(Port port) {
        this.port = port;
        this.idle = port.loop().deadline(nowNs -> close());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        idle.armIn(IDLE_NS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        idle.cancel();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        idle.cancel();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        port.broken(ctx.channel(), cause);
        ctx.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof ShutdownEvent)) { // A port that stops listening does not end its connections.
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
        if (ended) {
            return;
        }
        if (message.decoderResult().isFailure()) {
            String cause = String.valueOf(message.decoderResult().cause().getMessage());
            port.refuse(ctx, Refusal.BAD_REQUEST, cause);
            answer(ctx, HttpPages.Page.text(400, "Bad Request\n", true));
            return;
        }
        if (message instanceof HttpRequest started) {
            request = started;
            bodyBytes = 0;
        }
        HttpRequest current = request;
        if (message instanceof HttpContent content && current != null) {
            bodyBytes += content.content().readableBytes();
            if (bodyBytes > MAX_BODY_BYTES) {
                port.refuse(ctx, Refusal.BAD_REQUEST, "body of more than " + MAX_BODY_BYTES + " bytes");
                answer(ctx, HttpPages.Page.text(413, "Too Large\n", true));
            } else if (content instanceof LastHttpContent) {
                request = null;
                idle.armIn(IDLE_NS);
                complete(ctx, current);
            }
        }
    }

    private void complete(ChannelHandlerContext ctx, HttpRequest current) {
        if (WebSocketHandshake.isAsked(current)) {
            if (!pending.isEmpty()) {
                port.refuse(ctx, Refusal.BAD_REQUEST, "WebSocket behind a request that is not answered");
                ended = true;
                ctx.close();
                return;
            }
            WebSocketHandshake handshake = WebSocketHandshake.of(current);
            if (handshake.refusal() != null) {
                port.refuse(ctx, Refusal.BAD_REQUEST, handshake.refusal());
                FullHttpResponse answer = response(HttpPages.Page.text(handshake.status(), "Bad WebSocket\n", true));
                answer.headers().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, WebSocketHandshake.VERSION);
                send(ctx, answer, true);
            } else {
                upgrade(ctx, handshake);
            }
            return;
        }
        String path = current.uri();
        int query = path.indexOf('?');
        Future<HttpPages.Page> page = port.pages().page(query < 0 ? path : path.substring(0, query));
        pending.add(new Pending(current, page));
        answerInOrder(ctx);
        if (!pending.isEmpty()) {
            page.onComplete(made -> port.loop().execute(() -> answerInOrder(ctx)));
        }
    }

    /** Sends what is there, in the order of the requests. No more is read while an answer is awaited. */
    private void answerInOrder(ChannelHandlerContext ctx) {
        while (!ended && !pending.isEmpty() && pending.element().page().isComplete()) {
            Pending next = pending.remove();
            HttpPages.Page page = next.page().succeeded() ? next.page().result() : null;
            if (page == null) {
                port.broken(ctx.channel(), next.page().cause());
                page = HttpPages.Page.text(500, "Internal Server Error\n", true);
            }
            answer(
                    ctx,
                    page.close() || HttpUtil.isKeepAlive(next.request())
                            ? page
                            : new HttpPages.Page(page.status(), page.contentType(), page.body(), true));
        }
        ctx.channel().config().setAutoRead(ended || pending.isEmpty());
    }

    private void upgrade(ChannelHandlerContext ctx, WebSocketHandshake handshake) {
        Optional<WebSocketHandshake.Subprotocol> chosen =
                handshake.choose(port.settings().webSocketProtocols());
        boolean served = port.settings().http().webSockets();
        if (served && chosen.isEmpty() && !handshake.offered().isEmpty()) {
            // As the original does: no answer at all (rule HTT-02).
            port.refuse(ctx, Refusal.SUBPROTOCOL, String.join(", ", handshake.offered()));
            ended = true;
            ctx.close();
            return;
        }
        WebSocketHandler frames = new WebSocketHandler(
                port.loop(), (status, reason) -> port.refuse(ctx, Refusal.BAD_FRAME, reason + ", " + status));
        ChannelPipeline pipeline = ctx.pipeline();
        FullHttpResponse answer = handshake.response(chosen);
        answer.headers().set(HttpHeaderNames.SERVER, Port.SERVER_NAME);
        ctx.writeAndFlush(answer);
        ended = true;
        pipeline.addAfter(ctx.name(), Port.WEB_SOCKET, frames);
        if (served && chosen.isPresent()) {
            Protocol protocol = chosen.get().protocol();
            SocketFacts facts = SocketFacts.of(ctx.channel(), true, true);
            EngineHandler engine =
                    port.engine(protocol, facts, above -> frames.close(WebSocketFrames.NORMAL, ""), ctx.channel());
            pipeline.addAfter(Port.WEB_SOCKET, Port.ENGINE, engine);
        } else {
            pipeline.addAfter(Port.WEB_SOCKET, Port.ENGINE, new Idle(port.loop()));
        }
        // What the client sent together with its wish leaves the HTTP decoder as that is removed.
        pipeline.remove(this);
        pipeline.remove(Port.HTTP);
        if (!served) {
            port.refuse(ctx, Refusal.NO_WEB_SOCKET, "");
            frames.close(WebSocketFrames.UNEXPECTED_CONDITION, "cannot-upgrade");
        }
    }

    private void answer(ChannelHandlerContext ctx, HttpPages.Page page) {
        send(ctx, response(page), page.close());
    }

    private static FullHttpResponse response(HttpPages.Page page) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(page.status()), Unpooled.wrappedBuffer(page.body()));
        response.headers()
                .set(HttpHeaderNames.SERVER, Port.SERVER_NAME)
                .set(HttpHeaderNames.CONTENT_TYPE, page.contentType())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        return response;
    }

    private void send(ChannelHandlerContext ctx, FullHttpResponse response, boolean close) {
        if (close) {
            ended = true;
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        ChannelFuture sent = ctx.writeAndFlush(response);
        if (close) {
            sent.addListener(done -> port.loop().endInOrder(ctx));
        }
    }

    private void close() {
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            ctx.close();
        }
    }

    /** What a WebSocket without a protocol carries: nothing, for a while. */
    private static final class Idle extends ChannelInboundHandlerAdapter {
        private final Loop loop;
        private Loop.@Nullable Deadline limit;

        Idle(Loop loop) {
            this.loop = loop;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            Loop.Deadline deadline = loop.deadline(nowNs -> ctx.close());
            deadline.armIn(WITHOUT_SUBPROTOCOL_NS);
            limit = deadline;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (limit != null) {
                limit.cancel();
            }
            ctx.fireChannelInactive();
        }
    }
}
