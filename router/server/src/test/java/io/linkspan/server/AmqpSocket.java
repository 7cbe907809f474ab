// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.amqp.codec.AmqpArray;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedLong;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A peer that speaks AMQP frame by frame, as the test says: blocking, with a limit of 30 s for whatever is awaited. */
final class AmqpSocket implements AutoCloseable {
    static final int LIMIT_MS = 30_000;

    static final String AMQP = "414d515000010000";
    static final String SASL = "414d515003010000";

    static final int OPEN = 0x10;
    static final int BEGIN = 0x11;
    static final int ATTACH = 0x12;
    static final int FLOW = 0x13;
    static final int TRANSFER = 0x14;
    static final int DISPOSITION = 0x15;
    static final int DETACH = 0x16;
    static final int END = 0x17;
    static final int CLOSE = 0x18;
    static final int ERROR = 0x1d;
    static final int MECHANISMS = 0x40;
    static final int INIT = 0x41;
    static final int OUTCOME = 0x44;

    private final Socket socket;
    private final InputStream in;

    /**
     * A frame that came.
     *
     * @param code descriptor of the performative; -1 for an empty frame
     * @param payload what is behind the performative
     */
    record Frame(int type, int channel, int code, List<?> fields, ByteBuf payload) {
        /** A field that must be there. */
        Object field(int index) {
            Object field = index < fields.size() ? fields.get(index) : null;
            return Objects.requireNonNull(field, () -> "field " + index + " of " + this);
        }

        /** Condition and description of the error that a CLOSE has. */
        Object error() {
            return Objects.requireNonNull(((Described) field(0)).value());
        }
    }

    AmqpSocket(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(LIMIT_MS);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    static AmqpSocket connect(int port) throws IOException {
        return new AmqpSocket(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    AmqpSocket sendHex(String hex) throws IOException {
        socket.getOutputStream().write(ByteBufUtil.decodeHexDump(hex));
        return this;
    }

    AmqpSocket send(int type, int code, @Nullable Object... fields) throws IOException {
        ByteBuf frame =
                Unpooled.buffer().writeInt(0).writeByte(2).writeByte(type).writeShort(0);
        TypeEncoder.writeValue(frame, new Described(new UnsignedLong(code), Arrays.asList(fields)));
        frame.setInt(0, frame.readableBytes());
        socket.getOutputStream().write(ByteBufUtil.getBytes(frame));
        return this;
    }

    /** Sends a frame with a payload behind the performative. */
    AmqpSocket transfer(ByteBuf payload, @Nullable Object... fields) throws IOException {
        ByteBuf frame = Unpooled.buffer().writeInt(0).writeInt(0x0200_0000);
        TypeEncoder.writeValue(frame, new Described(new UnsignedLong(TRANSFER), Arrays.asList(fields)));
        frame.writeBytes(payload);
        frame.setInt(0, frame.readableBytes());
        socket.getOutputStream().write(ByteBufUtil.getBytes(frame));
        return this;
    }

    /** A protocol header, in hexadecimal. */
    String header() throws IOException {
        return ByteBufUtil.hexDump(octets(8));
    }

    Frame frame() throws IOException {
        ByteBuf head = Unpooled.wrappedBuffer(octets(8));
        int body = head.getInt(0) - 8;
        ByteBuf rest = Unpooled.wrappedBuffer(octets(body));
        int type = head.getByte(5);
        if (body == 0) {
            return new Frame(type, head.getUnsignedShort(6), -1, List.of(), rest);
        }
        Described performative = (Described) Objects.requireNonNull(TypeDecoder.readValue(rest));
        UnsignedLong code = (UnsignedLong) Objects.requireNonNull(performative.descriptor());
        List<?> fields = (List<?>) Objects.requireNonNull(performative.value());
        return new Frame(type, head.getUnsignedShort(6), (int) code.bits(), fields, rest);
    }

    /** The next frame that is not empty. */
    Frame performative() throws IOException {
        Frame frame = frame();
        while (frame.code() < 0) {
            frame = frame();
        }
        return frame;
    }

    /** True if the other side has ended and says nothing more. */
    boolean ended() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    /** The server's part of SASL ANONYMOUS and of Open; returns the client's Open. */
    Frame acceptAs(String container, @Nullable Map<?, ?> properties) throws IOException {
        Frame init = acceptSasl("ANONYMOUS");
        if (!new Symbol("ANONYMOUS").equals(init.field(0))) {
            throw new AssertionError(init);
        }
        send(1, OUTCOME, new UnsignedByte(0));
        String header = header();
        if (!header.equals(AMQP)) {
            throw new AssertionError(header);
        }
        sendHex(AMQP);
        Frame open = performative();
        send(0, OPEN, container, null, null, null, null, null, null, null, null, properties);
        return open;
    }

    /** Headers and mechanisms; returns the client's choice. */
    Frame acceptSasl(String... mechanisms) throws IOException {
        String header = header();
        if (!header.equals(SASL)) {
            throw new AssertionError(header);
        }
        sendHex(SASL);
        send(
                1,
                MECHANISMS,
                AmqpArray.ofSymbols(Arrays.stream(mechanisms).map(Symbol::new).toList()));
        return frame();
    }

    private byte[] octets(int count) throws IOException {
        byte[] octets = in.readNBytes(count);
        if (octets.length < count) {
            throw new EOFException("only " + octets.length + " of " + count + " octets");
        }
        return octets;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
