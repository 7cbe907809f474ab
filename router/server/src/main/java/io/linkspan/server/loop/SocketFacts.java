// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.loop;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a connection below its protocol.
 *
 * @param local our end as {@code HOST:PORT}
 * @param remote the peer's end as {@code HOST:PORT}
 * @param incoming whether the peer connected to us
 * @param tls the TLS session; null if the connection is not encrypted
 * @param webSocket whether WebSocket lies between
 */
public record SocketFacts(
        String local,
        String remote,
        boolean incoming,
        @Nullable SSLSession tls,
        boolean webSocket) {

    /** The facts of a socket that is connected and, if it has TLS, whose handshake is over. */
    public static SocketFacts of(Channel channel, boolean incoming, boolean webSocket) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        return new SocketFacts(
                hostAndPort(channel.localAddress()),
                hostAndPort(channel.remoteAddress()),
                incoming,
                tls == null ? null : tls.engine().getSession(),
                webSocket);
    }

    /** Numeric address and port; IPv6 without brackets, as the original writes it. */
    public static String hostAndPort(@Nullable SocketAddress address) {
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            return inet.getAddress().getHostAddress() + ":" + inet.getPort();
        }
        return String.valueOf(address);
    }
}
