// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.trace;

import io.linkspan.amqp.codec.AmqpArray;
import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.Timestamp;
import io.linkspan.amqp.codec.UnsignedLong;
import io.netty.buffer.ByteBuf;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * AMQP values as people know them from the original's traces: {@code @open(16) [container-id="A", ...]}, {@code :SYMBOL},
 * {@code b"\x00"}. Fields that are null are left out. Whatever may be a credential is written as {@link #MASK}.
 */
final class ValueText {
    /** Stands for what must not be seen. */
    static final String MASK = "*******";

    /** Octets of a binary value that are shown. */
    static final int MAX_OCTETS = 256;

    /** Fields of SASL that are, or may hold, a credential. AMQP 1.0 part 5, 5.3.3. */
    private static final Set<String> SECRET_FIELDS =
            Set.of("initial-response", "challenge", "response", "additional-data");

    /** Words in the key of a map that its value is a credential behind. */
    private static final List<String> SECRET_WORDS = List.of("password", "passwd", "secret", "credential", "token");

    private static final String ARRAY_OF_SYMBOLS = "@PN_SYMBOL";

    private ValueText() {}

    static void append(StringBuilder text, @Nullable Object value) {
        if (value instanceof Described described) {
            described(text, described);
        } else if (value instanceof String string) {
            quoted(text, string);
        } else if (value instanceof Symbol symbol) {
            symbol(text, symbol.text());
        } else if (value instanceof Binary binary) {
            text.append('b');
            octets(text, binary.octets(), binary.length());
        } else if (value instanceof List<?> list) {
            text.append('[');
            elements(text, list);
            text.append(']');
        } else if (value instanceof Map<?, ?> map) {
            map(text, map);
        } else if (value instanceof AmqpArray array) {
            boolean symbols = array.elements().stream().allMatch(Symbol.class::isInstance);
            text.append(symbols ? ARRAY_OF_SYMBOLS : "@").append('[');
            elements(text, array.elements());
            text.append(']');
        } else {
            plain(text, value);
        }
    }

    private static void plain(StringBuilder text, @Nullable Object value) {
        if (value instanceof Timestamp time) {
            text.append(time.millis());
        } else {
            text.append(value);
        }
    }

    private static void described(StringBuilder text, Described described) {
        Object descriptor = described.descriptor();
        Fields known = descriptor instanceof UnsignedLong code
                ? Fields.of(code.bits())
                : descriptor instanceof Symbol symbol ? Fields.of(symbol.text()) : null;
        text.append('@');
        if (known == null || !(described.value() instanceof List<?> values)) {
            append(text, descriptor);
            text.append(' ');
            append(text, described.value());
            return;
        }
        text.append(known.name()).append('(').append(known.code()).append(") [");
        String between = "";
        for (int i = 0; i < values.size(); i++) {
            Object value = values.get(i);
            if (value != null) {
                String field = i < known.fields().size() ? known.fields().get(i) : Integer.toString(i);
                text.append(between).append(field).append('=');
                between = ", ";
                if (SECRET_FIELDS.contains(field)) {
                    text.append(MASK);
                } else {
                    append(text, value);
                }
            }
        }
        text.append(']');
    }

    private static void map(StringBuilder text, Map<?, ?> map) {
        text.append('{');
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            append(text, entry.getKey());
            text.append('=');
            if (isSecret(String.valueOf(entry.getKey()))) {
                text.append(MASK);
            } else {
                append(text, entry.getValue());
            }
            text.append(entries.hasNext() ? ", " : "");
        }
        text.append('}');
    }

    /** True for a text in which a credential may follow. */
    static boolean isSecret(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return SECRET_WORDS.stream().anyMatch(lower::contains);
    }

    private static void elements(StringBuilder text, List<?> list) {
        for (int i = 0; i < list.size(); i++) {
            text.append(i == 0 ? "" : ", ");
            append(text, list.get(i));
        }
    }

    private static void symbol(StringBuilder text, String symbol) {
        text.append(':');
        if (!symbol.isEmpty() && symbol.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '_')) {
            text.append(symbol);
        } else {
            quoted(text, symbol);
        }
    }

    private static void quoted(StringBuilder text, String string) {
        text.append('"')
                .append(string.replace("\\", "\\\\").replace("\"", "\\\""))
                .append('"');
    }

    /** Octets in quotes, those that are no printable ASCII as {@code \xNN}; cut at {@link #MAX_OCTETS}. */
    static void octets(StringBuilder text, byte[] octets, int length) {
        text.append('"');
        for (int i = 0; i < Math.min(length, MAX_OCTETS); i++) {
            octet(text, octets[i] & 0xff);
        }
        text.append(length > MAX_OCTETS ? "\"..." : "\"");
    }

    /** The payload of a transfer, behind its size; all of it is masked when a credential may be in it. */
    static void payload(StringBuilder text, ByteBuf payload, int offset, int length) {
        text.append(" (").append(length).append(") ");
        byte[] shown = new byte[Math.min(length, MAX_OCTETS + 1)];
        payload.getBytes(offset, shown);
        if (isSecret(new String(shown, java.nio.charset.StandardCharsets.ISO_8859_1))) {
            text.append(MASK);
        } else {
            octets(text, shown, shown.length);
        }
    }

    private static void octet(StringBuilder text, int octet) {
        if (octet == '"' || octet == '\\') {
            text.append('\\').append((char) octet);
        } else if (octet >= 0x20 && octet < 0x7f) {
            text.append((char) octet);
        } else {
            text.append("\\x").append(Character.forDigit(octet >> 4, 16)).append(Character.forDigit(octet & 15, 16));
        }
    }
}
