// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import static io.linkspan.amqp.Frame.amqp;
import static io.linkspan.amqp.Frame.uint;
import static io.linkspan.amqp.Frame.ushort;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("AMQP 1.0 part 2, 2.5: sessions")
class SessionTest {

    @Nested
    @DisplayName("2.5.1 and 2.7.2 begin")
    class Begins {
        @Test
        void aBeginIsAnsweredOnTheLowestFreeChannel() {
            ScriptedPeer peer = ScriptedPeer.opened();
            for (int i = 0; i < 3; i++) {
                int remote = 10 - i;
                peer.send(amqp(remote, Descriptors.BEGIN, null, uint(5), uint(10), uint(10)));
                Frame begin = peer.expect(Descriptors.BEGIN);
                assertThat(begin.channel()).isEqualTo(i);
                assertThat(begin.fields())
                        .containsExactly(ushort(remote), uint(0), uint(512), uint(0x7fff_ffff), uint(65_535));
            }
            peer.send(amqp(9, Descriptors.END));
            assertThat(peer.expect(Descriptors.END).channel()).isEqualTo(1);
            peer.send(amqp(20, Descriptors.BEGIN, null, uint(5), uint(10), uint(10)));
            assertThat(peer.expect(Descriptors.BEGIN).channel())
                    .as("numbered again from the lowest")
                    .isEqualTo(1);
        }

        @Test
        void sessionsOfOursAndOfThePeerShareTheNumbering() {
            ScriptedPeer peer = ScriptedPeer.opened();
            AmqpSession first = Objects.requireNonNull(peer.engine.begin());
            Frame begin = peer.expect(Descriptors.BEGIN);
            assertThat(begin.channel()).isZero();
            assertThat(begin.fields()).containsExactly(null, uint(0), uint(512), uint(0x7fff_ffff), uint(65_535));
            peer.begin(0, 10);
            AmqpSession third = Objects.requireNonNull(peer.engine.begin());
            assertThat(peer.expect(Descriptors.BEGIN).channel()).isEqualTo(2);
            assertThat(first.localChannel()).isZero();
            assertThat(third.localChannel()).isEqualTo(2);
            // Answered out of order, on channels of the peer's own choice.
            peer.send(amqp(7, Descriptors.BEGIN, ushort(2), uint(0), uint(10), uint(10)));
            peer.send(amqp(8, Descriptors.BEGIN, ushort(0), uint(0), uint(10), uint(10)));
            assertThat(third.remoteChannel()).isEqualTo(7);
            assertThat(first.remoteChannel()).isEqualTo(8);
            peer.expectNothing();
            assertThat(peer.app.heard()).containsExactly("session 1");
        }

        @Test
        void aChannelInUseCannotBeginAgain() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.send(amqp(0, Descriptors.BEGIN, null, uint(0), uint(1), uint(1)));
            peer.expectClose("amqp:connection:framing-error remote channel 0 is in use");
        }

        @Test
        @DisplayName("CON-10: a begin beyond channel-max closes with a framing error that names both")
        void aBeginBeyondChannelMaxCloses() {
            ScriptedPeer peer = ScriptedPeer.opened(AmqpSettings.DEFAULT.withChannelMax(2));
            peer.send(amqp(2, Descriptors.BEGIN, null, uint(0), uint(1), uint(1)));
            peer.expect(Descriptors.BEGIN);
            peer.send(amqp(3, Descriptors.BEGIN, null, uint(0), uint(1), uint(1)));
            peer.expectClose("amqp:connection:framing-error remote channel 3 is above negotiated channel_max 2");
        }

