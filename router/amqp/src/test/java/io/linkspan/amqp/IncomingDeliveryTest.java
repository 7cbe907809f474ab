// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import static io.linkspan.amqp.Frame.amqp;
import static io.linkspan.amqp.Frame.ubyte;
import static io.linkspan.amqp.Frame.uint;
import static io.linkspan.amqp.ScriptedPeer.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("AMQP 1.0 part 2, 2.6.7 to 2.6.14: deliveries that come")
class IncomingDeliveryTest {
    private final ScriptedPeer peer = ScriptedPeer.begun();
    private final IncomingLink link = peer.attachSender("l", 0);

    @Nested
    @DisplayName("2.7.5 transfer")
    class Transfers {
        @Test
        void aWholeDeliveryIsHandedOverWhereItLies() {
            List<Object> seen = new ArrayList<>();
            peer.app.onTransfer = (to, transfer) -> {
                seen.add(ByteBufUtil.hexDump(transfer.buffer(), transfer.tagOffset(), transfer.tagLength()));
                seen.add(transfer.messageFormat());
                seen.add(transfer.receiverSettleMode());
                seen.add(String.valueOf(transfer.state()));
            };
            peer.send(Frame.withPayload(
                    0,
                    new byte[] {'h', 'i'},
                    Descriptors.TRANSFER,
                    uint(0),
                    uint(4),
                    new Binary(new byte[] {1, 2, 3}),
                    uint(0x8000_0001L),
                    false,
                    false,
                    ubyte(1),
                    Frame.described(DeliveryState.TRANSACTIONAL, new Binary(new byte[] {9})),
                    false,
                    false,
                    true,
                    "field of a later version"));
            assertThat(peer.app.heard()).containsExactly("transfer l 4 'hi' first");
            assertThat(seen).containsExactly("010203", 0x8000_0001, 1, "Described[descriptor=52, value=[09]]");
        }

        @Test
        void fieldsLeftOutHaveTheirDefaults() {
            peer.app.onTransfer = (to, transfer) -> {
                assertThat(transfer.tagLength()).isEqualTo(-1);
                assertThat(transfer.messageFormat()).isZero();
                assertThat(transfer.receiverSettleMode()).isEqualTo(-1);
                assertThat(transfer.state()).isNull();
            };
            peer.send(amqp(0, Descriptors.TRANSFER, uint(0), uint(0)));
            assertThat(peer.app.heard()).containsExactly("transfer l 0 '' first");
        }

        @Test
        void aDeliveryOfSeveralFramesKeepsItsIdAndFormat() {
            List<Integer> formats = new ArrayList<>();
            peer.app.onTransfer = (to, transfer) -> formats.add(transfer.messageFormat());
            peer.send(
                    Frame.withPayload(
                            0,
                            new byte[] {'a'},
                            Descriptors.TRANSFER,
                            uint(0),
                            uint(0),
                            new Binary(new byte[1]),
                            uint(7),
                            false,
                            true),
                    Frame.withPayload(0, new byte[] {'b'}, Descriptors.TRANSFER, uint(0), null, null, null, null, true),
                    Frame.withPayload(0, new byte[] {'c'}, Descriptors.TRANSFER, uint(0), uint(0)),
                    transfer(0, 1, false, "next"));
            assertThat(peer.app.heard())
                    .containsExactly(
                            "transfer l 0 'a' first more",
                            "transfer l 0 'b' more",
                            "transfer l 0 'c'",
                            "transfer l 1 'next' first");
            assertThat(formats).containsExactly(7, 7, 7, 0);
        }

        @Test
        void deliveriesOfSeveralLinksInterleave() {
            IncomingLink other = peer.attachSender("m", 1);
            peer.send(
                    transfer(0, 0, false, true, "l1"),
                    transfer(1, 1, false, true, "m1"),
                    amqp(0, Descriptors.TRANSFER, uint(0)),
                    transfer(1, 1, false, false, "m2"));
            assertThat(peer.app.heard())
                    .containsExactly(
                            "transfer l 0 'l1' first more",
                            "transfer m 1 'm1' first more",
                            "transfer l 0 ''",
                            "transfer m 1 'm2'");
            assertThat(link.credit()).isEqualTo(-1);
            assertThat(other.credit()).isEqualTo(-1);
        }

