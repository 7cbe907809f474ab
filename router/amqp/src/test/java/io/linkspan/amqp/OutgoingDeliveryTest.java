// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import static io.linkspan.amqp.Frame.amqp;
import static io.linkspan.amqp.Frame.ubyte;
import static io.linkspan.amqp.Frame.uint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linkspan.amqp.codec.Binary;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("AMQP 1.0 part 2, 2.6.7 to 2.6.14: deliveries that go")
class OutgoingDeliveryTest {

    @Nested
    @DisplayName("2.7.5 transfer")
    class Transfers {
        private final ScriptedPeer peer = ScriptedPeer.begun();
        private final OutgoingLink link = attached(peer, 100);

        @Test
        void aSmallDeliveryIsOneFrame() {
            int first = Messages.send(link, "one", false, "origin", 1);
            int second = Messages.send(link, "two", true);
            assertThat(second).isEqualTo(first + 1);
            Frame frame = peer.expect(Descriptors.TRANSFER);
            assertThat(frame.fields())
                    .containsExactly(uint(0), uint(0), new Binary(new byte[] {0, 0, 0, 0}), uint(0), false, false);
            assertThat(frame.payloadText()).isEqualTo("one");
            frame = peer.expect(Descriptors.TRANSFER);
            assertThat(frame.fields())
                    .containsExactly(uint(0), uint(1), new Binary(new byte[] {0, 0, 0, 1}), uint(0), true, false);
            assertThat(frame.payloadText()).isEqualTo("two");
            assertThat(link.credit()).isEqualTo(98);
            assertThat(link.unsettled()).isEqualTo(1);
        }

        @Test
        void oneFlushServesManyDeliveries() {
            int flushes = peer.wire.flushes;
            int requests = peer.wire.flushRequests;
            for (int i = 0; i < 50; i++) {
                Messages.send(link, "m" + i, false, "o", i);
            }
            assertThat(peer.wire.flushRequests).isEqualTo(requests + 1);
            assertThat(peer.all()).hasSize(50);
            assertThat(peer.wire.flushes).isEqualTo(flushes + 1);
        }

        @Test
        void handlesAndFormatsBeyondTheFixedLayoutAreWrittenToo() {
            ScriptedPeer many = ScriptedPeer.begun();
            for (int handle = 0; handle <= 256; handle++) {
                many.attachReceiver("l" + handle, handle);
            }
            OutgoingLink last = many.app.out("l256");
            many.send(ScriptedPeer.credit(256, 0, 10));
            ByteBuf bytes = Messages.bytes("wide");
            last.send(bytes, 0, 4, 0x0102_0304, false, null, 0);
            Frame frame = many.expect(Descriptors.TRANSFER);
            assertThat(frame.number(0)).isEqualTo(256);
            assertThat(frame.number(3)).isEqualTo(0x0102_0304);
            assertThat(frame.payloadText()).isEqualTo("wide");
            int id = last.begin(bytes, 0, 2, 0, false, null, 0);
            last.part(id, bytes, 2, 2, true);
            assertThat(many.expect(Descriptors.TRANSFER).flag(5)).isTrue();
            Frame end = many.expect(Descriptors.TRANSFER);
            assertThat(end.number(0)).isEqualTo(256);
            assertThat(end.payloadText()).isEqualTo("de");
            assertThat(end.flag(5)).isFalse();
        }

        @Test
        @DisplayName("LNK-12, LNK-14: tag, state and receiver-settle-mode of the next delivery can be given")
        void tagStateAndModeOfTheNextDeliveryCanBeGiven() {
            link.withTag(Messages.bytes("-tag-"), 1, 3);
            link.withState(DeliveryState.MODIFIED_FAILED);
            link.withReceiverSettleMode(1);
            Messages.send(link, "m", false);
            Frame frame = peer.expect(Descriptors.TRANSFER);
            assertThat(frame.fields())
                    .containsExactly(
                            uint(0),
                            uint(0),
                            new Binary(new byte[] {'t', 'a', 'g'}),
                            uint(0),
                            false,
                            false,
                            ubyte(1),
                            Frame.described(DeliveryState.MODIFIED, true));
            assertThat(frame.payloadText()).isEqualTo("m");
            Messages.send(link, "next", false);
            assertThat(peer.expect(Descriptors.TRANSFER).fields()).hasSize(6);
        }

