// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.mesh;

import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.amqp.codec.UnsignedShort;
import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.Hello;
import io.linkspan.mesh.message.LinkState;
import io.linkspan.mesh.message.LinkStateRequest;
import io.linkspan.mesh.message.LinkStateUpdate;
import io.linkspan.mesh.message.MeshMessage;
import io.linkspan.mesh.message.MobileAddress;
import io.linkspan.mesh.message.MobileAddressRequest;
import io.linkspan.mesh.message.MobileAddressUpdate;
import io.linkspan.mesh.message.RouterAdvertisement;
import io.linkspan.mesh.message.Treatment;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of the routing protocol from whoever wrote them: keys as strings or symbols, in any order, numbers of
 * any integer type, lists and maps of any size. Inter-router protocol, sections 6 and 8.
 *
 * <p>What cannot be taken is an {@link Unreadable}, which says why; the sender stays connected.
 */
public final class ControlReader {

    /** A message that is not taken. */
    @SuppressWarnings("serial") // Never serialized: thrown and caught within the router.
    public static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        /** The sender, if the message names one. */
        private final @Nullable RouterId sender;

        private final String opcode;
        private final long version;

        Unreadable(@Nullable RouterId sender, String opcode, long version, String reason) {
            super(reason);
            this.sender = sender;
            this.opcode = opcode;
            this.version = version;
        }

        /** The sender, if the message names one. */
        public @Nullable RouterId sender() {
            return sender;
        }

        /** The opcode, empty when there is none. */
        public String opcode() {
            return opcode;
        }

