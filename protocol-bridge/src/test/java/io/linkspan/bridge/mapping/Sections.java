// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedLong;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sections of an AMQP message, made by and read with the codec of the AMQP engine. */
final class Sections {

    private final ByteBuf out = Unpooled.buffer();

    static Sections sections() {
        return new Sections();
    }

    /** Fields of a header. */
    Sections header(@Nullable Object... fields) {
        return section(Names.HEADER, Arrays.asList(fields));
    }

    /** Names and values of message annotations. */
    Sections annotations(@Nullable Object... entries) {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put(new Symbol(String.valueOf(entries[i])), entries[i + 1]);
        }
        return section(Names.MESSAGE_ANNOTATIONS, map);
    }

    /** One field of the properties. */
    Sections property(int index, Object value) {
        List<@Nullable Object> fields = new ArrayList<>();
        for (int i = 0; i < index; i++) {
            fields.add(null);
        }
        fields.add(value);
        return section(Names.PROPERTIES, fields);
    }

    /** Names and values of application properties. */
    Sections application(@Nullable Object... entries) {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put(entries[i], entries[i + 1]);
        }
        return section(Names.APPLICATION_PROPERTIES, map);
    }

    Sections section(int code, @Nullable Object value) {
        TypeEncoder.writeValue(out, new Described(new UnsignedLong(code), value));
        return this;
    }

    ByteBuf bytes() {
        return out;
    }

    /** All sections by code; several data sections in a list. */
    static Map<Integer, @Nullable Object> decode(ByteBuf message) {
        Map<Integer, @Nullable Object> sections = new LinkedHashMap<>();
        ByteBuf in = message.duplicate();
        while (in.isReadable()) {
            Described section = (Described) TypeDecoder.readValue(in);
            if (section == null || !(section.descriptor() instanceof UnsignedLong code)) {
                throw new IllegalStateException("not a section: " + section);
            }
            if (sections.put((int) code.bits(), section.value()) != null) {
                throw new IllegalStateException("section twice: " + code);
            }
        }
        return sections;
    }
}