        @Test
        void sessionsOfOursKeepToThePeersChannelMax() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "peer", null, null, ushort(1)));
            assertThat(peer.engine.begin()).isNotNull();
            assertThat(peer.engine.begin()).isNotNull();
            assertThat(peer.engine.begin()).isNull();
            peer.all();
            peer.send(amqp(0, Descriptors.BEGIN, null, uint(0), uint(1), uint(1)));
            peer.expectClose("amqp:resource-limit-exceeded no channel is free to answer the begin on 0");
        }

        @Test
        void anAnswerToNoBeginCloses() {
            ScriptedPeer peer = ScriptedPeer.opened();
            peer.send(amqp(0, Descriptors.BEGIN, ushort(4), uint(0), uint(1), uint(1)));
            peer.expectClose("amqp:not-allowed no begin to be answered on channel 4");
        }

        @Test
        void aSecondAnswerToABeginCloses() {
            ScriptedPeer peer = ScriptedPeer.opened();
            peer.engine.begin();
            peer.send(amqp(0, Descriptors.BEGIN, ushort(0), uint(0), uint(1), uint(1)));
            peer.all();
            peer.send(amqp(1, Descriptors.BEGIN, ushort(0), uint(0), uint(1), uint(1)));
            peer.expectClose("amqp:not-allowed no begin to be answered on channel 0");
        }

        @Test
        void aBeginWithoutAMandatoryFieldIsMalformed() {
            for (int fields = 0; fields < 4; fields++) {
                ScriptedPeer peer = ScriptedPeer.opened();
                Object[] some = new Object[fields];
                for (int i = 1; i < fields; i++) {
                    some[i] = uint(1);
                }
                peer.send(amqp(0, Descriptors.BEGIN, some));
                assertThat(peer.expect(Descriptors.CLOSE).errorText(0))
                        .startsWith("amqp:connection:framing-error malformed frame (mandatory field");
            }
        }

        @Test
        void aSessionIsRefusedByBeginAndEnd() {
            ScriptedPeer peer = ScriptedPeer.opened();
            peer.app.refuseSession = ErrorCondition.RESOURCE_LIMIT_EXCEEDED.error("session disallowed by local policy");
            peer.send(amqp(0, Descriptors.BEGIN, null, uint(0), uint(1), uint(1)), ScriptedPeer.attach("l", 0, true));
            peer.expect(Descriptors.BEGIN);
            assertThat(peer.expect(Descriptors.END).errorText(0))
                    .isEqualTo("amqp:resource-limit-exceeded session disallowed by local policy");
            peer.expectNothing();
            assertThat(peer.app.heard()).containsExactly("session 0");
            peer.send(amqp(0, Descriptors.END));
            peer.expectNothing();
            peer.app.refuseSession = null;
            peer.begin(0, 1);
            assertThatThrownBy(() -> peer.app.sessions.get(1).refuse(ErrorCondition.NOT_ALLOWED.error("late")))
                    .isInstanceOf(IllegalStateException.class);
        }

        @Test
        @DisplayName("08/16: a frame on a channel that was not begun closes")
        void aFrameOnAnUnknownChannelCloses() {
            ScriptedPeer peer = ScriptedPeer.opened();
            peer.send(amqp(5, Descriptors.ATTACH, "lnk", uint(0), false));
            peer.expectClose("amqp:not-allowed no such channel: 5");
            ScriptedPeer ending = ScriptedPeer.opened();
            ending.send(amqp(6, Descriptors.END));
            ending.expectClose("amqp:not-allowed no such channel: 6");
        }
    }

    @Nested
    @DisplayName("2.5.5 and 2.7.8 end")
    class Ends {
        @Test
        @DisplayName("CON-14: an end is answered, links hear of it first")
        void anEndIsAnswered() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.attachSender("in", 0);
            OutgoingLink out = peer.attachReceiver("out", 1);
            peer.app.answerAttach = false;
            peer.send(ScriptedPeer.attach("pending", 2, false));
            IncomingLink pending = peer.app.in("pending");
            peer.app.heard();
            peer.send(amqp(0, Descriptors.END, Frame.error("amqp:internal-error", "bad day")));
            assertThat(peer.expect(Descriptors.END).fields()).isEmpty();
            String why = " SESSION_ENDED amqp:internal-error bad day";
            assertThat(peer.app.heard())
                    .containsExactly(
                            "detached incoming in" + why,
                            "detached outgoing out" + why,
                            "withdrawn pending" + why,
                            "ended 0" + why);
            assertThat(out.sendable()).isFalse();
            pending.accept(peer.app, Attach.of("pending", null, null));
            out.detach(true, null);
            peer.expectNothing();
        }

        @Test
        void anEndOfOursDropsWhatStillComes() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.attachSender("in", 0).issueCredit(10);
            peer.all();
            peer.app.sessions.get(0).end(ErrorCondition.RESOURCE_DELETED.error("gone"));
            assertThat(peer.app.heard()).as("not from within the command").isEmpty();
            assertThat(peer.expect(Descriptors.END).errorText(0)).isEqualTo("amqp:resource-deleted gone");
            assertThat(peer.app.heard()).containsExactly("detached incoming in LOCAL", "ended 0 LOCAL");
            peer.send(
                    ScriptedPeer.transfer(0, 0, true, "late"),
                    ScriptedPeer.attach("late", 3, true),
                    amqp(0, Descriptors.DETACH, uint(0), true),
                    amqp(0, Descriptors.END));
            peer.expectNothing();
            assertThat(peer.app.heard()).isEmpty();
            peer.begin(0, 1);
            assertThat(peer.app.sessions.get(1).localChannel()).isZero();
        }

        @Test
        @DisplayName("2.5.5: a session that is not begun on both sides is not ended; the end follows the peer's begin")
        void anEndWaitsForThePeersBegin() {
            ScriptedPeer peer = ScriptedPeer.opened();
            AmqpSession session = Objects.requireNonNull(peer.engine.begin());
            session.end(ErrorCondition.RESOURCE_DELETED.error("gone"));
            session.end(null);
            peer.expect(Descriptors.BEGIN);
            peer.expectNothing();
            assertThat(session.isLive()).isFalse();
            assertThat(peer.app.heard()).containsExactly("ended 0 LOCAL");
            peer.send(amqp(3, Descriptors.BEGIN, Frame.ushort(0), uint(0), uint(10), uint(10)));
            assertThat(peer.expect(Descriptors.END).errorText(0)).isEqualTo("amqp:resource-deleted gone");
            peer.send(amqp(3, Descriptors.END));
            peer.expectNothing();
            assertThat(Objects.requireNonNull(peer.engine.begin()).localChannel())
                    .isZero();
        }

        @Test
        void endingTwiceSaysEndOnce() {
            ScriptedPeer peer = ScriptedPeer.begun();
            AmqpSession session = peer.app.sessions.get(0);
            session.end(null);
            session.end(null);
            peer.expect(Descriptors.END);
            peer.expectNothing();
            assertThatThrownBy(() -> session.attachOutgoing(Attach.of("x", null, null), peer.app))
                    .isInstanceOf(IllegalStateException.class);
        }

        @Test
        void anEndWhoseLossesAreNotToldYetMeetsTheConnectionsEnd() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.attachSender("in", 0);
            peer.app.sessions.get(0).end(null);
            peer.disconnect();
            assertThat(peer.app.heard())
                    .containsExactly(
                            "detached incoming in CONNECTION_LOST",
                            "ended 0 CONNECTION_LOST",
                            "closed CONNECTION_LOST");
        }
    }

    @Nested
    @DisplayName("2.5.6 session flow control")
    class Windows {
        @Test
        void ourWindowIsReopenedWhenHalfOfItIsUsed() {
            ScriptedPeer peer = ScriptedPeer.begun(AmqpSettings.DEFAULT.withIncomingWindow(8));
            peer.attachSender("l", 0).issueCredit(100);
            Frame credit = peer.expect(Descriptors.FLOW);
            assertThat(credit.number(1)).isEqualTo(8);
            for (int id = 0; id < 3; id++) {
                peer.send(ScriptedPeer.transfer(0, id, true, "m"));
                peer.expectNothing();
            }
            peer.send(ScriptedPeer.transfer(0, 3, true, "m"));
            Frame flow = peer.expect(Descriptors.FLOW);
            assertThat(flow.number(0)).as("next-incoming-id").isEqualTo(4);
            assertThat(flow.number(1)).as("incoming-window").isEqualTo(8);
            assertThat(flow.field(4)).as("handle").isNull();
            peer.expectNothing();
        }

        @Test
        void manyTransfersOfOneInputAreAnsweredByOneFlow() {
            ScriptedPeer peer = ScriptedPeer.begun(AmqpSettings.DEFAULT.withIncomingWindow(8));
            IncomingLink link = peer.attachSender("l", 0);
            link.issueCredit(100);
            peer.all();
            peer.app.onTransfer = (to, transfer) -> to.issueCredit(1);
            byte[][] transfers = new byte[7][];
            for (int id = 0; id < 7; id++) {
                transfers[id] = ScriptedPeer.transfer(0, id, true, "m");
            }
            peer.send(transfers);
            Frame flow = peer.expect(Descriptors.FLOW);
            assertThat(flow.number(0)).isEqualTo(7);
            assertThat(flow.number(1)).isEqualTo(8);
            assertThat(flow.number(5)).as("delivery-count").isEqualTo(7);
            assertThat(flow.number(6)).as("link-credit").isEqualTo(100);
            peer.expectNothing();
        }

        @Test
        @DisplayName("CRD-14 a held window is not re-opened, and overrunning it ends the session")
        void aHeldWindowIsNotReopenedAndOverrunningItEndsTheSession() {
            ScriptedPeer peer = ScriptedPeer.begun(AmqpSettings.DEFAULT.withIncomingWindow(4));
            peer.attachSender("l", 0).issueCredit(100);
            peer.all();
            AmqpSession session = peer.app.sessions.get(0);
            session.holdWindow();
            session.holdWindow();
            for (int id = 0; id < 4; id++) {
                peer.send(ScriptedPeer.transfer(0, id, true, "m"));
            }
            peer.expectNothing();
            peer.app.in("l").issueCredit(1);
            assertThat(peer.expect(Descriptors.FLOW).number(1))
                    .as("nothing re-opened by the way")
                    .isZero();
            session.releaseWindow();
            peer.expectNothing();
            session.releaseWindow();
            assertThat(peer.expect(Descriptors.FLOW).number(1)).isEqualTo(4);
            session.holdWindow();
            for (int id = 4; id < 8; id++) {
                peer.send(ScriptedPeer.transfer(0, id, true, "m"));
            }
            peer.app.heard();
            peer.send(ScriptedPeer.transfer(0, 8, true, "too many"));
            assertThat(peer.expect(Descriptors.END).errorText(0))
                    .isEqualTo("amqp:session:window-violation transfer 8 is beyond the incoming window");
            assertThat(peer.app.heard())
                    .containsExactly(
                            "detached incoming l VIOLATION amqp:session:window-violation transfer 8 is beyond the"
                                    + " incoming window",
                            "ended 0 VIOLATION amqp:session:window-violation transfer 8 is beyond the incoming window");
            peer.begin(1, 1);
        }

        @Test
        void releasingMoreOftenThanHoldingIsABug() {
            ScriptedPeer peer = ScriptedPeer.begun();
            assertThatThrownBy(() -> peer.app.sessions.get(0).releaseWindow())
                    .isInstanceOf(IllegalStateException.class);
        }

        @Test
        void thePeersWindowStopsTransfersAndItsFlowLetsThemGoOn() {
            ScriptedPeer peer = ScriptedPeer.opened();
            peer.begin(0, 2);
            OutgoingLink link = peer.attachReceiver("l", 0);
            peer.send(ScriptedPeer.flow(2, 0, 0, 100, false, false));
            assertThat(peer.app.heard()).containsExactly("sendable l credit 100");
            int sent = 0;
            while (link.sendable()) {
                Messages.send(link, "m" + sent++, true);
            }
            assertThat(sent).isEqualTo(2);
            peer.all();
            peer.app.onSendable = to -> {
                while (to.sendable()) {
                    Messages.send(to, "again", true);
                }
            };
            // The peer has seen one of the two: window 3 from there leaves 2.
            peer.send(ScriptedPeer.window(1, 3));
            assertThat(peer.app.heard()).containsExactly("sendable l credit 98");
            assertThat(peer.all()).hasSize(2);
            assertThat(link.credit()).isEqualTo(96);
        }

        @Test
        void aWindowSaidBeforeAnythingWasSeenCountsFromTheFirst() {
            ScriptedPeer peer = ScriptedPeer.opened();
            peer.begin(0, 0);
            OutgoingLink link = peer.attachReceiver("l", 0);
            peer.send(amqp(0, Descriptors.FLOW, null, uint(1), uint(0), uint(0), uint(0), uint(0), uint(5)));
            assertThat(link.sendable()).isTrue();
            Messages.send(link, "one", true);
            assertThat(link.sendable()).isFalse();
        }

        @Test
        void theIdsOfTransfersWrapAround() {
            ScriptedPeer peer = ScriptedPeer.opened();
            peer.send(amqp(0, Descriptors.BEGIN, null, uint(0xffff_fffeL), uint(10), uint(10)));
            peer.expect(Descriptors.BEGIN);
            peer.attachSender("l", 0).issueCredit(10);
            assertThat(peer.expect(Descriptors.FLOW).number(0)).isEqualTo(0xffff_fffeL);
            peer.send(
                    ScriptedPeer.transfer(0, 0xffff_fffeL, true, "a"),
                    ScriptedPeer.transfer(0, 0xffff_ffffL, true, "b"),
                    ScriptedPeer.transfer(0, 0, true, "c"));
            peer.app.in("l").issueCredit(1);
            assertThat(peer.expect(Descriptors.FLOW).number(0)).isEqualTo(1);
            assertThat(peer.app.heard()).hasSize(3);
        }

        @Test
        void linksThatWaitForTheWindowTakeTurns() {
            ScriptedPeer peer = ScriptedPeer.opened();
            peer.begin(0, 0);
            for (int i = 0; i < 3; i++) {
                peer.attachReceiver("l" + i, i);
                peer.send(ScriptedPeer.flow(0, i, 0, 100, false, false));
                assertThat(peer.app.out("l" + i).sendable()).isFalse();
            }
            peer.app.heard();
            peer.app.onSendable = link -> {
                if (link.sendable()) {
                    Messages.send(link, "x", true);
                }
                link.sendable();
            };
            peer.send(ScriptedPeer.window(0, 2));
            assertThat(peer.app.heard()).containsExactly("sendable l0 credit 100", "sendable l1 credit 100");
            peer.send(ScriptedPeer.window(2, 2));
            assertThat(peer.app.heard()).startsWith("sendable l2 credit 100");
        }

        @Test
        void crd17AnEchoOfTheSessionIsNotAnsweredWhenNothingChanged() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.send(amqp(
                    0, Descriptors.FLOW, uint(0), uint(10), uint(0), uint(10), null, null, null, null, null, true));
            peer.expectNothing();
        }

        @Test
        @DisplayName("STR-03 a socket that is full stops the transfers of a session")
        void aSocketThatIsFullStopsTransfersToo() {
            ScriptedPeer peer = ScriptedPeer.begun();
            OutgoingLink link = peer.attachReceiver("l", 0);
            peer.send(ScriptedPeer.credit(0, 0, 5));
            peer.app.heard();
            peer.wire.writable = false;
            peer.engine.writabilityChanged(false);
            assertThat(link.sendable()).isFalse();
            peer.wire.writable = true;
            peer.engine.writabilityChanged(true);
            assertThat(peer.app.heard()).containsExactly("sendable l credit 5");
            assertThat(link.sendable()).isTrue();
        }

        @Test
        void unsettledDeliveriesOfASessionAreLimited() {
            ScriptedPeer peer = ScriptedPeer.begun();
            OutgoingLink link = peer.attachReceiver("l", 0);
            peer.send(ScriptedPeer.credit(0, 0, 0x7fff_ffffL));
            for (int i = 0; i < AmqpSession.MAX_UNSETTLED_DELIVERIES; i++) {
                Messages.send(link, "", false);
                if ((i & 0xfff) == 0) {
                    peer.wire.take();
                }
            }
            peer.engine.flush();
            peer.wire.take();
            assertThat(link.sendable()).isFalse();
            peer.app.heard();
            peer.send(ScriptedPeer.disposition(true, 7, 7, true, Frame.described(0x24)));
            assertThat(peer.app.heard())
                    .containsExactly(
                            "receiver l 7 null 0 accepted settled",
                            "sendable l credit " + (0x7fff_ffff - AmqpSession.MAX_UNSETTLED_DELIVERIES));
            assertThat(link.sendable()).isTrue();
        }
    }
}
