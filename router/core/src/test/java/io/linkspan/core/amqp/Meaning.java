// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.codec.AmqpArray;
import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.amqp.codec.UnsignedShort;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one end of a connection said, without what does not matter: frame boundaries, widths of numbers and maps, tags,
 * windows, names and values that differ from run to run, and how often a thing was said that has not changed.
 */
final class Meaning {

    /** The field of a terminus that means nothing between routers: each writes another one. */
    private static final int EXPIRY_POLICY = 2;

    /** Attaches in their order: channel, role, modes, limits and both termini. */
    final List<String> attaches = new ArrayList<>();

    /** Detaches, ends and closes. */
    final List<String> endings = new ArrayList<>();

    /**
     * Routing protocol by kind: what was said, in order, without repetitions. The update that the recorder made
     * unreadable on its way (03) is one as it was said.
     */
    final Map<String, Set<String>> control = new TreeMap<>();

    /** Deliveries by channel. */
    final Map<String, List<String>> deliveries = new TreeMap<>();

    /** The last word about each delivery, by channel and number. */
    final Map<String, String> outcomes = new TreeMap<>();

    /** The credit that was given last, by channel and handle. */
    final Map<String, String> credit = new TreeMap<>();

    String open = "";
    private final Map<String, ByteBuf> partial = new LinkedHashMap<>();
    private final Map<String, String> heads = new LinkedHashMap<>();

    static Meaning of(List<byte[]> frames) {
        Meaning meaning = new Meaning();
        for (byte[] frame : frames) {
            ByteBuf buf = Unpooled.wrappedBuffer(frame);
            int size = buf.readInt();
            int dataOffset = buf.readByte();
            buf.skipBytes(1);
            int channel = buf.readUnsignedShort();
            buf.readerIndex(dataOffset * 4);
            if (buf.readerIndex() < size) {
                meaning.frame(channel, (Described) TypeDecoder.readValue(buf), buf);
            }
        }
        return meaning;
    }

    private void frame(int channel, @Nullable Described performative, ByteBuf payload) {
        if (performative == null) {
            throw new IllegalStateException("no performative");
        }
        List<?> fields = (List<?>) performative.value();
        if (fields == null) {
            throw new IllegalStateException("no fields");
        }
        switch (code(performative)) {
            case 0x10 -> open = openText(fields);
            case 0x12 -> attaches.add(channel + " " + attachText(fields));
            case 0x13 -> {
                if (field(fields, 4) != null) {
                    credit.put(channel + "/" + text(field(fields, 4)), text(field(fields, 6)));
                }
            }
            case 0x14 -> transfer(channel, fields, payload);
            case 0x15 -> disposition(channel, fields);
            case 0x16 ->
                endings.add(channel + " detach " + text(field(fields, 0)) + " closed=" + text(orFalse(field(fields, 1)))
                        + " " + text(field(fields, 2)));
            case 0x17 -> endings.add(channel + " end " + text(field(fields, 0)));
            case 0x18 -> endings.add("close " + text(field(fields, 0)));
            default -> {}
        }
    }

    private static int code(Described described) {
        return described.descriptor() instanceof UnsignedLong code ? (int) code.bits() : -1;
    }

    private static @Nullable Object field(List<?> fields, int index) {
        return index < fields.size() ? fields.get(index) : null;
    }

    private static Object orFalse(@Nullable Object value) {
        return value == null ? false : value;
    }

