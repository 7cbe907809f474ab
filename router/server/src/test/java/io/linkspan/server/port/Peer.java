// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;

/** A client that speaks bytes: blocking, with a limit of 20 s for each answer. */
final class Peer implements AutoCloseable {
    private static final int LIMIT_MS = 20_000;

    private final Socket socket;
    private final InputStream in;

    private Peer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(LIMIT_MS);
        socket.setTcpNoDelay(true);
        this.in = socket.getInputStream();
    }

    static Peer connect(int port) throws IOException {
        return new Peer(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    static Peer connect(String numericAddress, int port) throws IOException {
        return new Peer(new Socket(InetAddress.getByName(numericAddress), port));
    }

    static Peer connectTls(int port, SSLContext context) throws IOException {
        return new Peer(context.getSocketFactory().createSocket("127.0.0.1", port));
    }

    Peer send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Peer send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    Peer send(ByteBuf bytes) throws IOException {
        byte[] array = new byte[bytes.readableBytes()];
        bytes.readBytes(array).release();
        return send(array);
    }

    /** So many bytes, as text. */
    String read(int bytes) throws IOException {
        return new String(readBytes(bytes), StandardCharsets.ISO_8859_1);
    }

    /** So many bytes, or fewer if the other side ends before. */
    String readUpTo(int bytes) throws IOException {
        try {
            return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
        } catch (SocketException e) {
            return "<reset>";
        }
    }

    byte[] readBytes(int bytes) throws IOException {
        byte[] all = in.readNBytes(bytes);
        if (all.length < bytes) {
            throw new EOFException(
                    "only " + all.length + " of " + bytes + " bytes: " + new String(all, StandardCharsets.ISO_8859_1));
        }
        return all;
    }

    /** The head of an HTTP answer, blank line included. */
    String readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append(read(1));
        }
        return head.toString();
    }

    /** Everything until the other side ends, a reset included. */
    String readToEnd() throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] part = new byte[4096];
        try {
            for (int n = in.read(part); n >= 0; n = in.read(part)) {
                text.append(new String(part, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketException e) {
            text.append("<reset>");
        }
        return text.toString();
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    void hangUp() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
