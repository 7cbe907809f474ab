// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.FormatCode;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.amqp.codec.UnsignedLong;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one end says about a delivery. AMQP 1.0 part 3, 3.4, and part 4, 4.5. Immutable; "no state" is a Java null.
 *
 * <p>A state keeps its encoding, so that what we do not understand is relayed unchanged. Accepted, released and a plain
 * "modified, delivery failed" are shared objects: they are recognised by identity and cost no allocation.
 */
public final class DeliveryState {
    public static final int RECEIVED = 0x23;
    public static final int ACCEPTED_CODE = 0x24;
    public static final int REJECTED = 0x25;
    public static final int RELEASED_CODE = 0x26;
    public static final int MODIFIED = 0x27;
    public static final int DECLARED = 0x33;
    public static final int TRANSACTIONAL = 0x34;
    /** {@link #code} of a state whose descriptor is neither a code below 2^31 nor a symbol of AMQP 1.0. */
    public static final int OTHER = FieldReader.OTHER;

    public static final DeliveryState ACCEPTED = plain(ACCEPTED_CODE);
    public static final DeliveryState RELEASED = plain(RELEASED_CODE);
    /** The delivery failed at the receiver, which may get it again: OUT-07. */
    public static final DeliveryState MODIFIED_FAILED =
            new DeliveryState(MODIFIED, RawValue.of(new Described(new UnsignedLong(MODIFIED), List.of(true))));

    private static final DeliveryState REJECTED_PLAIN = plain(REJECTED);

    private final int code;
    private final RawValue raw;

    private DeliveryState(int code, RawValue raw) {
        this.code = code;
        this.raw = raw;
    }

    private static DeliveryState plain(int code) {
        return new DeliveryState(code, RawValue.of(new Described(new UnsignedLong(code), List.of())));
    }

    /** The outcome rejected, with a reason or without. */
    public static DeliveryState rejected(@Nullable AmqpError error) {
        return error == null
                ? REJECTED_PLAIN
                : new DeliveryState(
                        REJECTED, RawValue.of(new Described(new UnsignedLong(REJECTED), List.of(error.toWire()))));
    }

    /**
     * The outcome modified.
     *
     * @param failed the delivery counts as an unsuccessful attempt
     * @param undeliverableHere it must not come to the same link again
     * @param annotations a map for the message's annotations, null for none
     */
    public static DeliveryState modified(boolean failed, boolean undeliverableHere, @Nullable RawValue annotations) {
        if (failed && !undeliverableHere && annotations == null) {
            return MODIFIED_FAILED;
        }
        List<Object> fields = new ArrayList<>(3);
        fields.add(failed);
        fields.add(undeliverableHere);
        if (annotations != null) {
            fields.add(annotations);
        }
        return new DeliveryState(MODIFIED, RawValue.of(new Described(new UnsignedLong(MODIFIED), fields)));
    }

    /** The state in a raw field; null when the field is absent or null. */
    public static @Nullable DeliveryState of(@Nullable RawValue raw) {
        return raw == null ? null : read(raw.buffer(), 0, raw.length());
    }

    /**
     * The state between two indexes; null for the value null. Anything that is not a described value is malformed; of
     * the descriptors we know, the value has to be a list.
     */
    static @Nullable DeliveryState read(ByteBuf buf, int start, int end) {
        if (end - start == 4
                && buf.getInt(start) == (FormatCode.SMALLULONG << 16 | ACCEPTED_CODE << 8 | FormatCode.LIST0)) {
            return ACCEPTED;
        }
        if (end - start == 1 && buf.getByte(start) == FormatCode.NULL) {
            return null;
        }
        RawValue raw = RawValue.copyOf(buf, start, end);
        int code = codeOf(raw);
        return switch (code) {
            case ACCEPTED_CODE -> ACCEPTED;
            case RELEASED_CODE -> RELEASED;
            case MODIFIED -> new DeliveryState(code, raw).orShared();
            case REJECTED -> new DeliveryState(code, raw).checked();
            default -> new DeliveryState(code, raw);
        };
    }

    private static int codeOf(RawValue raw) {
        ByteBuf buf = raw.buffer();
        if (buf.getByte(0) != FormatCode.DESCRIBED) {
            throw new MalformedException("delivery state without a descriptor");
        }
        int valueAt = TypeDecoder.skip(buf, 1, raw.length());
        int format = buf.getUnsignedByte(valueAt);
        if (format == FormatCode.LIST0 || format == FormatCode.LIST8 || format == FormatCode.LIST32) {
            return new FieldReader().open(buf, 0, raw.length());
        }
        return OTHER;
    }

    private DeliveryState orShared() {
        FieldReader fields = fields();
        boolean plain = fields.bool(false) && !fields.bool(false) && !fields.present();
        return plain ? MODIFIED_FAILED : this;
    }

    private DeliveryState checked() {
        error();
        return this;
    }

    /** The code of the descriptor, see the constants; {@link #OTHER} for a descriptor of no known kind. */
    public int code() {
        return code;
    }

    /** True for an outcome: the receiver will not change it any more. AMQP 1.0 part 3, 3.4; part 4, 4.5.5. */
    public boolean isTerminal() {
        return (code >= ACCEPTED_CODE && code <= MODIFIED) || code == DECLARED;
    }

    /** True for a state that takes effect when its transaction is discharged. AMQP 1.0 part 4, 4.5.8. */
    boolean isTransactional() {
        return code == TRANSACTIONAL;
    }

    /** The encoding, for relay. */
    public RawValue raw() {
        return raw;
    }

    /** The reason in a rejected state; null when there is none or the state is another. */
    public @Nullable AmqpError error() {
        return code == REJECTED ? AmqpError.of(fields().raw()) : null;
    }

    /** True for a modified state that counts as a failed attempt. */
    public boolean failed() {
        return code == MODIFIED && fields().bool(false);
    }

    /** True for a modified state that must not come to the same link again. */
    public boolean undeliverableHere() {
        if (code != MODIFIED) {
            return false;
        }
        FieldReader fields = fields();
        fields.bool(false);
        return fields.bool(false);
    }

    /** The annotations of a modified state; null when there are none or the state is another. */
    public @Nullable RawValue messageAnnotations() {
        if (code != MODIFIED) {
            return null;
        }
        FieldReader fields = fields();
        fields.skip();
        fields.skip();
        return fields.present() ? fields.raw() : null;
    }

    private FieldReader fields() {
        FieldReader fields = new FieldReader();
        fields.open(raw.buffer(), 0, raw.length());
        return fields;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DeliveryState state && raw.equals(state.raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }

    @Override
    public String toString() {
        return switch (code) {
            case RECEIVED -> "received";
            case ACCEPTED_CODE -> "accepted";
            case REJECTED -> "rejected " + error();
            case RELEASED_CODE -> "released";
            case MODIFIED -> "modified" + (failed() ? " failed" : "") + (undeliverableHere() ? " elsewhere" : "");
            default -> raw.toString();
        };
    }
}