        @Test
        void settledOnAnyFrameSettlesTheDelivery() {
            peer.send(
                    transfer(0, 0, false, true, "a"),
                    amqp(0, Descriptors.TRANSFER, uint(0), null, null, null, true, true),
                    amqp(0, Descriptors.TRANSFER, uint(0), null, null, null, false, false));
            assertThat(peer.app.heard())
                    .containsExactly(
                            "transfer l 0 'a' first more", "transfer l 0 '' more settled", "transfer l 0 '' settled");
        }

        @Test
        void anAbortedDeliveryIsSettledAndWithoutPayload() {
            peer.send(
                    transfer(0, 0, false, true, "a"),
                    Frame.withPayload(
                            0,
                            new byte[] {'x'},
                            Descriptors.TRANSFER,
                            uint(0),
                            null,
                            null,
                            null,
                            null,
                            true,
                            null,
                            null,
                            null,
                            true),
                    transfer(0, 1, false, "next"));
            assertThat(peer.app.heard())
                    .containsExactly(
                            "transfer l 0 'a' first more",
                            "transfer l 0 '' settled aborted",
                            "transfer l 1 'next' first");
        }

        @Test
        void aDeliveryMayBeAbortedInItsFirstFrame() {
            peer.send(
                    amqp(0, Descriptors.TRANSFER, uint(0), uint(0), null, null, null, null, null, null, null, true),
                    transfer(0, 1, false, "next"));
            assertThat(peer.app.heard())
                    .containsExactly("transfer l 0 '' first settled aborted", "transfer l 1 'next' first");
        }

        @Test
        void idsOutOfSequenceEndTheSession() {
            peer.send(transfer(0, 3, true, "a"), transfer(0, 4, true, "b"));
            peer.app.heard();
            peer.send(transfer(0, 6, true, "c"));
            assertThat(peer.expect(Descriptors.END).errorText(0))
                    .isEqualTo("amqp:session:invalid-field sequencing error, expected delivery-id 5, got 6");
            assertThat(peer.app.heard()).noneMatch(event -> event.startsWith("transfer"));
        }

        @Test
        void idsAreInSequenceOverAllLinksOfTheSession() {
            peer.attachSender("m", 1);
            peer.send(transfer(0, 0, true, "a"), transfer(1, 1, true, "b"), transfer(0, 2, true, "c"));
            assertThat(peer.app.heard()).hasSize(3);
            peer.expectNothing();
        }

        @Test
        void aDeliveryWithoutIdEndsTheSession() {
            peer.send(amqp(0, Descriptors.TRANSFER, uint(0)));
            assertThat(peer.expect(Descriptors.END).errorText(0))
                    .isEqualTo("amqp:session:invalid-field first transfer of a delivery without its id");
        }

        @Test
        void anotherIdInTheMiddleOfADeliveryEndsTheSession() {
            peer.send(transfer(0, 0, false, true, "a"), transfer(0, 1, false, "b"));
            assertThat(peer.expect(Descriptors.END).errorText(0))
                    .isEqualTo("amqp:session:invalid-field delivery 0 is not finished, got delivery-id 1");
        }

        @Test
        void aTransferOnALinkWeSendOnEndsTheSession() {
            peer.attachReceiver("r", 1);
            peer.send(transfer(1, 0, true, "m"));
            assertThat(peer.expect(Descriptors.END).errorText(0))
                    .isEqualTo("amqp:not-allowed transfer on link r, whose receiver is the peer");
        }

        @Test
        void fieldsOfTheWrongTypeAreMalformed() {
            Object[][] transfers = {
                {"0", uint(0)},
                {uint(0), "0"},
                {uint(0), uint(0), "tag"},
                {uint(0), uint(0), null, "format"},
                {uint(0), uint(0), null, null, 1},
                {uint(0), uint(0), null, null, null, 1},
                {uint(0), uint(0), null, null, null, null, 1},
                {uint(0), uint(0), null, null, null, null, null, null, 1},
                {uint(0), uint(0), null, null, null, null, null, null, null, 1},
                {null, uint(0)},
                {}
            };
            for (Object[] fields : transfers) {
                ScriptedPeer other = ScriptedPeer.begun();
                other.attachSender("l", 0);
                other.send(amqp(0, Descriptors.TRANSFER, fields));
                assertThat(other.expect(Descriptors.CLOSE).errorText(0))
                        .startsWith("amqp:connection:framing-error malformed frame (");
            }
        }

