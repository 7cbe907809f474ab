// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.loop;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/**
 * How our side of a connection ends in order, after its last bytes were written. Whoever calls it closes the socket
 * when the peer has not done so after a while.
 */
@FunctionalInterface
public interface Ending {
    /** Ends our side. The context is that of the handler which wrote last. */
    void end(ChannelHandlerContext context);

    /**
     * The end of a byte stream: what was written, the end of TLS if there is TLS, then a half close. Closing a socket
     * that has unread input would send a reset, and a reset can overtake the last words.
     */
    // A socket that cannot be closed is closed already: the futures of closing tell nothing.
    @SuppressWarnings("FutureReturnValueIgnored")
    static void ofStream(ChannelHandlerContext context) {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        ChannelFuture said = tls != null ? tls.closeOutbound() : context.writeAndFlush(Unpooled.EMPTY_BUFFER);
        said.addListener(done -> {
            Channel channel = context.channel();
            if (done.isSuccess() && channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            } else {
                channel.close();
            }
        });
    }
}