        @Test
        void aTagOf300OctetsIsWritten() {
            link.withTag(Unpooled.wrappedBuffer(new byte[300]), 0, 300);
            Messages.send(link, "m", false);
            assertThat(peer.expect(Descriptors.TRANSFER).field(2)).isEqualTo(new Binary(new byte[300]));
        }

        @Test
        void sendingWithoutCreditIsABug() {
            OutgoingLink dry = peer.attachReceiver("dry", 1);
            assertThat(dry.sendable()).isFalse();
            assertThatThrownBy(() -> Messages.send(dry, "m", true)).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void idsRunOverAllLinksOfTheSession() {
            OutgoingLink other = peer.attachReceiver("other", 1);
            peer.send(ScriptedPeer.credit(1, 0, 10));
            assertThat(Messages.send(link, "a", true)).isZero();
            assertThat(Messages.send(other, "b", true)).isEqualTo(1);
            assertThat(Messages.send(link, "c", true)).isEqualTo(2);
        }
    }

    @Nested
    @DisplayName("2.6.14 and 2.4.1 frames no larger than the peer takes")
    class Splitting {
        @Test
        void aDeliveryIsSplitByThePeersMaxFrameSize() {
            for (int length : new int[] {481, 482, 483, 973, 974, 5_000}) {
                ScriptedPeer peer = small();
                OutgoingLink link = attached(peer, 10);
                String text = text(length);
                Messages.send(link, text, false);
                peer.flush();
                StringBuilder whole = new StringBuilder();
                List<Frame> frames = peer.all();
                for (int i = 0; i < frames.size(); i++) {
                    Frame frame = frames.get(i);
                    assertThat(frame.flag(5)).as("more").isEqualTo(i < frames.size() - 1);
                    assertThat(frame.field(1)).isEqualTo(i == 0 ? uint(0) : null);
                    whole.append(frame.payloadText());
                }
                assertThat(whole).hasToString(text);
                assertThat(frames).hasSize(length <= 482 ? 1 : 1 + (length - 482 + 490) / 491);
            }
        }

        @Test
        void framesFillWhatThePeerTakes() {
            ScriptedPeer peer = small();
            OutgoingLink link = attached(peer, 10);
            Messages.send(link, text(482), false);
            peer.engine.flush();
            assertThat(peer.wire.take()).hasSize(512);
            Messages.send(link, text(482 + 491), false);
            peer.engine.flush();
            assertThat(peer.wire.take()).hasSize(1_024);
        }

        @Test
        void tracedFramesAreNoLarger() {
            ScriptedPeer peer = small();
            List<String> traced = new ArrayList<>();
            StringBuilder payloads = new StringBuilder();
            peer.engine.traceFrames((outgoing, sasl, channel, bytes, start, end, payload, offset, length) -> {
                int descriptor = end > start ? bytes.getUnsignedByte(start + 2) : 0;
                traced.add((outgoing ? ">" : "<") + descriptor + " " + length);
                payloads.append(payload.toString(offset, length, StandardCharsets.US_ASCII));
            });
            OutgoingLink link = attached(peer, 10);
            Messages.send(link, text(1_000), false);
            StringBuilder whole = new StringBuilder();
            for (Frame frame : peer.all()) {
                assertThat(frame.payload()).hasSizeLessThanOrEqualTo(480);
                whole.append(frame.payloadText());
            }
            assertThat(whole).hasToString(text(1_000));
            assertThat(payloads).hasToString(text(1_000));
            assertThat(traced).contains("<18 0", ">18 0", "<19 0", ">20 444");
            peer.engine.traceFrames(null);
            peer.send(Frame.empty());
            assertThat(traced).doesNotContain("<0 0");
        }

