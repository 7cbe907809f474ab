// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.FormatCode;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.amqp.codec.UnsignedShort;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every frame of the recorded connections is read, and written again: to the same bytes where the encoding is ours to
 * choose, once the original's habits are taken out of it (nulls at the end of a list, defaults said, numbers and lists
 * longer than they need be), and with the bytes of others unchanged (termini, capabilities, properties, states, payload).
 */
@DisplayName("golden frames of qdrouterd 1.19")
class CapturedFramesTest {
    /** Fields whose bytes belong to others, by performative. */
    private static final Map<Integer, Set<Integer>> RELAYED = Map.of(
            Descriptors.OPEN, Set.of(5, 6, 7, 8, 9),
            Descriptors.BEGIN, Set.of(5, 6, 7),
            Descriptors.ATTACH, Set.of(5, 6, 7, 11, 12, 13),
            Descriptors.TRANSFER, Set.of(7),
            Descriptors.DISPOSITION, Set.of(4));

    private static final UnsignedInteger NO_LIMIT = new UnsignedInteger(Integer.MAX_VALUE);

    /** Fields that mean the same when they are left out, with their defaults. */
    private static final Map<Integer, Map<Integer, Object>> DEFAULTS = Map.of(
            Descriptors.OPEN,
                    Map.of(
                            2, new UnsignedInteger(0xffff_ffffL),
                            3, new UnsignedShort(0xffff),
                            4, new UnsignedInteger(0)),
            Descriptors.ATTACH,
                    Map.of(
                            3, new UnsignedByte(2),
                            4, new UnsignedByte(0),
                            8, false,
                            9, new UnsignedInteger(0),
                            10, new UnsignedLong(0)),
            Descriptors.TRANSFER, Map.of(4, false, 5, false));

    static Stream<Capture> captures() {
        return Capture.all().stream();
    }

    @Test
    void allOfTheRecordingsAreThere() {
        assertThat(Capture.all()).hasSize(124);
        long frames = Capture.all().stream().mapToLong(c -> c.lines().size()).sum();
        assertThat(frames).isEqualTo(7_085);
    }

    @ParameterizedTest
    @MethodSource("captures")
    void everyFrameIsReadAndWrittenAgain(Capture capture) {
        for (Capture.Line line : capture.lines()) {
            if (line.type().equals("header") || line.bytes().length <= 8 || isGarbage(capture, line)) {
                continue;
            }
            ByteBuf bytes = Unpooled.wrappedBuffer(line.bytes());
            int end = TypeDecoder.validate(bytes, 8, bytes.writerIndex());
            assertThat(TypeDecoder.skip(bytes, 8)).isEqualTo(end);
            FieldReader fields = new FieldReader();
            int descriptor = fields.open(bytes, 8, bytes.writerIndex());
            assertThat(fields.end()).isEqualTo(end);
            String canonical = canonical(bytes, end);
            String ours =
                    switch (descriptor) {
                        case Descriptors.OPEN -> open(Open.read(fields));
                        case Descriptors.BEGIN -> begin(Begin.read(fields));
                        case Descriptors.ATTACH -> attach(fields);
                        case Descriptors.TRANSFER -> transfer(fields, bytes, line);
                        case Descriptors.DISPOSITION -> disposition(fields, bytes);
                        default -> generic(bytes);
                    };
            assertThat(ours).as(line.decoded()).isEqualTo(canonical);
        }
    }

    /** The one frame that was recorded for being no frame. */
    private static boolean isGarbage(Capture capture, Capture.Line line) {
        return capture.name().equals("08-refusals/18-frame-larger-than-max-frame-size")
                && line.bytes().length == 65_536;
    }

    private static String open(Open open) {
        AmqpSettings settings = AmqpSettings.DEFAULT
                .withMaxFrameSize((int) Math.min(Integer.MAX_VALUE, open.maxFrameSize()))
                .withChannelMax(open.channelMax())
                .withIdleTimeoutMs((int) open.idleTimeOutMs() * 2);
        ByteBuf frame = frame(Descriptors.OPEN, fields -> open.write(fields, settings));
        // "No limit" cannot be a setting of ours; 2^31-1 stands for it here.
        return canonical(frame, frame.writerIndex());
    }