    private static String openText(List<?> fields) {
        Map<String, String> properties = new TreeMap<>();
        if (field(fields, 9) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> properties.put(
                    text(key), value == null ? "null" : value.getClass().getSimpleName() + " " + text(value)));
        }
        List.of("product", "version", "qd.conn-id").forEach(properties::remove);
        return text(field(fields, 0)) + " frame=" + text(field(fields, 2)) + " channels=" + text(field(fields, 3))
                + " idle=" + text(field(fields, 4)) + " offered=" + text(field(fields, 7)) + " desired="
                + text(field(fields, 8)) + " " + properties;
    }

    private static String attachText(List<?> fields) {
        boolean receiver = Boolean.TRUE.equals(field(fields, 2));
        return (receiver ? "receiver" : "sender") + " snd=" + text(field(fields, 3)) + " rcv=" + text(field(fields, 4))
                + (receiver ? "" : set("count", field(fields, 9))) + set("max", field(fields, 10))
                + set("offered", field(fields, 11)) + set("desired", field(fields, 12))
                + set("properties", field(fields, 13)) + " source=" + terminus(field(fields, 5), 10) + " target="
                + terminus(field(fields, 6), 6);
    }

    /** A field that is not at its default. */
    private static String set(String name, @Nullable Object value) {
        String shown = text(value);
        return shown.matches("null|false|0") ? "" : " " + name + "=" + shown;
    }

    private static String terminus(@Nullable Object terminus, int capabilities) {
        if (!(terminus instanceof Described described)) {
            return "null";
        }
        if (!(described.value() instanceof List<?> fields)) {
            return text(described.value());
        }
        StringBuilder shown =
                new StringBuilder(text(field(fields, 0)).replaceAll("temp\\.[A-Za-z0-9+_]{15}", "temp.*"));
        for (int i = 1; i < fields.size(); i++) {
            if (i != EXPIRY_POLICY && i != capabilities) {
                shown.append(set("field" + i, field(fields, i)));
            }
        }
        Object capability = field(fields, capabilities);
        return shown.append(
                        capability == null
                                ? ""
                                : capability instanceof Symbol ? " :" + capability : " " + text(capability))
                .toString();
    }

    private void transfer(int channel, List<?> fields, ByteBuf payload) {
        String link = channel + "/" + text(field(fields, 0));
        ByteBuf whole = partial.computeIfAbsent(link, key -> Unpooled.buffer());
        if (field(fields, 1) != null) {
            heads.put(link, (Boolean.TRUE.equals(field(fields, 4)) ? "settled" : "unsettled"));
        }
        whole.writeBytes(payload);
        if (Boolean.TRUE.equals(field(fields, 9))) {
            deliveries.computeIfAbsent(link, key -> new ArrayList<>()).add("aborted");
            partial.remove(link);
            return;
        }
        if (Boolean.TRUE.equals(field(fields, 5))) {
            return;
        }
        partial.remove(link);
        Map<Integer, @Nullable Object> sections = new LinkedHashMap<>();
        while (whole.isReadable()) {
            Described section = (Described) TypeDecoder.readValue(whole);
            if (section == null) {
                throw new IllegalStateException("null in the place of a section");
            }
            sections.put(code(section), section.value());
        }
        if (!controlled(sections)) {
            deliveries
                    .computeIfAbsent(link, key -> new ArrayList<>())
                    .add(heads.get(link) + " " + messageText(sections));
        }
    }

    private boolean controlled(Map<Integer, @Nullable Object> sections) {
        Object properties = sections.get(0x73);
        Object to = properties instanceof List<?> list ? field(list, 2) : null;
        if (!text(to).matches(".*/qd(hello|router)(\\.ma)?")) {
            return false;
        }
        String opcode = text(byName(sections.get(0x74)).get("opcode")).replace("XAU", "MAU");
        Map<String, String> body = new TreeMap<>();
        byName(sections.get(0x77)).forEach((key, value) -> body.put(key, text(value)));
        body.remove("instance");
        body.computeIfPresent("seen", (key, ids) -> sorted(ids));
        body.computeIfPresent("ls", (key, state) -> {
            int peers = state.indexOf("peers=") + "peers=".length();
            return state.substring(0, peers) + sorted(state.substring(peers, state.length() - 1)) + "]";
        });
        Object annotations = sections.get(0x72);
        control.computeIfAbsent(opcode, key -> new LinkedHashSet<>())
                .add(text(to) + " " + body + " " + text(annotations));
        return true;
    }

    /** Which of two neighbours came first does not matter. */
    private static String sorted(String neighbors) {
        String[] each = neighbors.substring(1, neighbors.length() - 1).split(", ", -1);
        Arrays.sort(each);
        return List.of(each).toString();
    }

    private static Map<String, @Nullable Object> byName(@Nullable Object map) {
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        if (map instanceof Map<?, ?> entries) {
            entries.forEach((key, value) -> named.put(text(key), value));
        }
        return named;
    }

    private static String messageText(Map<Integer, @Nullable Object> sections) {
        StringBuilder text = new StringBuilder();
        sections.forEach((code, value) -> {
            String shown = text(value).replaceAll("temp\\.[A-Za-z0-9+_]{15}", "temp.*");
            text.append(Integer.toHexString(code))
                    .append('=')
                    .append(shown.length() > 300 ? shown.length() + " characters, hash " + shown.hashCode() : shown)
                    .append(' ');
        });
        return text.toString().trim();
    }

    private void disposition(int channel, List<?> fields) {
        long first = ((UnsignedInteger) fields.get(1)).value();
        long last = field(fields, 2) instanceof UnsignedInteger end ? end.value() : first;
        for (long id = first; id <= last; id++) {
            outcomes.put(
                    channel + " " + (Boolean.TRUE.equals(field(fields, 0)) ? "received " : "sent ") + id,
                    text(field(fields, 4)) + (Boolean.TRUE.equals(field(fields, 3)) ? " settled" : ""));
        }
    }

    /** A value in words: the same for all widths of a number, and without nulls at the end of a list. */
    static String text(@Nullable Object value) {
        if (value instanceof Described described) {
            return text(described.descriptor()) + text(described.value());
        } else if (value instanceof List<?> list) {
            List<String> texts = new ArrayList<>();
            list.forEach(element -> texts.add(text(element)));
            while (!texts.isEmpty() && texts.get(texts.size() - 1).matches("null|false")) {
                texts.remove(texts.size() - 1);
            }
            return texts.toString();
        } else if (value instanceof Map<?, ?> map) {
            List<String> texts = new ArrayList<>();
            map.forEach((key, entry) -> texts.add(text(key) + "=" + text(entry)));
            return texts.toString();
        } else if (value instanceof AmqpArray array) {
            return "array" + text(array.elements());
        } else if (value instanceof Binary binary) {
            return "x" + Arrays.hashCode(binary.octets()) + "/" + binary.length();
        } else if (value instanceof UnsignedByte number) {
            return String.valueOf(number.value());
        } else if (value instanceof UnsignedShort number) {
            return String.valueOf(number.value());
        } else if (value instanceof UnsignedInteger number) {
            return String.valueOf(number.value());
        } else if (value instanceof UnsignedLong number) {
            return String.valueOf(number.bits());
        }
        return String.valueOf(value);
    }
}
