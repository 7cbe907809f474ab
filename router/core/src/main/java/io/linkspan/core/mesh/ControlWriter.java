// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.mesh;

import io.linkspan.amqp.codec.FormatCode;
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
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes the messages of the routing protocol as the original does: HELLO, RA, LSU and LSR with string keys and int
 * numbers, MAU and MAR with symbol keys and long numbers, everything in 32-bit forms. Inter-router protocol, section 6.
 *
 * <p>The message annotations (ingress, trace) are not written here: they come with the sending, as for every message.
 */
public final class ControlWriter {

    /** Where HELLO goes. */
    public static final String HELLO_TO = "amqp:/_local/qdhello";

    private static final String AREA = "0";

    private final ByteBuf out;
    private final boolean symbols;

    private ControlWriter(ByteBuf out, boolean symbols) {
        this.out = out;
        this.symbols = symbols;
    }

    /** The {@code to} of a message to one router. */
    public static String addressOf(RouterId router, MeshMessage message) {
        return "amqp:/_topo/0/" + router + (isMobile(message) ? "/qdrouter.ma" : "/qdrouter");
    }

    /** The {@code to} of a message to all routers. */
    public static String addressOfAll(MeshMessage message) {
        return isMobile(message) ? "_topo/0/all/qdrouter.ma" : "amqp:/_topo/0/all/qdrouter";
    }

    private static boolean isMobile(MeshMessage message) {
        return message instanceof MobileAddressUpdate || message instanceof MobileAddressRequest;
    }

    /** A message with its envelope, in a buffer of the heap. */
    public static ByteBuf encode(MeshMessage message, String to) {
        boolean mobile = isMobile(message);
        ByteBuf out = Unpooled.buffer(256);
        ControlWriter writer = new ControlWriter(out, mobile);
        writer.section(0x70);
        int header = writer.begin(FormatCode.LIST32);
        out.writeByte(FormatCode.FALSE);
        writer.end(header, 1);
        writer.section(0x73);
        int properties = writer.begin(FormatCode.LIST32);
        out.writeByte(FormatCode.NULL).writeByte(FormatCode.NULL);
        writer.text(to);
        if (!mobile) {
            out.writeByte(FormatCode.NULL).writeByte(FormatCode.NULL).writeByte(FormatCode.NULL);
        }
        writer.end(properties, mobile ? 3 : 6);
        writer.section(0x74);
        int application = writer.begin(FormatCode.MAP32);
        writer.key("opcode");
        writer.text(message.opcode());
        writer.end(application, 2);
        writer.section(0x77);
        writer.body(message);
        return out;
    }

    private void body(MeshMessage message) {
        int map = begin(FormatCode.MAP32);
        int fields = 3;
        key("id");
        text(message.id().value());
        key("pv");
        number(MeshMessage.PROTOCOL_VERSION);
        key("area");
        text(AREA);
        if (message instanceof Hello hello) {
            field("instance", hello.instance());
            key("seen");
            ids(hello.seen());
            fields += 2;
        } else if (message instanceof RouterAdvertisement ra) {
            field("instance", ra.instance());
            field("ls_seq", ra.linkStateSequence());
            field("mobile_seq", ra.mobileSequence());
            fields += 3;
        } else if (message instanceof LinkStateUpdate lsu) {
            field("instance", lsu.instance());
            field("ls_seq", lsu.linkState().sequence());
            key("ls");
            linkState(lsu.linkState());
            fields += 3;
        } else if (message instanceof MobileAddressUpdate.Differential change) {
            field("mobile_seq", change.sequence());
            hints(change.added());
            key("add");
            keys(change.added());
            key("del");
            int list = begin(FormatCode.LIST32);
            change.deleted().forEach(this::text);
            end(list, change.deleted().size());
            fields += 4;
        } else if (message instanceof MobileAddressUpdate.Absolute all) {
            field("mobile_seq", all.sequence());
            key("exist");
            keys(all.existing());
            hints(all.existing());
            fields += 3;
        } else if (message instanceof MobileAddressRequest request) {
            field("have_seq", request.haveSequence());
            fields++;
        } else if (!(message instanceof LinkStateRequest)) {
            throw new IllegalStateException("no body for " + message.opcode());
        }
        end(map, fields * 2);
    }

    private void linkState(LinkState state) {
        int map = begin(FormatCode.MAP32);
        key("id");
        text(state.id().value());
        key("area");
        text(AREA);
        field("ls_seq", state.sequence());
        key("peers");
        int peers = begin(FormatCode.MAP32);
        for (LinkState.Peer peer : state.peers()) {
            text(peer.id().value());
            number(peer.cost());
        }
        end(peers, state.peers().size() * 2);
        end(map, 8);
    }

    private void ids(List<RouterId> ids) {
        if (ids.isEmpty()) {
            out.writeByte(FormatCode.LIST0);
            return;
        }
        int list = begin(FormatCode.LIST32);
        ids.forEach(id -> text(id.value()));
        end(list, ids.size());
    }

    private void keys(List<MobileAddress> addresses) {
        int list = begin(FormatCode.LIST32);
        addresses.forEach(address -> text(address.key()));
        end(list, addresses.size());
    }

    private void hints(List<MobileAddress> addresses) {
        key("hints");
        int list = begin(FormatCode.LIST32);
        for (MobileAddress address : addresses) {
            Treatment hint = address.hint();
            out.writeByte(FormatCode.SMALLINT).writeByte((hint == null ? Treatment.BALANCED : hint).code());
        }
        end(list, addresses.size());
    }

    private void field(String key, long value) {
        key(key);
        number(value);
    }

    private void section(int code) {
        out.writeMedium(0x005300 | code);
    }

    private int begin(int format) {
        out.writeByte(format);
        int at = out.writerIndex();
        out.writeLong(0);
        return at;
    }

    private void end(int at, int count) {
        out.setInt(at, out.writerIndex() - at - 4);
        out.setInt(at + 4, count);
    }

    private void key(String name) {
        out.writeByte(symbols ? FormatCode.SYM8 : FormatCode.STR8).writeByte(name.length());
        out.writeCharSequence(name, StandardCharsets.US_ASCII);
    }

    private void text(String text) {
        int length = ByteBufUtil.utf8Bytes(text);
        if (length <= 0xff) {
            out.writeByte(FormatCode.STR8).writeByte(length);
        } else {
            out.writeByte(FormatCode.STR32).writeInt(length);
        }
        ByteBufUtil.writeUtf8(out, text);
    }

    private void number(long value) {
        boolean small = value >= Byte.MIN_VALUE && value <= Byte.MAX_VALUE;
        if (symbols) {
            if (small) {
                out.writeByte(FormatCode.SMALLLONG).writeByte((int) value);
            } else {
                out.writeByte(FormatCode.LONG).writeLong(value);
            }
        } else if (small) {
            out.writeByte(FormatCode.SMALLINT).writeByte((int) value);
        } else {
            out.writeByte(FormatCode.INT).writeInt((int) value);
        }
    }
}
