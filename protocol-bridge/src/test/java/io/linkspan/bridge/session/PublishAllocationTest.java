// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import static io.linkspan.bridge.codec.Bytes.bytes;
import static io.linkspan.bridge.codec.Bytes.publish;
import static io.linkspan.bridge.codec.MqttVersion.V3_1_1;
import static io.linkspan.bridge.codec.MqttVersion.V5_0;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.linkspan.bridge.MqttSettings;
import io.linkspan.bridge.codec.Bytes;
import io.linkspan.bridge.codec.MqttVersion;
import io.linkspan.core.connection.ConnectionFacts;
import io.linkspan.wire.Wire;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The path of a PUBLISH from one client to another allocates nothing that grows with the messages. */
class PublishAllocationTest {

    private static final int BATCH = 500;
    private static final int WARM_UP = 40;
    private static final int ROUNDS = 40;

    /** Bytes per message left for what goes with a batch, and for the test itself. */
    private static final double ALLOWED_BYTES = 2;

    /** Gives the same buffers again and again, so that only what the engine makes itself is counted. */
    private static final class Reusing extends AbstractByteBufAllocator {
        private final List<ByteBuf> made = new ArrayList<>();

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            for (int i = 0; i < made.size(); i++) {
                ByteBuf buffer = made.get(i);
                if (buffer.refCnt() == 1 && buffer.maxCapacity() == maxCapacity) {
                    return buffer.clear().retain();
                }
            }
            ByteBuf buffer = new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity);
            made.add(buffer);
            return buffer.retain();
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            return newHeapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    /** A socket that takes everything and keeps nothing. */
    private static final class Sink implements Wire {
        private final Reusing memory = new Reusing();
        private boolean flushRequested;
        private long written;

        @Override
        public ByteBufAllocator allocator() {
            return memory;
        }

        @Override
        public void write(ByteBuf bytes) {
            written += bytes.readableBytes();
            bytes.release();
        }

        @Override
        public void flushWritten() {}

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void requestFlush() {
            flushRequested = true;
        }

        @Override
        public void setReading(boolean on) {}

        @Override
        public void closeAfterFlush() {}

        @Override
        public void drop() {}

        @Override
        public void scheduleTick(long deadlineNs) {}

        private void flush(MqttEngine engine) {
            if (flushRequested) {
                flushRequested = false;
                engine.flush();
            }
        }
    }

    static Stream<Object[]> cases() {
        return Stream.of(
                new Object[] {V3_1_1, 0}, new Object[] {V3_1_1, 1}, new Object[] {V5_0, 0}, new Object[] {V5_0, 1});
    }

    @ParameterizedTest(name = "{0} QoS {1}")
    @MethodSource("cases")
    @DisplayName("No allocation per PUBLISH, acknowledgement included")
    void noAllocationPerPublish(MqttVersion version, int qos) {
        Network network = new Network(MqttSettings.DEFAULT);
        Sink in = new Sink();
        Sink out = new Sink();
        MqttEngine publisher = connect(network, in, version, "p");
        MqttEngine subscriber = connect(network, out, version, "s");
        give(subscriber, Bytes.subscribe(version, 1, "t/+", 1).buf());
        out.flush(subscriber);
        Bytes batch = bytes();
        for (int i = 1; i <= BATCH; i++) {
            batch.add(publish(version, qos << 1, "t/" + i % 7, i, bytes(), bytes().text("0123456789")));
        }
        ByteBuf publishes = Unpooled.wrappedBuffer(batch.array());
        ByteBuf acks = Unpooled.buffer(4 * BATCH);
        long before = out.written;
        long allocated = 0;
        int lastId = 0;
        for (int round = 0; round < WARM_UP + ROUNDS; round++) {
            long start = allocatedBytes();
            publishes.readerIndex(0);
            publisher.receive(publishes);
            out.flush(subscriber);
            if (qos > 0) {
                acks.clear();
                for (int i = 0; i < BATCH; i++) {
                    lastId = lastId == 65_535 ? 1 : lastId + 1;
                    acks.writeInt(0x40020000 | lastId);
                }
                subscriber.receive(acks);
                out.flush(subscriber);
            }
            in.flush(publisher);
            if (round >= WARM_UP) {
                allocated += allocatedBytes() - start;
            }
        }
        int messages = (WARM_UP + ROUNDS) * BATCH;
        assertThat(out.written - before).isGreaterThan(messages * 14L);
        if (qos > 0) {
            assertThat(in.written).as("acknowledgements").isGreaterThan(messages * 4L);
        }
        assertThat(allocated / (double) (ROUNDS * BATCH))
                .as("bytes per message")
                .isLessThan(ALLOWED_BYTES);
        publisher.transportClosed();
        subscriber.transportClosed();
        network.close();
    }

    private static MqttEngine connect(Network network, Sink wire, MqttVersion version, String clientId) {
        MqttEngine engine =
                MqttEngine.accepted(network.bridge, ConnectionFacts.plain("10.0.0.1:1", "mqtt", true), wire);
        engine.tick(0);
        give(engine, Bytes.connect(version, clientId, bytes(), 0).buf());
        wire.flush(engine);
        return engine;
    }

    private static void give(MqttEngine engine, ByteBuf bytes) {
        engine.receive(bytes);
        bytes.release();
    }

    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