        @Test
        void aSplitDeliveryWaitsForTheWindowAndGoesOnByItself() {
            ScriptedPeer peer = small();
            peer.begin(1, 2);
            peer.app.heard();
            peer.send(amqp(
                    1, Descriptors.ATTACH, "l", uint(0), true, null, null, Frame.described(Descriptors.SOURCE, "q")));
            peer.expect(Descriptors.ATTACH);
            OutgoingLink link = peer.app.out("l");
            peer.send(amqp(1, Descriptors.FLOW, uint(0), uint(2), uint(0), uint(1), uint(0), uint(0), uint(10)));
            String text = text(482 + 3 * 491);
            ByteBuf bytes = peer.wire.buffer(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            int id = link.send(bytes, 0, text.length(), 0, false, "o", 1);
            bytes.release();
            List<Frame> frames = new ArrayList<>(peer.all());
            assertThat(frames).hasSize(2);
            assertThat(link.sendable()).as("a delivery is half sent").isFalse();
            peer.app.heard();
            peer.send(amqp(1, Descriptors.FLOW, uint(2), uint(1), uint(0), uint(1)));
            frames.addAll(peer.all());
            assertThat(frames).hasSize(3);
            assertThat(peer.app.heard()).as("the rest has not gone").isEmpty();
            peer.send(amqp(1, Descriptors.FLOW, uint(3), uint(5), uint(0), uint(1)));
            frames.addAll(peer.all());
            assertThat(frames).hasSize(4);
            StringBuilder whole = new StringBuilder();
            frames.forEach(frame -> whole.append(frame.payloadText()));
            assertThat(whole).hasToString(text);
            assertThat(frames.get(3).flag(5)).isFalse();
            assertThat(peer.app.heard()).containsExactly("sendable l credit 9");
            assertThat(link.sendable()).isTrue();
            assertThat(id).isZero();
            peer.disconnect();
        }

        @Test
        void aSplitDeliveryWaitsForTheSocketToo() {
            ScriptedPeer peer = small();
            OutgoingLink link = attached(peer, 10);
            ByteBuf bytes = peer.wire.buffer(text(600).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            int id = link.begin(bytes, 0, 100, 0, true, null, 0);
            peer.wire.writable = false;
            assertThat(link.part(id, bytes, 100, 500, true)).isFalse();
            assertThat(peer.all()).hasSize(1);
            peer.app.heard();
            peer.wire.writable = true;
            peer.engine.writabilityChanged(true);
            assertThat(peer.app.heard()).containsExactly("sendable l credit 9");
            assertThat(link.part(id, bytes, 100, 500, true)).isTrue();
            assertThat(peer.all()).hasSize(2);
            bytes.release();
            peer.disconnect();
        }

        @Test
        void whatWaitsIsGivenBackWithTheLink() {
            for (int way = 0; way < 4; way++) {
                ScriptedPeer peer = small();
                peer.send(ScriptedPeer.window(0, 1));
                OutgoingLink link = peer.attachReceiver("l", 0);
                peer.send(ScriptedPeer.flow(1, 0, 0, 10, false, false));
                ByteBuf bytes = peer.wire.buffer(new byte[20_000]);
                link.send(bytes, 0, 20_000, 0, false, null, 0);
                bytes.release();
                peer.all();
                assertThat(peer.wire.held()).isGreaterThan(0);
                switch (way) {
                    case 0 -> link.detach(true, null);
                    case 1 -> peer.send(amqp(0, Descriptors.DETACH, uint(0), true));
                    case 2 -> peer.send(amqp(0, Descriptors.END));
                    default -> peer.send(amqp(0, Descriptors.CLOSE));
                }
                peer.flush();
                assertThat(peer.wire.held()).as("way " + way).isZero();
            }
        }

        @Test
        void aHalfSentDeliveryIsAbortedBeforeTheDetach() {
            ScriptedPeer peer = ScriptedPeer.begun();
            OutgoingLink link = attached(peer, 10);
            link.begin(Messages.bytes("half"), 0, 4, 0, false, null, 0);
            peer.all();
            link.detach(true, null);
            assertThat(peer.expect(Descriptors.TRANSFER).flag(9)).as("aborted").isTrue();
            peer.expect(Descriptors.DETACH);
        }

        private ScriptedPeer small() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "peer", null, uint(512)));
            peer.all();
            peer.begin(0, 0x7fff_ffff);
            peer.app.heard();
            return peer;
        }
    }

