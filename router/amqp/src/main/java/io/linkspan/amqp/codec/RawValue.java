// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of exactly one AMQP value, kept as it came so that it can be passed on unchanged: null, an empty list and
 * a list of nulls stay three things. Immutable.
 */
public final class RawValue {
    /** The value null. A field that was not sent at all is a Java null instead. */
    public static final RawValue NULL = new RawValue(new byte[] {FormatCode.NULL});

    private final byte[] octets;

    private RawValue(byte[] octets) {
        this.octets = octets;
    }

    /**
     * Copies the value that lies between two indexes and checks it to its last element.
     *
     * @throws MalformedException when these octets are not one well-formed value
     */
    public static RawValue copyOf(ByteBuf buf, int start, int end) {
        int after = TypeDecoder.validate(buf, start, end);
        if (after != end) {
            throw new MalformedException((end - after) + " octets behind a value");
        }
        return new RawValue(ByteBufUtil.getBytes(buf, start, end - start, true));
    }

    /** The shortest encoding of a value in one of {@link TypeEncoder}'s Java forms. */
    public static RawValue of(@Nullable Object value) {
        if (value instanceof RawValue raw) {
            return raw;
        }
        ByteBuf buf = Unpooled.buffer(64);
        TypeEncoder.writeValue(buf, value);
        return new RawValue(ByteBufUtil.getBytes(buf));
    }

    /** True for the value null. */
    public boolean isNull() {
        return octets[0] == FormatCode.NULL;
    }

    /** The value in {@link TypeDecoder}'s Java forms; made anew at each call. */
    public @Nullable Object decode() {
        return TypeDecoder.readValue(buffer());
    }

    public void writeTo(ByteBuf buf) {
        buf.writeBytes(octets);
    }

    /** A fresh unpooled buffer over the octets; needs no release. */
    public ByteBuf buffer() {
        return Unpooled.wrappedBuffer(octets);
    }

    /** Length of the encoding in octets. */
    public int length() {
        return octets.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RawValue raw && Arrays.equals(octets, raw.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return String.valueOf(decode());
    }
}