        /** The protocol version that is too new, 0 when that is not the reason. */
        public long newerVersion() {
            return version;
        }
    }

    private static final int APPLICATION_PROPERTIES = 0x74;
    private static final int VALUE = 0x77;

    private String opcode = "";
    private Map<String, @Nullable Object> body = Map.of();
    private @Nullable RouterId id;

    private ControlReader() {}

    /** Reads a whole message. The reader index of {@code message} moves. */
    public static MeshMessage decode(ByteBuf message) throws Unreadable {
        ControlReader reader = new ControlReader();
        try {
            reader.sections(message);
            return reader.message();
        } catch (MalformedException | IllegalArgumentException e) {
            throw new Unreadable(reader.id, reader.opcode, 0, String.valueOf(e.getMessage()));
        }
    }

    private void sections(ByteBuf message) {
        boolean found = false;
        while (message.isReadable()) {
            if (!(TypeDecoder.readValue(message) instanceof Described section)
                    || !(section.descriptor() instanceof UnsignedLong code)) {
                throw new MalformedException("no section");
            }
            if (code.bits() == APPLICATION_PROPERTIES) {
                opcode = string(byName(section.value()), "opcode");
            } else if (code.bits() == VALUE) {
                body = byName(section.value());
                found = true;
            }
        }
        if (!found || opcode.isEmpty()) {
            throw new MalformedException(found ? "opcode is missing" : "body is missing");
        }
    }

    private MeshMessage message() throws Unreadable {
        id = new RouterId(string(body, "id"));
        long version = body.containsKey("pv") ? number(body, "pv") : 0;
        if (version > MeshMessage.PROTOCOL_VERSION) {
            throw new Unreadable(id, opcode, version, "protocol version " + version);
        }
        return switch (opcode) {
            case "HELLO" -> new Hello(id, instance(), ids(list(body, "seen")));
            case "RA" -> new RouterAdvertisement(id, instance(), number(body, "ls_seq"), number(body, "mobile_seq"));
            case "LSU" -> {
                number(body, "ls_seq"); // Must be there; the inner one counts.
                yield new LinkStateUpdate(id, instance(), linkState());
            }
            case "LSR" -> new LinkStateRequest(id);
            case "MAU" -> addresses(id);
            case "MAR" -> new MobileAddressRequest(id, number(body, "have_seq"));
            default -> throw new MalformedException("opcode is not known");
        };
    }

    private long instance() {
        return body.containsKey("instance") ? number(body, "instance") : 0;
    }

    private LinkState linkState() {
        Map<String, @Nullable Object> state = byName(body.get("ls"));
        Map<String, @Nullable Object> peers = byName(state.get("peers"));
        List<LinkState.Peer> list = new ArrayList<>(peers.size());
        for (String peer : peers.keySet()) {
            long cost = number(peers, peer);
            if (cost < 1 || cost > Integer.MAX_VALUE) {
                throw new MalformedException("cost " + cost + " of " + peer);
            }
            list.add(new LinkState.Peer(new RouterId(peer), (int) cost));
        }
        return new LinkState(new RouterId(string(state, "id")), number(state, "ls_seq"), list);
    }

    private MobileAddressUpdate addresses(RouterId sender) {
        long sequence = number(body, "mobile_seq");
        boolean differential = body.containsKey("add") && body.containsKey("del");
        if (body.containsKey("exist") == (body.containsKey("add") || body.containsKey("del"))
                || (!differential && !body.containsKey("exist"))) {
            throw new MalformedException("neither add and del nor exist");
        }
        if (!differential) {
            return new MobileAddressUpdate.Absolute(sender, sequence, hinted(list(body, "exist")));
        }
        return new MobileAddressUpdate.Differential(
                sender, sequence, hinted(list(body, "add")), texts(list(body, "del"), "del"));
    }

    /** Hints count only when there is one for each key. */
    private List<MobileAddress> hinted(List<?> keys) {
        List<?> hints = body.get("hints") instanceof List<?> given && given.size() == keys.size() ? given : null;
        List<MobileAddress> addresses = new ArrayList<>(keys.size());
        int i = 0;
        for (String key : texts(keys, "add")) {
            Object hint = hints == null ? null : hints.get(i++);
            addresses.add(new MobileAddress(key, hint == null || !isNumber(hint) ? null : Treatment.of(number(hint))));
        }
        return addresses;
    }

    private static List<RouterId> ids(List<?> list) {
        return texts(list, "seen").stream().map(RouterId::new).toList();
    }

    private static List<String> texts(List<?> list, String name) {
        List<String> texts = new ArrayList<>(list.size());
        for (Object element : list) {
            if (!(element instanceof String text)) {
                throw new MalformedException(name + " holds something else than strings");
            }
            texts.add(text);
        }
        return texts;
    }

    private static List<?> list(Map<String, @Nullable Object> map, String name) {
        if (map.get(name) instanceof List<?> list) {
            return list;
        }
        throw new MalformedException(name + " is not a list");
    }

    private static String string(Map<String, @Nullable Object> map, String name) {
        if (map.get(name) instanceof String text) {
            return text;
        }
        throw new MalformedException(name + " is not a string");
    }

    private static long number(Map<String, @Nullable Object> map, String name) {
        Object value = map.get(name);
        if (value == null || !isNumber(value)) {
            throw new MalformedException(name + " is not a number");
        }
        return number(value);
    }

    private static boolean isNumber(Object value) {
        return value instanceof Byte
                || value instanceof Short
                || value instanceof Integer
                || value instanceof Long
                || value instanceof UnsignedByte
                || value instanceof UnsignedShort
                || value instanceof UnsignedInteger
                || value instanceof UnsignedLong;
    }

    private static long number(Object value) {
        if (value instanceof UnsignedByte number) {
            return number.value();
        } else if (value instanceof UnsignedShort number) {
            return number.value();
        } else if (value instanceof UnsignedInteger number) {
            return number.value();
        } else if (value instanceof UnsignedLong number) {
            return number.bits();
        }
        return ((Number) value).longValue();
    }

    private static Map<String, @Nullable Object> byName(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new MalformedException("a map is missing");
        }
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        map.forEach((key, entry) -> {
            if (key instanceof String text) {
                named.put(text, entry);
            } else if (key instanceof Symbol symbol) {
                named.put(symbol.text(), entry);
            }
        });
        return named;
    }
}