    @Nested
    @DisplayName("2.6.14 deliveries in parts")
    class Parts {
        private final ScriptedPeer peer = ScriptedPeer.begun();
        private final OutgoingLink link = attached(peer, 10);

        @Test
        void partsFollowTheBeginning() {
            ByteBuf bytes = Messages.bytes("abc");
            int id = link.begin(bytes, 0, 1, 0, false, "o", 1);
            assertThat(link.sendable()).isFalse();
            assertThat(link.partSendable()).isTrue();
            assertThat(link.part(id, bytes, 1, 0, false)).as("nothing to say").isTrue();
            assertThat(link.part(id, bytes, 1, 1, false)).isTrue();
            assertThat(link.part(id, bytes, 2, 1, true)).isTrue();
            assertThat(link.sendable()).isTrue();
            assertThat(link.partSendable()).isFalse();
            Frame first = peer.expect(Descriptors.TRANSFER);
            assertThat(first.flag(5)).isTrue();
            assertThat(peer.expect(Descriptors.TRANSFER).fields())
                    .containsExactly(uint(0), null, null, null, false, true);
            Frame last = peer.expect(Descriptors.TRANSFER);
            assertThat(last.fields()).containsExactly(uint(0), null, null, null, false, false);
            assertThat(last.payloadText()).isEqualTo("c");
            peer.expectNothing();
        }

        @Test
        void theLastPartMayBeEmpty() {
            int id = link.begin(Messages.bytes("a"), 0, 1, 0, true, null, 0);
            link.part(id, Unpooled.EMPTY_BUFFER, 0, 0, true);
            peer.expect(Descriptors.TRANSFER);
            Frame last = peer.expect(Descriptors.TRANSFER);
            assertThat(last.flag(5)).isFalse();
            assertThat(last.payload()).isEmpty();
        }

        @Test
        @DisplayName("STR-06: a delivery begun can be aborted")
        void aDeliveryBegunCanBeAborted() {
            int id = link.begin(Messages.bytes("a"), 0, 1, 0, false, "o", 1);
            link.abort(id);
            assertThat(link.unsettled()).isZero();
            assertThat(link.sendable()).isTrue();
            peer.expect(Descriptors.TRANSFER);
            Frame abort = peer.expect(Descriptors.TRANSFER);
            assertThat(abort.fields())
                    .containsExactly(uint(0), uint(0), null, null, true, false, null, null, null, true);
            Messages.send(link, "next", true);
            assertThat(peer.expect(Descriptors.TRANSFER).number(1)).isEqualTo(1);
        }

        @Test
        void anAbortWaitsForTheWindow() {
            ScriptedPeer tight = ScriptedPeer.opened();
            tight.begin(0, 1);
            OutgoingLink waiting = tight.attachReceiver("l", 0);
            tight.send(ScriptedPeer.flow(1, 0, 0, 10, false, false));
            int id = waiting.begin(Messages.bytes("a"), 0, 1, 0, false, "o", 1);
            waiting.abort(id);
            tight.expect(Descriptors.TRANSFER);
            tight.expectNothing();
            assertThat(waiting.sendable()).isFalse();
            tight.app.heard();
            tight.send(ScriptedPeer.window(1, 1));
            assertThat(tight.expect(Descriptors.TRANSFER).flag(9)).isTrue();
            assertThat(tight.app.heard()).containsExactly("sendable l credit 9");
            assertThat(waiting.sendable()).isFalse();
            tight.disconnect();
        }