        @Test
        void aLargeFrameInManyPiecesIsHandedOverOnceAndNothingIsKept() {
            byte[] frame = transfer(0, 0, true, "x".repeat(16_000));
            peer.sendOctets(frame);
            assertThat(peer.app.heard()).containsExactly("transfer l 0 '16000 octets' first settled");
            peer.all();
            assertThat(peer.wire.held()).isZero();
        }

        @Test
        void aFrameBegunTakesMemoryAsItComes() {
            byte[] frame = transfer(0, 0, true, "x".repeat(16_000));
            ByteBuf piece = peer.wire.buffer(java.util.Arrays.copyOf(frame, 100));
            peer.engine.receive(piece);
            piece.release();
            assertThat(peer.wire.held()).as("not the size that is announced").isBetween(100L, 1_024L);
            peer.disconnect();
        }

        @Test
        void aPayloadThatIsRetainedOutlivesItsInput() {
            List<ByteBuf> kept = new ArrayList<>();
            peer.app.onTransfer =
                    (to, transfer) -> kept.add(transfer.buffer().retainedSlice(transfer.offset(), transfer.length()));
            peer.send(transfer(0, 0, true, "kept"));
            peer.sendOctets(transfer(0, 1, true, "aside"));
            assertThat(kept.get(0).toString(java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo("kept");
            assertThat(kept.get(1).toString(java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo("aside");
            kept.forEach(ByteBuf::release);
            peer.disconnect();
        }
    }

    @Nested
    @DisplayName("2.6.7 flow control")
    class Credit {
        @Test
        void creditIsGivenByIncrementsAndSaidAtTheFlush() {
            link.issueCredit(2);
            link.issueCredit(3);
            assertThat(peer.wire.writes).isEmpty();
            Frame flow = peer.expect(Descriptors.FLOW);
            assertThat(flow.fields())
                    .containsExactly(
                            uint(0), uint(512), uint(0), uint(0x7fff_ffff), uint(0), uint(0), uint(5), null, false);
            peer.expectNothing();
            peer.send(transfer(0, 0, true, "a"), transfer(0, 1, true, "b"));
            assertThat(link.credit()).isEqualTo(3);
            link.issueCredit(1);
            flow = peer.expect(Descriptors.FLOW);
            assertThat(flow.number(5)).as("delivery-count").isEqualTo(2);
            assertThat(flow.number(6)).as("link-credit").isEqualTo(4);
        }

        @Test
        @DisplayName("CRD-13: deliveries beyond the credit are borne up to linkCapacity, then the link is detached")
        void overrunIsBorneUpToLinkCapacity() {
            ScriptedPeer other = ScriptedPeer.begun(AmqpSettings.DEFAULT.withLinkCapacity(7));
            IncomingLink tight = other.attachSender("l", 0);
            tight.issueCredit(3);
            other.all();
            for (int id = 0; id < 10; id++) {
                other.send(transfer(0, id, true, "m"));
            }
            assertThat(other.app.heard()).hasSize(10);
            assertThat(tight.credit()).isEqualTo(-7);
            tight.issueCredit(2);
            assertThat(other.expect(Descriptors.FLOW).number(6))
                    .as("what is owed comes first")
                    .isZero();
            for (int id = 10; id < 12; id++) {
                other.send(transfer(0, id, true, "m"));
            }
            other.app.heard();
            other.send(transfer(0, 12, false, true, "one too many"), amqp(0, Descriptors.TRANSFER, uint(0)));
            Frame detach = other.expect(Descriptors.DETACH);
            assertThat(detach.flag(1)).isTrue();
            assertThat(detach.errorText(2))
                    .isEqualTo("amqp:link:transfer-limit-exceeded 8 deliveries without credit, 7 tolerated");
            assertThat(other.app.heard())
                    .containsExactly("detached incoming l VIOLATION closed amqp:link:transfer-limit-exceeded"
                            + " 8 deliveries without credit, 7 tolerated");
            other.send(transfer(0, 13, true, "dropped"));
            assertThat(other.app.heard()).isEmpty();
            other.expectNothing();
        }

        @Test
        void aDeliveryBeforeTheAttachIsAnsweredRefusesIt() {
            peer.app.answerAttach = false;
            peer.send(ScriptedPeer.attach("early", 1, false), transfer(1, 0, false, "m"));
            assertThat(peer.expect(Descriptors.ATTACH).field(6)).isNull();
            assertThat(peer.expect(Descriptors.DETACH).errorText(2))
                    .isEqualTo("amqp:link:transfer-limit-exceeded delivery before the attach was answered");
            assertThat(peer.app.heard())
                    .containsExactly(
                            "attach incoming early",
                            "withdrawn early VIOLATION amqp:link:transfer-limit-exceeded delivery before the attach"
                                    + " was answered");
        }

        @Test
        @DisplayName("CRD-08: a drain ends when the sender has used its credit up in a flow")
        void aDrainIsAnsweredByUsingCreditUp() {
            link.issueCredit(10);
            peer.all();
            peer.send(transfer(0, 0, true, "a"));
            peer.app.heard();
            link.drain();
            Frame flow = peer.expect(Descriptors.FLOW);
            assertThat(flow.number(6)).isEqualTo(9);
            assertThat(flow.flag(8)).isTrue();
            assertThat(link.draining()).isTrue();
            peer.send(ScriptedPeer.flow(10, 0, 10, 0, true, false));
            assertThat(peer.app.heard()).containsExactly("flow l credit 0");
            assertThat(link.draining()).isFalse();
            link.issueCredit(3);
            flow = peer.expect(Descriptors.FLOW);
            assertThat(flow.number(5)).isEqualTo(10);
            assertThat(flow.number(6)).isEqualTo(3);
            assertThat(flow.flag(8)).isFalse();
        }

        @Test
        void newCreditEndsADrain() {
            link.issueCredit(10);
            link.drain();
            link.issueCredit(1);
            Frame flow = peer.expect(Descriptors.FLOW);
            assertThat(flow.number(6)).isEqualTo(11);
            assertThat(flow.flag(8)).isFalse();
        }

        @Test
        void withoutCreditThereIsNothingToDrain() {
            link.drain();
            peer.expectNothing();
            assertThat(link.draining()).isFalse();
        }

        @Test
        void deliveriesThatUseTheCreditUpEndADrainToo() {
            link.issueCredit(1);
            link.drain();
            peer.send(transfer(0, 0, true, "a"));
            assertThat(link.draining()).isFalse();
        }

        @Test
        void aSenderThatCountsADeliveryAtItsEndGetsNoCreditForIt() {
            link.issueCredit(10);
            peer.send(transfer(0, 0, false, true, "a"), ScriptedPeer.flow(10, 0, 0, 10, false, false));
            assertThat(link.credit()).isEqualTo(9);
        }

        @Test
        void aDeliveryCountFarAheadOnlyTakesCreditAway() {
            link.issueCredit(10);
            peer.send(ScriptedPeer.flow(10, 0, 0x7000_0000L, 0, false, false));
            assertThat(link.credit()).isZero();
            peer.all();
            link.issueCredit(2);
            Frame flow = peer.expect(Descriptors.FLOW);
            assertThat(flow.number(5)).isEqualTo(0x7000_0000L);
            assertThat(flow.number(6)).isEqualTo(2);
        }

        @Test
        void crd17AnEchoIsNotAnsweredWhenNothingChanged() {
            link.issueCredit(10);
            peer.all();
            peer.send(ScriptedPeer.flow(10, 0, 0, 10, false, true));
            peer.expectNothing();
        }

        @Test
        void crd17AnEchoIsAnsweredWhenTheSenderDoesNotKnowTheState() {
            link.issueCredit(10);
            peer.all();
            // The sender skips three deliveries ahead: what it may still send has changed by its own word alone.
            peer.send(ScriptedPeer.flow(10, 0, 13, 0, false, true));
            Frame flow = peer.expect(Descriptors.FLOW);
            assertThat(flow.number(5)).isEqualTo(13);
            assertThat(flow.number(6)).isZero();
            assertThat(flow.flag(9)).as("no echo of an echo").isFalse();
            peer.expectNothing();
        }

        @Test
        void theDeliveryCountWrapsAround() {
            peer.send(amqp(
                    0,
                    Descriptors.ATTACH,
                    "w",
                    uint(1),
                    false,
                    null,
                    null,
                    null,
                    Frame.described(Descriptors.TARGET, "q"),
                    null,
                    null,
                    uint(0xffff_ffffL)));
            IncomingLink wrapping = peer.app.in("w");
            wrapping.issueCredit(5);
            peer.expect(Descriptors.ATTACH);
            assertThat(peer.expect(Descriptors.FLOW).number(5)).isEqualTo(0xffff_ffffL);
            peer.send(transfer(1, 0, true, "a"), transfer(1, 1, true, "b"));
            wrapping.issueCredit(1);
            Frame flow = peer.expect(Descriptors.FLOW);
            assertThat(flow.number(5)).isEqualTo(1);
            assertThat(flow.number(6)).isEqualTo(4);
        }
    }

    @Nested
    @DisplayName("2.6.12 and 2.7.6 disposition")
    class Dispositions {
        @Test
        void outcomesAreMergedIntoRanges() {
            link.issueCredit(10);
            for (int id = 0; id < 6; id++) {
                peer.send(transfer(0, id, false, "m"));
            }
            peer.all();
            link.dispose(0, DeliveryState.ACCEPTED, true);
            link.dispose(1, DeliveryState.ACCEPTED, true);
            link.dispose(2, DeliveryState.ACCEPTED, true);
            link.dispose(3, DeliveryState.RELEASED, true);
            link.dispose(5, DeliveryState.RELEASED, true);
            link.dispose(4, DeliveryState.RELEASED, true);
            Frame first = peer.expect(Descriptors.DISPOSITION);
            assertThat(first.fields())
                    .containsExactly(true, uint(0), uint(2), true, Frame.described(DeliveryState.ACCEPTED_CODE));
            assertThat(peer.expect(Descriptors.DISPOSITION).fields())
                    .containsExactly(true, uint(3), null, true, Frame.described(DeliveryState.RELEASED_CODE));
            assertThat(peer.expect(Descriptors.DISPOSITION).fields())
                    .containsExactly(true, uint(4), uint(5), true, Frame.described(DeliveryState.RELEASED_CODE));
            peer.expectNothing();
        }

        @Test
        @DisplayName("LNK-21, part 4, 4.4: what belongs to a transaction is out before the transfer that discharges it")
        void statesOfATransactionKeepTheirPlaceAmongTransfers() {
            OutgoingLink coordinator = peer.attachReceiver("coordinator", 1);
            peer.send(ScriptedPeer.credit(1, 0, 10), transfer(0, 0, false, "a"), transfer(0, 1, false, "b"));
            peer.all();
            RawValue state = RawValue.of(Frame.described(DeliveryState.TRANSACTIONAL, new Binary(new byte[] {7})));
            link.dispose(0, DeliveryState.ACCEPTED, true);
            link.dispose(1, DeliveryState.of(state), true);
            coordinator.send(Unpooled.wrappedBuffer(new byte[] {1}), 0, 1, 0, false, "discharge", 1);
            assertThat(peer.expect(Descriptors.DISPOSITION).field(1)).isEqualTo(uint(0));
            Frame transactional = peer.expect(Descriptors.DISPOSITION);
            assertThat(transactional.field(1)).isEqualTo(uint(1));
            assertThat(RawValue.of(transactional.field(4))).isEqualTo(state);
            peer.expect(Descriptors.TRANSFER);
            peer.expectNothing();
        }

        @Test
        void aRangeAcrossTheWrapIsOneFrame() {
            link.issueCredit(10);
            peer.send(transfer(0, 0xffff_ffffL, false, "a"), transfer(0, 0, false, "b"));
            peer.all();
            link.dispose(-1, null, true);
            link.dispose(0, null, true);
            assertThat(peer.expect(Descriptors.DISPOSITION).fields())
                    .containsExactly(true, uint(0xffff_ffffL), uint(0), true, null);
        }

        @Test
        @DisplayName("OUT-02: every state goes out with its details")
        void statesGoOutWithTheirDetails() {
            AmqpError error =
                    new AmqpError(new Symbol("x:y"), "why", RawValue.of(Map.of(new Symbol("k"), "v".repeat(300))));
            List<DeliveryState> states = List.of(
                    DeliveryState.rejected(null),
                    DeliveryState.rejected(error),
                    DeliveryState.MODIFIED_FAILED,
                    DeliveryState.modified(false, true, RawValue.of(Map.of(new Symbol("a"), 1))));
            link.issueCredit(10);
            for (int id = 0; id < states.size(); id++) {
                peer.send(transfer(0, id, false, "m"));
                peer.all();
                link.dispose(id, states.get(id), false);
                Frame frame = peer.expect(Descriptors.DISPOSITION);
                assertThat(frame.flag(3)).isFalse();
                assertThat(RawValue.of(frame.field(4))).isEqualTo(states.get(id).raw());
            }
        }

        @Test
        void aReasonLongerThanThePeerTakesIsLeftOut() {
            ScriptedPeer small = ScriptedPeer.client();
            small.send(
                    Frame.AMQP,
                    amqp(0, Descriptors.OPEN, "peer", null, uint(512)),
                    amqp(0, Descriptors.BEGIN, null, uint(0), uint(10), uint(10)),
                    ScriptedPeer.attach("l", 0, false),
                    transfer(0, 0, false, "a"));
            small.all();
            small.app.in("l").dispose(0, DeliveryState.rejected(ErrorCondition.NOT_FOUND.error("x".repeat(600))), true);
            assertThat(small.expect(Descriptors.DISPOSITION).field(4))
                    .isEqualTo(Frame.described(DeliveryState.REJECTED));
        }

        @Test
        @DisplayName("OUT-05, OUT-06: the sender's states are told for tracked deliveries, until one side settles")
        void theSendersStatesAreTold() {
            link.issueCredit(10);
            for (int id = 0; id < 4; id++) {
                peer.send(transfer(0, id, false, "m"));
            }
            link.track(0, "out", 10);
            link.track(1, "out", 11);
            link.track(2, "out", 12);
            link.dispose(2, DeliveryState.ACCEPTED, true);
            peer.all();
            peer.app.heard();
            peer.send(ScriptedPeer.disposition(false, 0, 0, false, Frame.described(DeliveryState.RECEIVED, uint(1))));
            assertThat(peer.app.heard()).containsExactly("sender l 0 out 10 received");
            link.track(0, "other", 20);
            peer.send(ScriptedPeer.disposition(false, 0, 3, true, null));
            assertThat(peer.app.heard())
                    .containsExactly("sender l 0 other 20 null settled", "sender l 1 out 11 null settled");
            peer.send(ScriptedPeer.disposition(false, 0, 3, true, null));
            assertThat(peer.app.heard()).isEmpty();
        }

        @Test
        void aDeliverySettledWhileItsFramesComeStaysSettled() {
            peer.send(transfer(0, 0, false, true, "a"));
            link.track(0, "out", 1);
            peer.send(ScriptedPeer.disposition(false, 0, 0, true, null), amqp(0, Descriptors.TRANSFER, uint(0)));
            assertThat(peer.app.heard())
                    .containsExactly(
                            "transfer l 0 'a' first more", "sender l 0 out 1 null settled", "transfer l 0 '' settled");
        }

        @Test
        void deliveriesOfALinkThatIsGoneAreForgotten() {
            peer.send(transfer(0, 0, false, "a"));
            link.track(0, "out", 1);
            peer.send(amqp(0, Descriptors.DETACH, uint(0), true));
            peer.app.heard();
            peer.send(ScriptedPeer.disposition(false, 0, 0, true, null));
            assertThat(peer.app.heard()).isEmpty();
            assertThat(peer.app.sessions.get(0).incoming().size()).isZero();
        }

        @Test
        void anAbortedDeliveryIsForgotten() {
            peer.send(transfer(0, 0, false, true, "a"));
            link.track(0, "out", 1);
            peer.send(amqp(0, Descriptors.TRANSFER, uint(0), null, null, null, null, null, null, null, null, true));
            assertThat(peer.app.sessions.get(0).incoming().size()).isZero();
        }

        @Test
        void aRangeBackwardsEndsTheSession() {
            peer.send(ScriptedPeer.disposition(false, 5, 4, true, null));
            assertThat(peer.expect(Descriptors.END).errorText(0))
                    .isEqualTo("amqp:invalid-field disposition from delivery-id 5 to 4");
        }

        @Test
        void aDispositionWithoutItsMandatoryFieldsIsMalformed() {
            for (@Nullable Object[] fields : new Object[][] {{}, {true}, {null, uint(1)}}) {
                ScriptedPeer other = ScriptedPeer.begun();
                other.send(amqp(0, Descriptors.DISPOSITION, fields));
                assertThat(other.expect(Descriptors.CLOSE).errorText(0))
                        .startsWith("amqp:connection:framing-error malformed frame (mandatory field");
            }
        }

        @Test
        void aStateThatIsNoneIsMalformed() {
            List<Object> wrong = List.of(
                    "accepted",
                    Frame.described(DeliveryState.REJECTED, "no error"),
                    Frame.described(DeliveryState.REJECTED, Frame.described(AmqpError.DESCRIPTOR)),
                    Frame.described(DeliveryState.MODIFIED, "failed"));
            for (Object state : wrong) {
                ScriptedPeer other = ScriptedPeer.begun();
                other.send(ScriptedPeer.disposition(true, 0, 0, true, state));
                assertThat(other.expect(Descriptors.CLOSE).errorText(0))
                        .as(state.toString())
                        .startsWith("amqp:connection:framing-error malformed frame (");
            }
        }
    }

    @Nested
    @DisplayName("AMQP 1.0 part 3, 3.4: delivery states")
    class States {
        @Test
        void frequentStatesAreSharedObjects() {
            assertThat(read(Frame.described(0x24))).isSameAs(DeliveryState.ACCEPTED);
            assertThat(read(new Described(new Symbol("amqp:accepted:list"), List.of())))
                    .isSameAs(DeliveryState.ACCEPTED);
            assertThat(read(Frame.described(0x26))).isSameAs(DeliveryState.RELEASED);
            assertThat(read(Frame.described(0x27, true))).isSameAs(DeliveryState.MODIFIED_FAILED);
            assertThat(read(Frame.described(0x27, true, false, null))).isSameAs(DeliveryState.MODIFIED_FAILED);
            assertThat(DeliveryState.modified(true, false, null)).isSameAs(DeliveryState.MODIFIED_FAILED);
            assertThat(read(null)).isNull();
            assertThat(DeliveryState.of(null)).isNull();
        }

        @Test
        void detailsAreRead() {
            DeliveryState rejected = state(Frame.described(0x25, Frame.error("a:b", "text")));
            AmqpError error = rejected.error();
            assertThat(error).isEqualTo(new AmqpError(new Symbol("a:b"), "text", null));
            assertThat(rejected).isEqualTo(DeliveryState.rejected(error)).hasToString("rejected " + error);
            RawValue annotations = RawValue.of(Map.of(new Symbol("k"), 1));
            DeliveryState modified = state(Frame.described(0x27, false, true, annotations));
            assertThat(modified.failed()).isFalse();
            assertThat(modified.undeliverableHere()).isTrue();
            assertThat(modified.messageAnnotations()).isEqualTo(annotations);
            assertThat(modified).isEqualTo(DeliveryState.modified(false, true, annotations));
            assertThat(modified).hasToString("modified elsewhere");
            assertThat(DeliveryState.MODIFIED_FAILED.failed()).isTrue();
            assertThat(DeliveryState.ACCEPTED.error()).isNull();
            assertThat(DeliveryState.ACCEPTED.undeliverableHere()).isFalse();
            assertThat(DeliveryState.ACCEPTED.messageAnnotations()).isNull();
        }

        @Test
        @DisplayName("OUT-02: other states keep their bytes")
        void otherStatesKeepTheirBytes() {
            RawValue declared = RawValue.of(Frame.described(0x33, new Binary(new byte[] {1})));
            assertThat(state(declared.decode()).code()).isEqualTo(DeliveryState.DECLARED);
            assertThat(state(declared.decode()).raw()).isEqualTo(declared);
            DeliveryState own = state(new Described(new Symbol("my:state"), Map.of("k", 1)));
            assertThat(own.code()).isEqualTo(DeliveryState.OTHER);
            assertThat(own.raw().decode()).isEqualTo(new Described(new Symbol("my:state"), Map.of("k", 1)));
        }

        @Test
        void outcomesAreTerminal() {
            assertThat(List.of(0x24, 0x25, 0x26, 0x27, 0x33))
                    .allMatch(code -> state(
                                    code == 0x33
                                            ? Frame.described(code, new Binary(new byte[0]))
                                            : Frame.described(code))
                            .isTerminal());
            assertThat(List.of(0x23, 0x34, 0x99))
                    .noneMatch(code -> state(Frame.described(code)).isTerminal());
        }

        private @Nullable DeliveryState read(@Nullable Object value) {
            return DeliveryState.of(RawValue.of(value));
        }

        private DeliveryState state(@Nullable Object value) {
            DeliveryState state = read(value);
            assertThat(state).isNotNull();
            return java.util.Objects.requireNonNull(state);
        }
    }
}
