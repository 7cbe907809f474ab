// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.core.delivery.ToAnnotation;
import io.linkspan.core.message.MessageView.Depth;
import io.linkspan.core.message.MessageView.Result;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a router adds to messages, whichever way it writes it. */
class RouterStampTest {

    private static final String TRACE = "x-opt-qd.trace";
    private static final String INGRESS = "x-opt-qd.ingress";
    private static final String COPY = "x-opt-qd.copy";
    private static final String TO = "x-opt-qd.to";

    private final MessageFront front = new MessageFront();
    private final MessageView view = new MessageView();
    private final RouterAnnotations keys = new RouterAnnotations();
    private final RouterStamp stamp = new RouterStamp("Here");

    /** A message with these annotations, and a body of so many octets. */
    private static ByteBuf message(@Nullable Map<String, Object> annotations, int body) {
        ByteBuf message = Unpooled.buffer();
        section(message, 0x70, List.of(true));
        if (annotations != null) {
            Map<Object, Object> map = new LinkedHashMap<>();
            annotations.forEach((key, value) -> map.put(new Symbol(key), value));
            section(message, 0x72, map);
        }
        section(message, 0x77, "b".repeat(body));
        return message;
    }

    private static void section(ByteBuf message, int code, Object value) {
        TypeEncoder.writeValue(message, new Described(new UnsignedLong(code), value));
    }

    /** The message as it goes on; its annotations by name. */
    private Map<String, Object> sent(ByteBuf message, @Nullable ToAnnotation to) {
        return sent(message, to, 0);
    }

    private Map<String, Object> sent(ByteBuf message, @Nullable ToAnnotation to, long copy) {
        assertThat(view.readWhole(message, 0, message.readableBytes(), Depth.ANNOTATIONS))
                .isEqualTo(Result.OK);
        assertThat(keys.read(view)).isNull();
        ByteBuf sent = stamp.stamped(front, UnpooledByteBufAllocator.DEFAULT, view, keys, to, copy);
        Map<String, Object> annotations = new LinkedHashMap<>();
        ByteBuf rest = sent.duplicate();
        ByteBuf original = message.duplicate();
        assertThat(TypeDecoder.readValue(rest)).as("header").isEqualTo(TypeDecoder.readValue(original));
        Described section = (Described) Objects.requireNonNull(TypeDecoder.readValue(rest));
        Map<?, ?> map = (Map<?, ?>) Objects.requireNonNull(section.value());
        map.forEach((key, value) -> annotations.put(String.valueOf(key), value));
        Object body = TypeDecoder.readValue(original);
        if (original.isReadable()) {
            body = TypeDecoder.readValue(original);
        }
        assertThat(TypeDecoder.readValue(rest)).as("body").isEqualTo(body);
        assertThat(rest.isReadable()).isFalse();
        assertThat(view.readWhole(sent, sent.readerIndex(), sent.readableBytes(), Depth.ANNOTATIONS))
                .as("what is sent can be read")
                .isEqualTo(Result.OK);
        sent.release();
        return annotations;
    }

    @Test
    @DisplayName("ANN-03: a message without annotations gets destination, ingress and trace, the same each time")
    void aFreshMessage() {
        ToAnnotation to = ToAnnotation.of("cities.london", 0);
        for (int body : new int[] {0, 10, 9_000, 100_000}) {
            assertThat(sent(message(null, body), to))
                    .containsExactly(
                            Map.entry(TO, "cities.london"),
                            Map.entry(INGRESS, "0/Here"),
                            Map.entry(TRACE, List.of("0/Here")));
        }
        assertThat(sent(message(Map.of(), 1), ToAnnotation.of("q", 3)))
                .containsEntry("x-opt-qd.phase", 3)
                .containsEntry(TO, "q");
    }

