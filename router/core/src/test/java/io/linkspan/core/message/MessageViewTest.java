// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.core.message.MessageView.Depth;
import io.linkspan.core.message.MessageView.Result;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MessageViewTest {

    private final MessageView view = new MessageView();

    private static Described header(int priority) {
        return section(0x70, Arrays.asList(false, new UnsignedByte(priority)));
    }

    private static Described properties(@Nullable Object id, @Nullable String to) {
        return section(0x73, Arrays.asList(id, null, to));
    }

    private static Described annotations(Object... entries) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put(new Symbol((String) entries[i]), entries[i + 1]);
        }
        return section(0x72, map);
    }

    private static Described data(String text) {
        return section(0x75, new Binary(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Described section(int code, Object value) {
        return new Described(new UnsignedLong(code), value);
    }

    private static ByteBuf message(Described... sections) {
        ByteBuf buf = Unpooled.buffer();
        for (Described section : sections) {
            TypeEncoder.writeValue(buf, section);
        }
        return buf;
    }

    private Result whole(ByteBuf buf, Depth depth) {
        return view.readWhole(buf, buf.readerIndex(), buf.readableBytes(), depth);
    }

    private @Nullable String to() {
        int at = view.toIndex();
        return at < 0 ? null : new String(view.head(), at, view.toLength(), StandardCharsets.UTF_8);
    }

    @Test
    void findsTheToPropertyBehindAMessageIdOfAnyType() {
        for (Object id : Arrays.asList(null, "id", new UnsignedLong(300), new Binary(new byte[300]))) {
            ByteBuf buf = message(header(7), properties(id, "cities.london"), data("x"));
            assertThat(whole(buf, Depth.PROPERTIES)).isEqualTo(Result.OK);
            assertThat(to()).isEqualTo("cities.london");
            assertThat(view.priority()).isEqualTo(7);
        }
    }

    @Test
    void aLongAddressIsFoundAsWell() {
        String address = "a".repeat(2_019);
        ByteBuf buf = message(properties("id", address));
        assertThat(whole(buf, Depth.PROPERTIES)).isEqualTo(Result.OK);
        assertThat(to()).isEqualTo(address);
    }

    @Test
    void aMessageWithoutToOrWithoutPropertiesHasNone() {
        assertThat(whole(message(data("x")), Depth.PROPERTIES)).isEqualTo(Result.OK);
        assertThat(view.toIndex()).isEqualTo(-1);
        assertThat(whole(message(properties("id", null), data("x")), Depth.PROPERTIES))
                .isEqualTo(Result.OK);
        assertThat(view.toIndex()).isEqualTo(-1);
        assertThat(whole(message(section(0x73, List.of()), data("x")), Depth.PROPERTIES))
                .isEqualTo(Result.OK);
        assertThat(view.toIndex()).isEqualTo(-1);
    }

    @Test
    void pri01PriorityIsFourWhenAbsentAndNineAtMost() {
        whole(message(data("x")), Depth.HEADER);
        assertThat(view.priority()).isEqualTo(4);
        whole(message(section(0x70, List.of(true)), data("x")), Depth.HEADER);
        assertThat(view.priority()).isEqualTo(4);
        whole(message(header(200), data("x")), Depth.HEADER);
        assertThat(view.priority()).isEqualTo(9);
    }

    @Test
    void ann02RouterKeysAreRemovedAndUserEntriesKeptInOrder() {
        ByteBuf buf = message(
                header(3),
                annotations("x-a", 1, "x-opt-qd.to", "q", "x-b", "two", "x-opt-qd.", 1, "x-c", List.of("l")),
                properties("id", "to"),
                data("body"));
        assertThat(whole(buf, Depth.ANNOTATIONS)).isEqualTo(Result.OK);
        assertThat(view.hasRouterKeys()).isTrue();
        ByteBuf stripped = view.withoutRouterKeys(new MessageFront(), UnpooledByteBufAllocator.DEFAULT);
        ByteBuf expected =
                message(header(3), annotations("x-a", 1, "x-b", "two", "x-c", List.of("l")), properties("id", "to"));
        assertThat(TypeDecoder.readValue(stripped)).isEqualTo(TypeDecoder.readValue(expected));
        assertThat(TypeDecoder.readValue(stripped)).isEqualTo(TypeDecoder.readValue(expected));
        assertThat(TypeDecoder.readValue(stripped)).isEqualTo(TypeDecoder.readValue(expected));
        assertThat(TypeDecoder.readValue(stripped)).isEqualTo(data("body"));
        assertThat(stripped.isReadable()).isFalse();
        stripped.release();
    }

    @Test
    void ann02TheSectionGoesWhenOnlyRouterKeysWereInIt() {
        ByteBuf buf = message(annotations("x-opt-qd.trace", List.of("0/A"), "x-opt-qd.ingress", "0/A"), data("body"));
        assertThat(whole(buf, Depth.ANNOTATIONS)).isEqualTo(Result.OK);
        ByteBuf stripped = view.withoutRouterKeys(new MessageFront(), UnpooledByteBufAllocator.DEFAULT);
        assertThat(stripped).isEqualTo(message(data("body")));
        stripped.release();
    }

    @Test
    void userAnnotationsAloneAreLeftAlone() {
        assertThat(whole(message(annotations("x-opt-qd", 1, "x-opt-mine", 2), data("x")), Depth.ANNOTATIONS))
                .isEqualTo(Result.OK);
        assertThat(view.hasRouterKeys()).isFalse();
    }

    @Test
    void out22AMessageCutWithinANeededSectionIsMalformedAndIncompleteWhileItArrives() {
        ByteBuf buf = message(header(1), annotations("x-a", 1), properties("id", "to"));
        int needed = buf.readableBytes();
        ByteBuf all = message(header(1), annotations("x-a", 1), properties("id", "to"), data("x"));
        int headerEnd = message(header(1)).readableBytes();
        int annotationsEnd = message(header(1), annotations("x-a", 1)).readableBytes();
        for (int cut = 1; cut < needed; cut++) {
            boolean betweenSections = cut == headerEnd || cut == annotationsEnd;
            assertThat(view.read(all, 0, cut, Depth.PROPERTIES))
                    .as("%d bytes", cut)
                    .isEqualTo(Result.INCOMPLETE);
            assertThat(view.readWhole(all, 0, cut, Depth.PROPERTIES))
                    .as("%d bytes", cut)
                    .isEqualTo(betweenSections ? Result.OK : Result.MALFORMED);
        }
        assertThat(view.read(all, 0, needed, Depth.PROPERTIES)).isEqualTo(Result.OK);
    }

    @Test
    void out22BytesBeyondTheNeededDepthAreNeverLookedAt() {
        ByteBuf buf = message(header(1));
        buf.writeBytes(new byte[] {0, 0x53, 0x73, (byte) 0xd0, 0x7f, 0x7f, 0x7f, 0x7f});
        assertThat(whole(buf, Depth.ANNOTATIONS)).isEqualTo(Result.OK);
        assertThat(whole(buf, Depth.PROPERTIES)).isEqualTo(Result.MALFORMED);
    }

    @Test
    void out22AnEmptyTransferIsMalformed() {
        assertThat(whole(Unpooled.EMPTY_BUFFER, Depth.HEADER)).isEqualTo(Result.MALFORMED);
    }

    @Test
    void out23GarbageThatStartsNoSectionCountsAsNoSections() {
        ByteBuf buf = Unpooled.wrappedBuffer(new byte[] {1, 2, 3, 4});
        assertThat(whole(buf, Depth.PROPERTIES)).isEqualTo(Result.OK);
        assertThat(view.toIndex()).isEqualTo(-1);
    }

    @Test
    void aSectionOfTheWrongTypeOrWithAWrongCountIsMalformed() {
        assertThat(whole(message(section(0x73, "text")), Depth.PROPERTIES)).isEqualTo(Result.MALFORMED);
        assertThat(whole(message(section(0x72, List.of(1))), Depth.ANNOTATIONS)).isEqualTo(Result.MALFORMED);
        ByteBuf odd = Unpooled.wrappedBuffer(new byte[] {0, 0x53, 0x72, (byte) 0xc1, 2, 1, 0x41});
        assertThat(whole(odd, Depth.ANNOTATIONS)).isEqualTo(Result.MALFORMED);
        ByteBuf tooMany = Unpooled.wrappedBuffer(new byte[] {0, 0x53, 0x73, (byte) 0xc0, 2, 9, 0x41});
        assertThat(whole(tooMany, Depth.PROPERTIES)).isEqualTo(Result.MALFORMED);
    }

    @Test
    void sectionsNamedBySymbolOrByAnEightByteCodeAreUnderstood() {
        ByteBuf named = Unpooled.buffer();
        TypeEncoder.writeValue(
                named, new Described(new Symbol("amqp:properties:list"), Arrays.asList(null, null, "there")));
        assertThat(whole(named, Depth.PROPERTIES)).isEqualTo(Result.OK);
        assertThat(to()).isEqualTo("there");
        ByteBuf plain = message(properties(null, "there"));
        ByteBuf wide = Unpooled.buffer().writeBytes(new byte[] {0, (byte) 0x80}).writeLong(0x73);
        wide.writeBytes(plain, 3, plain.readableBytes() - 3);
        assertThat(whole(wide, Depth.PROPERTIES)).isEqualTo(Result.OK);
        assertThat(to()).isEqualTo("there");
    }
}
