// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.UnsignedLong;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a delivery, link, session or connection failed. AMQP 1.0 part 2, 2.8.14.
 *
 * @param condition a symbol of {@link ErrorCondition} or one of a peer's own
 * @param description for people
 * @param info a map as it came, null when it was absent or null
 */
public record AmqpError(
        Symbol condition,
        @Nullable String description,
        @Nullable RawValue info) {
    static final int DESCRIPTOR = 0x1d;
    /** Characters of a description that fit into a frame of 512 octets, at three octets each, beside the condition. */
    private static final int SHORT_DESCRIPTION = 100;

    /** The error in a field of a peer's frame; null when the field is absent or null. */
    static @Nullable AmqpError of(@Nullable RawValue raw) {
        if (raw == null || raw.isNull()) {
            return null;
        }
        FieldReader fields = new FieldReader();
        int descriptor = fields.open(raw.buffer(), 0, raw.length());
        if (descriptor != DESCRIPTOR) {
            throw new MalformedException("error with the descriptor 0x" + Integer.toHexString(descriptor));
        }
        Symbol condition = fields.symbol();
        if (condition == null) {
            throw new MalformedException("error without a condition");
        }
        return new AmqpError(condition, fields.string(), nullAsAbsent(fields.raw()));
    }

    /** The described list for the wire; absent fields at its end are left out. */
    Described toWire() {
        List<@Nullable Object> fields = new ArrayList<>(3);
        fields.add(condition);
        if (description != null || info != null) {
            fields.add(description);
        }
        if (info != null) {
            fields.add(info);
        }
        return new Described(new UnsignedLong(DESCRIPTOR), fields);
    }

    /** The description, cut so that it fits into the smallest frame. */
    @Nullable
    String shortDescription() {
        return description == null || description.length() <= SHORT_DESCRIPTION
                ? description
                : description.substring(0, SHORT_DESCRIPTION);
    }

    /** True when the condition is this one of the catalogue. */
    public boolean is(ErrorCondition other) {
        return condition.equals(other.symbol());
    }

    private static @Nullable RawValue nullAsAbsent(@Nullable RawValue raw) {
        return raw == null || raw.isNull() ? null : raw;
    }
}