    @Test
    @DisplayName("ANN-06, inter-router 5.2: on the way the users' keys stay in front, and the trace gets one name more")
    void aRouterOnTheWay() {
        SplittableRandom random = new SplittableRandom(20261128);
        for (int i = 0; i < 200; i++) {
            Map<String, Object> annotations = new LinkedHashMap<>();
            List<Object> trace = IntStream.range(0, random.nextInt(1, 60))
                    .<Object>mapToObj(n -> "0/" + "R".repeat(random.nextInt(1, 30)) + n)
                    .toList();
            if (random.nextBoolean()) {
                annotations.put("user", "u".repeat(random.nextInt(300)));
            }
            boolean traceFirst = random.nextInt(4) == 0;
            if (traceFirst) {
                annotations.put(TRACE, trace);
            }
            annotations.put(TO, "t".repeat(random.nextInt(1, 260)));
            if (random.nextInt(4) == 0) {
                annotations.put("among", 2);
            }
            annotations.put(INGRESS, trace.get(0));
            if (!traceFirst) {
                annotations.put(TRACE, trace);
            }
            boolean userLast = random.nextInt(4) == 0;
            if (userLast) {
                annotations.put("last", 1);
            }
            List<Map.Entry<String, Object>> expected = new ArrayList<>();
            annotations.forEach((key, value) -> {
                if (!key.startsWith("x-opt-qd.")) {
                    expected.add(Map.entry(key, value));
                }
            });
            List<Object> longer = new ArrayList<>(trace);
            longer.add("0/Here");
            expected.add(Map.entry(TO, Objects.requireNonNull(annotations.get(TO))));
            expected.add(Map.entry(INGRESS, trace.get(0)));
            expected.add(Map.entry(TRACE, longer));
            assertThat(List.copyOf(sent(message(annotations, random.nextInt(3) * 5_000), null)
                            .entrySet()))
                    .as("message %d", i)
                    .isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("DST-34: a number goes on to a router that knows it, and to no other; an own one takes its place")
    void aNumber() {
        UnsignedLong number = new UnsignedLong(0xfedc_ba98_7654_3210L);
        Map<String, Object> annotations = new LinkedHashMap<>();
        annotations.put("user", 1);
        annotations.put(COPY, number);
        annotations.put(TO, "mc");
        annotations.put(INGRESS, "0/A");
        annotations.put(TRACE, List.of("0/A"));
        Map<String, Object> onward = new LinkedHashMap<>(annotations);
        onward.put(TRACE, List.of("0/A", "0/Here"));
        assertThat(sent(message(annotations, 3), null, number.bits())).isEqualTo(onward);
        Map<String, Object> without = new LinkedHashMap<>(onward);
        without.remove(COPY);
        assertThat(sent(message(annotations, 3), null)).isEqualTo(without);
        assertThat(sent(message(annotations, 3), null, 1L << 44)).containsEntry(COPY, new UnsignedLong(1L << 44));
        assertThat(sent(message(null, 3), ToAnnotation.of("mc", 0), 7L << 44))
                .containsExactly(
                        Map.entry(COPY, new UnsignedLong(7L << 44)),
                        Map.entry(TO, "mc"),
                        Map.entry(INGRESS, "0/Here"),
                        Map.entry(TRACE, List.of("0/Here")));
    }

    @Test
    @DisplayName("OUT-24: a number that is no ulong is a fault of the message")
    void aWrongNumber() {
        ByteBuf message = message(Map.of(COPY, "7"), 3);
        view.readWhole(message, 0, message.readableBytes(), Depth.ANNOTATIONS);
        assertThat(keys.read(view)).isEqualTo("x-opt-qd.copy is not a ulong");
        ByteBuf small = message(Map.of(COPY, new UnsignedLong(7)), 3);
        view.readWhole(small, 0, small.readableBytes(), Depth.ANNOTATIONS);
        assertThat(keys.read(view)).isNull();
        assertThat(keys.copy()).isEqualTo(7);
    }

    @Test
    @DisplayName("ANN-06: keys without a meaning do not go on, and a missing ingress is ours")
    void keysWithoutAMeaning() {
        Map<String, Object> annotations = new LinkedHashMap<>();
        annotations.put("x-opt-qd.", 7);
        annotations.put(INGRESS, "0/A");
        annotations.put(TRACE, List.of("0/A"));
        assertThat(sent(message(annotations, 3), null))
                .containsOnlyKeys(INGRESS, TRACE)
                .containsEntry(TRACE, List.of("0/A", "0/Here"));
        assertThat(sent(message(Map.of(TRACE, List.of("0/A")), 3), null))
                .containsEntry(INGRESS, "0/Here")
                .containsEntry(TRACE, List.of("0/A", "0/Here"));
        assertThat(sent(message(Map.of(INGRESS, "0/A", TRACE, List.of()), 3), null))
                .containsEntry(TRACE, List.of("0/Here"));
    }

    @Test
    @DisplayName("A small message is written over by the next one, a large one is not")
    void smallMessagesShareTheFront() {
        ByteBuf large = message(null, MessageFront.COPY_BELOW_BYTES);
        view.readWhole(large, 0, large.readableBytes(), Depth.ANNOTATIONS);
        keys.clear();
        ByteBuf first = stamp.stamped(front, UnpooledByteBufAllocator.DEFAULT, view, keys, ToAnnotation.of("a", 0), 0);
        byte[] before = new byte[first.readableBytes()];
        first.getBytes(first.readerIndex(), before);
        sent(message(null, 5), ToAnnotation.of("b", 0));
        byte[] after = new byte[first.readableBytes()];
        first.getBytes(first.readerIndex(), after);
        assertThat(after).isEqualTo(before);
        first.release();
    }

    @Test
    @DisplayName("ANN-06: reading and writing the keys of a small message on its way takes no memory")
    void nothingIsAllocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        ToAnnotation to = ToAnnotation.of("cities.london", 0);
        Map<String, Object> onTheWay = new LinkedHashMap<>();
        onTheWay.put("user", "u");
        onTheWay.put(TO, "cities.london");
        onTheWay.put(INGRESS, "0/A");
        onTheWay.put(TRACE, List.of("0/A"));
        for (ByteBuf message : List.of(message(null, 100), message(onTheWay, 100))) {
            ToAnnotation said = message.readableBytes() < 150 ? to : null;
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 5; round++) {
                long before = threads.getThreadAllocatedBytes(self);
                for (int i = 0; i < 1000; i++) {
                    view.readWhole(message, 0, message.readableBytes(), Depth.ANNOTATIONS);
                    keys.read(view);
                    stamp.stamped(front, UnpooledByteBufAllocator.DEFAULT, view, keys, said, 0)
                            .release();
                }
                least = Math.min(least, threads.getThreadAllocatedBytes(self) - before);
            }
            assertThat(least).as("octets for 1000 messages").isLessThan(1000);
        }
    }
}