        @Test
        void partsOfAnotherDeliveryAreABug() {
            int id = link.begin(Messages.bytes("a"), 0, 1, 0, false, "o", 1);
            assertThatThrownBy(() -> link.part(id + 1, Messages.bytes("b"), 0, 1, true))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> Messages.send(link, "b", true)).isInstanceOf(IllegalStateException.class);
            link.abort(id);
            assertThatThrownBy(() -> link.abort(id)).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void settlingInTheMiddleIsSaidAndKept() {
            int id = link.begin(Messages.bytes("a"), 0, 1, 0, false, "o", 1);
            link.senderState(id, null, true);
            link.part(id, Messages.bytes("b"), 0, 1, true);
            peer.expect(Descriptors.TRANSFER);
            assertThat(peer.expect(Descriptors.TRANSFER).flag(4)).isTrue();
            assertThat(peer.expect(Descriptors.DISPOSITION).fields()).containsExactly(false, uint(0), null, true, null);
        }
    }

    @Nested
    @DisplayName("2.6.7 flow control")
    class Credit {
        private final ScriptedPeer peer = ScriptedPeer.begun();
        private final OutgoingLink link = peer.attachReceiver("l", 0);

        @Test
        void creditCountsFromTheReceiversDeliveryCount() {
            peer.send(ScriptedPeer.credit(0, 0, 5));
            Messages.send(link, "a", true);
            Messages.send(link, "b", true);
            // Said when the receiver had seen one of the two.
            peer.send(ScriptedPeer.credit(0, 1, 5));
            assertThat(link.credit()).isEqualTo(4);
            peer.send(ScriptedPeer.credit(0, 0, 1));
            assertThat(link.credit()).as("never below zero").isZero();
        }

        @Test
        void creditTakenBackAndADrainTakenBackAreTold() {
            peer.send(ScriptedPeer.credit(0, 0, 5));
            Messages.send(link, "a", true);
            peer.app.heard();
            peer.send(ScriptedPeer.credit(0, 0, 2));
            assertThat(peer.app.heard()).containsExactly("sendable l credit 1");
            peer.send(ScriptedPeer.credit(0, 1, 0));
            assertThat(peer.app.heard()).containsExactly("sendable l credit 0");
            peer.send(ScriptedPeer.credit(0, 1, 0));
            assertThat(peer.app.heard()).as("nothing is new").isEmpty();
        }

        @Test
        void theLargestCreditIsBorne() {
            peer.send(ScriptedPeer.credit(0, 0, 0xffff_ffffL));
            assertThat(link.credit()).isEqualTo(Integer.MAX_VALUE);
            assertThat(link.sendable()).isTrue();
        }

        @Test
        void aFlowWithoutLinkCreditLeavesIt() {
            peer.send(ScriptedPeer.credit(0, 0, 5));
            peer.send(amqp(0, Descriptors.FLOW, uint(0), uint(10), uint(0), uint(10), uint(0), uint(0)));
            assertThat(link.credit()).isEqualTo(5);
        }

        @Test
        @DisplayName("CRD-11: a drain is answered by using the credit up")
        void aDrainIsAnswered() {
            peer.send(ScriptedPeer.flow(10, 0, 0, 5, true, false));
            assertThat(peer.app.heard()).containsExactly("sendable l credit 5 draining");
            Messages.send(link, "a", true);
            link.drained();
            peer.expect(Descriptors.TRANSFER);
            Frame flow = peer.expect(Descriptors.FLOW);
            assertThat(flow.number(4)).isZero();
            assertThat(flow.number(5)).as("delivery-count").isEqualTo(5);
            assertThat(flow.number(6)).as("link-credit").isZero();
            assertThat(flow.flag(8)).isTrue();
            assertThat(link.draining()).isFalse();
            link.drained();
            peer.expectNothing();
            peer.send(ScriptedPeer.credit(0, 5, 3));
            assertThat(link.credit()).isEqualTo(3);
        }

