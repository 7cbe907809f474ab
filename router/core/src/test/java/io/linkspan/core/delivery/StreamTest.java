// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.delivery;

import static io.linkspan.amqp.DeliveryState.ACCEPTED;
import static io.linkspan.amqp.DeliveryState.MODIFIED_FAILED;
import static io.linkspan.amqp.DeliveryState.RELEASED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.core.InProcessConsumer;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.fake.FakeConnection;
import io.linkspan.core.fake.FakeReceiver;
import io.linkspan.core.fake.FakeSender;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StreamTest {

    private final RouterCore core = Cores.standalone();
    private final FakeConnection connection = new FakeConnection(core);

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    private static ByteBuf zeros(int length) {
        return Unpooled.buffer(length).writeZero(length);
    }

    private FakeReceiver receiver(String address) {
        return connection.receiver("r").attach(address).credit(1000);
    }

    @Test
    @DisplayName("STR-01 a stream passes while it arrives")
    void streamPassesWhileItArrives() {
        FakeReceiver receiver = receiver("q");
        FakeSender sender = connection.sender("s").attach("q");
        int key = sender.newKey();
        MessageStream stream = sender.stream(key, "first ", false);
        assertThat(receiver.bodies()).containsExactly("first ");
        stream.append(bytes("second "));
        stream.append(bytes(""));
        stream.append(bytes("third"));
        assertThat(receiver.bodies()).containsExactly("first second third");
        assertThat(receiver.got.get(0).complete).isFalse();
        assertThat(stream.heldBytes()).isZero();
        stream.finish();
        assertThat(receiver.got.get(0).complete).isTrue();
        receiver.settle(ACCEPTED);
        assertThat(sender.outcomeOf(key)).isEqualTo(ACCEPTED);
    }

    @Test
    @DisplayName("STR-02 above 128 KiB the source is held, at 64 KiB it goes on")
    void backPressure() {
        FakeReceiver receiver = receiver("q");
        receiver.slowReader = true;
        FakeSender sender = connection.sender("s").attach("q");
        MessageStream stream = sender.stream(sender.newKey(), "x", false);
        stream.append(zeros(MessageStream.HOLD_BYTES - 1));
        assertThat(sender.holding).isFalse();
        stream.append(zeros(1));
        assertThat(sender.holding).isTrue();
        receiver.slowReader = false;
        receiver.readOn();
        assertThat(sender.holding).isFalse();
        stream.finish();
        assertThat(receiver.got.get(0).body()).hasSize(MessageStream.HOLD_BYTES + 1);
    }

    @Test
    void readingInPiecesReleasesTheSourceAtTheLowMark() {
        List<Boolean> holds = new ArrayList<>();
        MessageStream stream = new MessageStream(0);
        stream.deliveredBy(new MessageStream.Source() {
            @Override
            public void holdStream(boolean hold) {
                holds.add(hold);
            }

            @Override
            public void streamEnded(MessageStream ended) {}
        });
        MessageStream.Reader reader = stream.reader(r -> {});
        stream.release();
        for (int i = 0; i < 9; i++) {
            stream.append(zeros(16 * 1024));
        }
        assertThat(holds).containsExactly(true);
        for (int i = 0; i < 4; i++) {
            take(reader, 16 * 1024);
        }
        assertThat(stream.heldBytes()).isEqualTo(5 * 16 * 1024);
        assertThat(holds).containsExactly(true);
        take(reader, 16 * 1024);
        assertThat(holds).containsExactly(true, false);
        stream.abort();
        assertThat(stream.heldBytes()).isZero();
        reader.close();
    }

    private static void take(MessageStream.Reader reader, int length) {
        ByteBuf bytes = reader.next(length);
        assertThat(bytes).isNotNull();
        if (bytes != null) {
            assertThat(bytes.readableBytes()).isEqualTo(length);
            bytes.release();
        }
    }

    @Test
    @DisplayName("STR-02 with several receivers the slowest one decides what is held")
    void slowestReaderDecides() {
        Cores.prefix(core, "m", "multicast");
        FakeReceiver fast = receiver("m");
        FakeReceiver slow = receiver("m");
        slow.slowReader = true;
        FakeSender sender = connection.sender("s").attach("m");
        MessageStream stream = sender.stream(sender.newKey(), "begin", false);
        stream.append(zeros(MessageStream.HOLD_BYTES));
        assertThat(fast.got.get(0).body()).hasSize(MessageStream.HOLD_BYTES + 5);
        assertThat(sender.holding).isTrue();
        slow.lost();
        assertThat(sender.holding).isFalse();
        assertThat(stream.heldBytes()).isZero();
        stream.finish();
        fast.settle(ACCEPTED);
    }

    @Test
    @DisplayName("STR-04 a stream blocks the later deliveries of its link")
    void streamBlocksItsLink() {
        FakeReceiver receiver = receiver("q");
        FakeSender sender = connection.sender("s").attach("q");
        MessageStream stream = sender.stream(sender.newKey(), "stream", false);
        connection.sender("s2").attach("q").send("later", false);
        assertThat(receiver.bodies()).containsExactly("stream");
        stream.finish();
        assertThat(receiver.bodies()).containsExactly("stream", "later");
    }

    @Test
    @DisplayName("STR-06 an abort reaches a receiver that has a part; the sender hears nothing and keeps its credit")
    void abortAfterAPart() {
        FakeReceiver receiver = receiver("q");
        FakeSender sender = connection.sender("s").attach("q");
        int key = sender.newKey();
        MessageStream stream = sender.stream(key, "part", false);
        stream.abort();
        assertThat(receiver.got.get(0).aborted).isTrue();
        assertThat(sender.knowsNothingOf(key)).isTrue();
        assertThat(sender.creditAvailable()).isEqualTo(250);
        assertThat(sender.unsettledCount()).isZero();
        assertThat(receiver.outstanding()).isZero();
        receiver.credit(1);
        sender.send("next", false);
        assertThat(receiver.got.get(1).body()).isEqualTo("next");
    }

    @Test
    @DisplayName("STR-06 an aborted delivery of which nothing was sent disappears")
    void abortInTheQueue() {
        FakeReceiver receiver = connection.receiver("r").attach("q");
        FakeSender sender = connection.sender("s").attach("q");
        MessageStream stream = sender.stream(sender.newKey(), "part", false);
        FakeSender other = connection.sender("o").attach("q");
        MessageStream settled = other.stream(other.newKey(), "settled part", true);
        connection.sender("w").attach("q").send("whole", false);
        assertThat(receiver.outstanding()).isEqualTo(3);
        stream.abort();
        settled.abort();
        assertThat(receiver.outstanding()).isEqualTo(1);
        receiver.credit(10);
        assertThat(receiver.bodies()).containsExactly("whole");
        assertThat(stream.heldBytes()).isZero();
        receiver.settle(ACCEPTED);
        assertThat(sender.creditAvailable()).isEqualTo(250);
        assertThat(other.creditAvailable()).isEqualTo(250);
    }

    @Test
    @DisplayName("STR-06 the loss of the sending link aborts its stream")
    void lossOfTheSenderAborts() {
        FakeReceiver receiver = receiver("q");
        FakeSender sender = connection.sender("s").attach("q");
        sender.stream(sender.newKey(), "part", false);
        sender.lost();
        assertThat(receiver.got.get(0).aborted).isTrue();
        assertThat(receiver.outstanding()).isZero();
    }

    @Test
    @DisplayName("STR-06 an abort before the delivery was passed on restores the credit")
    void abortUnseen() {
        receiver("q");
        FakeSender sender = connection.sender("s").attach("q");
        sender.abortedUnseen();
        assertThat(sender.issued).containsExactly(250, 1);
        assertThat(sender.creditAvailable()).isEqualTo(250);
        assertThat(sender.counters().deliveries).isZero();
    }

    @Test
    @DisplayName("STR-06 a multicast abort reaches every receiver")
    void multicastAbort() {
        Cores.prefix(core, "m", "multicast");
        FakeReceiver one = receiver("m");
        FakeReceiver queued = connection.receiver("q").attach("m");
        FakeSender sender = connection.sender("s").attach("m");
        int key = sender.newKey();
        sender.stream(key, "part", false).abort();
        assertThat(one.got.get(0).aborted).isTrue();
        assertThat(queued.outstanding()).isZero();
        assertThat(sender.knowsNothingOf(key)).isTrue();
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    @Test
    @DisplayName("STR-08 an outcome that is decided early is told when the last frame has arrived")
    void earlyOutcomeWaits() {
        FakeReceiver receiver = receiver("q");
        FakeSender sender = connection.sender("s").attach("q");
        int key = sender.newKey();
        MessageStream stream = sender.stream(key, "part", false);
        receiver.lost();
        assertThat(sender.knowsNothingOf(key)).isTrue();
        stream.append(bytes("discarded"));
        assertThat(stream.heldBytes()).isZero();
        stream.finish();
        assertThat(sender.outcomeOf(key)).isEqualTo(MODIFIED_FAILED);
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    @Test
    @DisplayName("STR-08 a stream to nobody is read to its end and released")
    void streamToNobody() {
        FakeSender sender = connection.sender("s").attach(null);
        int key = sender.newKey();
        MessageStream stream = new MessageStream(0);
        stream.append(bytes("a"));
        sender.deliverTo(core.route("nobody"), stream, key, false);
        stream.release();
        assertThat(stream.heldBytes()).isZero();
        assertThat(sender.knowsNothingOf(key)).isTrue();
        stream.append(bytes("b"));
        stream.finish();
        assertThat(sender.outcomeOf(key)).isEqualTo(RELEASED);
    }

    @Test
    @DisplayName("STR-08 OUT-06 a sender that settles a stream whose outcome waits hears nothing more")
    void senderSettlesWhileTheOutcomeWaits() {
        FakeReceiver receiver = receiver("q");
        FakeSender sender = connection.sender("s").attach("q");
        int key = sender.newKey();
        MessageStream stream = sender.stream(key, "part", false);
        receiver.settle(ACCEPTED);
        sender.set(key, null, true);
        stream.finish();
        assertThat(sender.knowsNothingOf(key)).isTrue();
        assertThat(receiver.senderTold).isEmpty();
        assertThat(receiver.outstanding()).isZero();
        assertThat(sender.unsettledCount()).isZero();
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    @Test
    @DisplayName("STR-06 OUT-06 a stream its sender settled and then aborts is counted once")
    void settledThenAborted() {
        FakeReceiver receiver = receiver("q");
        FakeSender sender = connection.sender("s").attach("q");
        int key = sender.newKey();
        MessageStream stream = sender.stream(key, "part", false);
        sender.set(key, null, true);
        stream.abort();
        assertThat(sender.unsettledCount()).isZero();
        assertThat(sender.creditAvailable()).isEqualTo(250);
        assertThat(receiver.outstanding()).isZero();
    }

    @Test
    @DisplayName("STR-09 an in-process consumer gets a stream whole, beyond the limit of others")
    void inProcessGetsItWhole() {
        List<Integer> sizes = new ArrayList<>();
        core.consume(AddressKey.mobile("$management"), Distribution.CLOSEST, (amqp, settled, from) -> {
            sizes.add(amqp.readableBytes());
            return ACCEPTED;
        });
        FakeSender sender = connection.sender("s").attach("$management");
        int key = sender.newKey();
        MessageStream stream = sender.stream(key, "x", false);
        stream.append(zeros(300 * 1024));
        assertThat(sender.holding).isFalse();
        assertThat(sizes).isEmpty();
        stream.finish();
        assertThat(sizes).containsExactly(300 * 1024 + 1);
        assertThat(sender.outcomeOf(key)).isEqualTo(ACCEPTED);
        assertThat(stream.heldBytes()).isZero();
    }

    @Test
    @DisplayName("STR-09 one byte beyond the largest message for the router itself is rejected")
    void inProcessLimit() {
        core.consume(AddressKey.mobile("$management"), Distribution.CLOSEST, (amqp, settled, from) -> ACCEPTED);
        FakeSender sender = connection.sender("s").attach("$management");
        int key = sender.newKey();
        MessageStream stream = sender.stream(key, "x", false);
        stream.append(zeros(InProcessConsumer.MAX_MESSAGE_BYTES - 1));
        assertThat(stream.heldBytes()).isEqualTo(InProcessConsumer.MAX_MESSAGE_BYTES);
        stream.append(zeros(1));
        assertThat(stream.heldBytes()).isZero();
        stream.append(zeros(1_000_000));
        stream.finish();
        DeliveryState outcome = sender.outcomeOf(key);
        assertThat(outcome != null && outcome.code() == DeliveryState.REJECTED).isTrue();
        int whole = sender.send("x".repeat(InProcessConsumer.MAX_MESSAGE_BYTES + 1), false);
        assertThat(sender.outcomeOf(whole))
                .isEqualTo(DeliveryState.rejected(ErrorCondition.MESSAGE_SIZE_EXCEEDED.error(
                        "1048577 bytes exceed the 1048576 that the router itself takes")));
        assertThat(sender.outcomeOf(sender.send("x".repeat(InProcessConsumer.MAX_MESSAGE_BYTES), false)))
                .isEqualTo(ACCEPTED);
    }

    @Test
    @DisplayName("STR-09 an aborted stream never reaches the in-process consumer")
    void inProcessAbort() {
        core.consume(AddressKey.mobile("$management"), Distribution.CLOSEST, (amqp, settled, from) -> {
            throw new AssertionError("an aborted message");
        });
        FakeSender sender = connection.sender("s").attach("$management");
        MessageStream stream = sender.stream(sender.newKey(), "x", false);
        stream.abort();
        assertThat(stream.heldBytes()).isZero();
        assertThat(sender.unsettledCount()).isZero();
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    @Test
    @DisplayName("STR-10 a streaming multicast goes on for the others when one leaves")
    void multicastGoesOn() {
        Cores.prefix(core, "m", "multicast");
        FakeReceiver stays = receiver("m");
        FakeReceiver leaves = receiver("m");
        FakeSender sender = connection.sender("s").attach("m");
        int key = sender.newKey();
        MessageStream stream = sender.stream(key, "a", false);
        leaves.lost();
        stream.append(bytes("b"));
        stream.finish();
        assertThat(stays.bodies()).containsExactly("ab");
        stays.settle(ACCEPTED);
        assertThat(sender.outcomeOf(key)).isEqualTo(ACCEPTED);
    }

    @Test
    void aStreamQueuedForASlowReceiverIsReadFromItsBeginning() {
        Cores.prefix(core, "m", "multicast");
        FakeReceiver fast = receiver("m");
        FakeReceiver waits = connection.receiver("w").attach("m");
        FakeSender sender = connection.sender("s").attach("m");
        MessageStream stream = sender.stream(sender.newKey(), "a", false);
        stream.append(bytes("b"));
        waits.credit(1);
        stream.append(bytes("c"));
        stream.finish();
        assertThat(fast.bodies()).containsExactly("abc");
        assertThat(waits.bodies()).containsExactly("abc");
        assertThat(stream.heldBytes()).isZero();
    }

    @Test
    void misuseIsRefused() {
        MessageStream stream = new MessageStream(0);
        stream.append(bytes("a"));
        assertThatThrownBy(stream::amqpBytes).isInstanceOf(IllegalStateException.class);
        stream.finish();
        assertThat(stream.amqpBytes().toString(StandardCharsets.UTF_8)).isEqualTo("a");
        assertThatThrownBy(() -> stream.append(bytes("b"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(stream::finish).isInstanceOf(IllegalStateException.class);
        stream.release();
        assertThatThrownBy(stream::release).isInstanceOf(IllegalStateException.class);
        assertThat(stream.heldBytes()).isZero();
    }
}