    private static String begin(Begin begin) {
        return written(
                Descriptors.BEGIN,
                fields -> fields.ushort(begin.remoteChannel(), Begin.NO_CHANNEL)
                        .uint(begin.nextOutgoingId())
                        .uint(begin.incomingWindow())
                        .uint(begin.outgoingWindow())
                        .uint(begin.handleMax() & 0xffff_ffffL, 0xffff_ffffL)
                        .value(begin.offeredCapabilities())
                        .value(begin.desiredCapabilities())
                        .value(begin.properties())
                        .unknown(begin.unknown()));
    }

    private static String attach(FieldReader fields) {
        String name = fields.requiredString("name");
        int handle = fields.requiredUint("handle");
        boolean receiver = fields.requiredBool("role");
        Attach attach = Attach.read(name, fields);
        ByteBuf frame = frame(Descriptors.ATTACH, out -> attach.write(out, name, handle, receiver));
        return canonical(frame, frame.writerIndex());
    }

    /** Checks the reading against the recorder's, then writes the frame with its tag and state. */
    private static String transfer(FieldReader fields, ByteBuf bytes, Capture.Line line) {
        int handle = fields.requiredUint("handle");
        Transfer transfer = new Transfer();
        transfer.read(fields, bytes, bytes.writerIndex());
        assertThat(transfer.hasId()).isEqualTo(!line.text("delivery-id").isEmpty());
        if (transfer.hasId()) {
            assertThat(transfer.deliveryId()).hasToString(line.text("delivery-id"));
        }
        String tag =
                transfer.tagLength() < 0 ? "" : ByteBufUtil.hexDump(bytes, transfer.tagOffset(), transfer.tagLength());
        assertThat(tag).isEqualTo(line.text("delivery-tag"));
        assertThat(transfer.length()).hasToString(line.text("payload-bytes"));
        assertThat(transfer.settled()).isEqualTo(line.text("settled").equals("true"));
        assertThat(transfer.more()).isEqualTo(line.text("more").equals("true"));
        assertThat(transfer.aborted()).isEqualTo(line.text("aborted").equals("true"));
        if (!transfer.hasId() || transfer.aborted() || transfer.length() > FrameWriter.MAX_FRAME_MADE - 128) {
            return canonical(bytes, fields.end());
        }
        TestWire wire = new TestWire();
        FrameWriter writer = new FrameWriter(wire);
        byte[] tagBytes = ByteBufUtil.decodeHexDump(tag);
        int taken = writer.wideTransfer(
                0,
                handle,
                transfer.deliveryId(),
                Unpooled.wrappedBuffer(tagBytes),
                0,
                tagBytes.length,
                transfer.messageFormat(),
                transfer.settled(),
                !transfer.more(),
                transfer.receiverSettleMode(),
                transfer.state(),
                bytes,
                transfer.offset(),
                transfer.length());
        writer.flush();
        assertThat(taken).isEqualTo(transfer.length());
        ByteBuf written = Unpooled.wrappedBuffer(wire.take());
        int end = TypeDecoder.skip(written, 8);
        assertThat(ByteBufUtil.hexDump(written, end, written.writerIndex() - end))
                .as("payload")
                .isEqualTo(ByteBufUtil.hexDump(bytes, transfer.offset(), transfer.length()));
        return canonical(written, end);
    }

    private static String disposition(FieldReader fields, ByteBuf bytes) {
        int end = fields.end();
        boolean receiver = fields.requiredBool("role");
        int first = fields.requiredUint("first");
        int last = fields.uint(first);
        boolean settled = fields.bool(false);
        int stateAt = fields.index();
        fields.skip();
        DeliveryState state = fields.index() == stateAt ? null : DeliveryState.read(bytes, stateAt, fields.index());
        if (state != null
                && (state.equals(DeliveryState.MODIFIED_FAILED) || state.equals(DeliveryState.rejected(null)))) {
            // Shared states have an encoding of ours: compared by what they mean.
            assertThat(meaning(state.raw().decode()))
                    .isEqualTo(meaning(
                            RawValue.copyOf(bytes, stateAt, fields.index()).decode()));
            return canonical(bytes, end);
        }
        TestWire wire = new TestWire();
        FrameWriter writer = new FrameWriter(wire);
        writer.disposition(0, receiver, first, last, settled, state);
        writer.flush();
        ByteBuf written = Unpooled.wrappedBuffer(wire.take());
        return canonical(written, written.writerIndex());
    }