        @Test
        void aDrainWithoutCreditIsToldTooAndAnswered() {
            peer.send(ScriptedPeer.flow(10, 0, 0, 0, true, false));
            assertThat(peer.app.heard()).containsExactly("sendable l credit 0 draining");
            link.drained();
            assertThat(peer.expect(Descriptors.FLOW).flag(8)).isTrue();
        }

        @Test
        @DisplayName("CRD-12: what waits is said along with a flow")
        void whatWaitsIsSaidInTheAnswerToAnEcho() {
            link.setAvailable(42);
            peer.expectNothing();
            peer.send(ScriptedPeer.flow(10, 0, 0, 5, false, true));
            Frame flow = peer.expect(Descriptors.FLOW);
            assertThat(flow.number(6)).isEqualTo(5);
            assertThat(flow.number(7)).isEqualTo(42);
            peer.expectNothing();
        }

        @Test
        void theDeliveryCountWrapsAround() {
            peer.app.answerAttach = false;
            peer.send(ScriptedPeer.attach("w", 1, true));
            Attach remote = peer.app.attaches.get(1);
            Attach answer = new Attach(
                    "w", 2, 0, remote.source(), remote.target(), null, false, -1, 0, null, null, null, List.of());
            OutgoingLink wrapping = peer.app.out("w");
            wrapping.accept(peer.app, answer);
            assertThat(peer.expect(Descriptors.ATTACH).number(9)).isEqualTo(0xffff_ffffL);
            peer.send(ScriptedPeer.credit(1, 0xffff_ffffL, 3));
            Messages.send(wrapping, "a", true);
            Messages.send(wrapping, "b", true);
            peer.send(ScriptedPeer.credit(1, 1, 3));
            assertThat(wrapping.credit()).isEqualTo(3);
            peer.send(ScriptedPeer.flow(10, 1, 1, 3, true, false));
            wrapping.drained();
            peer.all();
            assertThat(wrapping.credit()).isZero();
        }
    }

    @Nested
    @DisplayName("2.6.12 and 2.7.6 disposition")
    class Dispositions {
        private final ScriptedPeer peer = ScriptedPeer.begun();
        private final OutgoingLink link = attached(peer, 1_000);

        @Test
        void outcomesComeBackWithTheirOrigin() {
            for (int i = 0; i < 4; i++) {
                Messages.send(link, "m", false, "origin" + i, 100 + i);
            }
            peer.app.heard();
            peer.send(ScriptedPeer.disposition(true, 1, 2, true, Frame.described(0x24)));
            assertThat(peer.app.heard())
                    .containsExactly(
                            "receiver l 1 origin1 101 accepted settled", "receiver l 2 origin2 102 accepted settled");
            peer.send(ScriptedPeer.disposition(true, 0, 3, false, Frame.described(0x26)));
            assertThat(peer.app.heard())
                    .containsExactly("receiver l 0 origin0 100 released", "receiver l 3 origin3 103 released");
            assertThat(link.unsettled()).isEqualTo(2);
            // Three acknowledgements (OUT-05): the sender settles, then the receiver.
            link.senderState(0, null, true);
            assertThat(peer.expect(Descriptors.TRANSFER)).isNotNull();
            peer.all();
            assertThat(link.unsettled()).isEqualTo(1);
            peer.send(ScriptedPeer.disposition(true, 0, 0, true, Frame.described(0x26)));
            assertThat(peer.app.heard()).isEmpty();
            link.senderState(0, null, true);
            peer.expectNothing();
        }

        @Test
        @DisplayName("OUT-04: settled without a state is told as it is")
        void settledWithoutStateIsTold() {
            Messages.send(link, "m", false, "o", 1);
            peer.app.heard();
            peer.send(amqp(0, Descriptors.DISPOSITION, true, uint(0), null, true));
            assertThat(peer.app.heard()).containsExactly("receiver l 0 o 1 null settled");
        }