    /** Descriptor and fields without nulls and falses at the end. */
    private static List<Object> meaning(@Nullable Object state) {
        Described described = Objects.requireNonNull((Described) state);
        List<Object> all = new ArrayList<>();
        all.add(Objects.requireNonNull(described.descriptor()));
        all.addAll((List<?>) Objects.requireNonNull(described.value()));
        while (all.get(all.size() - 1) == null || Boolean.FALSE.equals(all.get(all.size() - 1))) {
            all.remove(all.size() - 1);
        }
        return all;
    }

    private static String generic(ByteBuf bytes) {
        ByteBuf body = bytes.slice(8, bytes.writerIndex() - 8);
        Object value = TypeDecoder.readValue(body);
        ByteBuf again = Unpooled.buffer();
        again.writeZero(8);
        TypeEncoder.writeValue(again, value);
        assertThat(TypeDecoder.readValue(again.slice(8, again.writerIndex() - 8)))
                .isEqualTo(value);
        return canonical(again, again.writerIndex());
    }

    private static String written(int descriptor, Consumer<FieldWriter> fields) {
        ByteBuf frame = frame(descriptor, fields);
        return ByteBufUtil.hexDump(frame, 8, frame.writerIndex() - 8);
    }

    private static ByteBuf frame(int descriptor, Consumer<FieldWriter> fields) {
        ByteBuf buf = Unpooled.buffer();
        FieldWriter writer = new FieldWriter(buf, FrameWriter.TYPE_AMQP, 0, descriptor);
        fields.accept(writer);
        writer.end();
        return buf;
    }

    /**
     * A performative in the encoding that is ours: shortest numbers, no defaults, no nulls at the end, the shortest list;
     * fields of others byte by byte.
     */
    private static String canonical(ByteBuf frame, int end) {
        int valueAt = TypeDecoder.skip(frame, 9);
        int descriptor = frame.getUnsignedByte(valueAt - 1);
        Set<Integer> relayed = RELAYED.getOrDefault(descriptor, Set.of());
        Map<Integer, Object> defaults = DEFAULTS.getOrDefault(descriptor, Map.of());
        List<String> fields = new ArrayList<>();
        int code = frame.getUnsignedByte(valueAt);
        int at = valueAt + (code == FormatCode.LIST0 ? 1 : code == FormatCode.LIST8 ? 3 : 9);
        while (at < end) {
            int next = TypeDecoder.skip(frame, at);
            RawValue raw = RawValue.copyOf(frame, at, next);
            int index = fields.size();
            Object value = raw.decode();
            boolean noLimit = descriptor == Descriptors.OPEN && index == 2 && NO_LIMIT.equals(value);
            if (noLimit || (value != null && value.equals(defaults.get(index)))) {
                raw = RawValue.NULL;
            } else if (!relayed.contains(index)) {
                raw = RawValue.of(raw.decode());
            }
            fields.add(ByteBufUtil.hexDump(raw.buffer()));
            at = next;
        }
        while (!fields.isEmpty() && fields.get(fields.size() - 1).equals("40")) {
            fields.remove(fields.size() - 1);
        }
        if (descriptor == Descriptors.DISPOSITION
                && fields.size() > 2
                && fields.get(1).equals(fields.get(2))) {
            fields.set(2, "40");
        }
        ByteBuf list = Unpooled.buffer();
        List<RawValue> values = new ArrayList<>();
        for (String field : fields) {
            byte[] octets = ByteBufUtil.decodeHexDump(field);
            values.add(RawValue.copyOf(Unpooled.wrappedBuffer(octets), 0, octets.length));
        }
        TypeEncoder.writeValue(list, new Described(new UnsignedLong(descriptor), values));
        return ByteBufUtil.hexDump(list);
    }

    @Test
    void whatIsCanonicalIsShown() {
        // An attach of the original: 14 fields with nulls and defaults said.
        byte[] frame = Frame.amqp(
                0,
                Descriptors.ATTACH,
                "n",
                new UnsignedInteger(0),
                true,
                new UnsignedByte(2),
                null,
                null,
                null,
                null,
                false,
                new UnsignedInteger(0),
                new UnsignedLong(0),
                null,
                null,
                null);
        assertThat(canonical(Unpooled.wrappedBuffer(frame), frame.length)).isEqualTo("005312c00603a1016e4341");
    }
}