        @Test
        void idsThatAreNotKnownAreIgnored() {
            Messages.send(link, "m", true);
            peer.all();
            peer.send(
                    ScriptedPeer.disposition(true, 0, 0, true, Frame.described(0x24)),
                    ScriptedPeer.disposition(true, 5, 1_000, true, Frame.described(0x24)));
            assertThat(peer.app.heard()).isEmpty();
            peer.expectNothing();
        }

        @Test
        void aRangeOverHalfOfAllIdsCostsNoMoreThanWhatIsLive() {
            for (int i = 0; i < 3; i++) {
                Messages.send(link, "m", false, "o", i);
            }
            peer.app.heard();
            peer.send(ScriptedPeer.disposition(true, 0xc000_0000L, 0x3fff_fffeL, true, Frame.described(0x24)));
            assertThat(peer.app.heard())
                    .containsExactly(
                            "receiver l 0 o 0 accepted settled",
                            "receiver l 1 o 1 accepted settled",
                            "receiver l 2 o 2 accepted settled");
        }

        @Test
        void statesOfOursAreMergedIntoRanges() {
            for (int i = 0; i < 5; i++) {
                Messages.send(link, "m", false, "o", i);
            }
            peer.all();
            for (int i = 0; i < 5; i++) {
                link.senderState(i, DeliveryState.ACCEPTED, true);
            }
            assertThat(peer.expect(Descriptors.DISPOSITION).fields())
                    .containsExactly(false, uint(0), uint(4), true, Frame.described(0x24));
            peer.expectNothing();
        }

        @Test
        @DisplayName("OUT-07: what is unsettled is told when the link goes, oldest first")
        void unsettledDeliveriesAreTold() {
            OutgoingLink other = peer.attachReceiver("other", 1);
            peer.send(ScriptedPeer.credit(1, 0, 100));
            for (int i = 0; i < 40; i++) {
                Messages.send(i % 2 == 0 ? link : other, "m", false, "o", i);
            }
            peer.send(ScriptedPeer.disposition(true, 2, 35, true, Frame.described(0x24)));
            peer.app.heard();
            List<String> visited = new ArrayList<>();
            peer.app.onOutgoingDetached = gone -> gone.forEachUnsettled(
                    (id, origin, key) -> visited.add(gone.name() + " " + id + " " + origin + key));
            peer.send(amqp(0, Descriptors.DETACH, uint(0), true));
            assertThat(visited).containsExactly("l 0 o0", "l 36 o36", "l 38 o38");
            visited.clear();
            link.forEachUnsettled((id, origin, key) -> visited.add("after"));
            assertThat(visited).isEmpty();
            assertThat(peer.app.sessions.get(0).outgoing().size())
                    .as("those of the other link")
                    .isEqualTo(3);
            peer.send(amqp(0, Descriptors.END));
            assertThat(visited).containsExactly("other 1 o1", "other 37 o37", "other 39 o39");
        }

        @Test
        void outcomesMayLeadToMoreDeliveriesFromWithinTheCall() {
            peer.app.onReceiverState = (to, id, state, settled) -> Messages.send(to, "again", false, "o", id);
            for (int i = 0; i < 20; i++) {
                Messages.send(link, "m", false, "o", i);
            }
            peer.app.heard();
            peer.send(ScriptedPeer.disposition(true, 0, 19, true, Frame.described(0x24)));
            assertThat(peer.app.heard()).hasSize(20);
            assertThat(link.unsettled()).isEqualTo(20);
        }
    }

    private static OutgoingLink attached(ScriptedPeer peer, int credit) {
        OutgoingLink link = peer.attachReceiver("l", 0);
        peer.send(ScriptedPeer.credit(0, 0, credit));
        peer.all();
        peer.app.heard();
        return link;
    }

    private static String text(int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + i % 26));
        }
        return text.toString();
    }
}
