// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import static io.linkspan.amqp.Frame.amqp;
import static io.linkspan.amqp.Frame.ubyte;
import static io.linkspan.amqp.Frame.uint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.UnsignedLong;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("AMQP 1.0 part 2, 2.6: links")
class LinkTest {
    private static final Described SOURCE_Q = Frame.described(Descriptors.SOURCE, "q");
    private static final Described TARGET = Frame.described(Descriptors.TARGET);

    @Nested
    @DisplayName("2.6.3 and 2.7.3 attach")
    class Attaches {
        @Test
        @DisplayName("ANO-12, ANO-13: an attach is answered with its own termini, modes mixed and first")
        void anAttachIsEchoed() {
            ScriptedPeer peer = ScriptedPeer.begun();
            // A terminus with fields nobody understands comes back as it came.
            Described source = Frame.described(
                    Descriptors.SOURCE,
                    "q",
                    uint(2),
                    new Symbol("never"),
                    uint(7),
                    false,
                    null,
                    new Symbol("copy"),
                    Map.of(new Symbol("f"), new Described(new UnsignedLong(1), "x")),
                    null,
                    null,
                    new Symbol("bare"),
                    "field of a later version");
            peer.send(amqp(
                    0,
                    Descriptors.ATTACH,
                    "link",
                    uint(3),
                    true,
                    ubyte(1),
                    ubyte(1),
                    source,
                    TARGET,
                    Map.of(),
                    true,
                    null,
                    new UnsignedLong(1_000),
                    new Symbol("offered"),
                    null,
                    Map.of(new Symbol("p"), 1)));
            Frame attach = peer.expect(Descriptors.ATTACH);
            assertThat(attach.fields())
                    .containsExactly("link", uint(0), false, ubyte(2), ubyte(0), source, TARGET, null, null, uint(0));
            Attach remote = peer.app.attaches.get(0);
            assertThat(remote.senderSettleMode()).isEqualTo(Attach.SENDER_SETTLED);
            assertThat(remote.receiverSettleMode()).isEqualTo(Attach.RECEIVER_SECOND);
            assertThat(remote.maxMessageSize()).isEqualTo(1_000);
            assertThat(remote.incompleteUnsettled()).isTrue();
            assertThat(remote.unsettled()).isEqualTo(RawValue.of(Map.of()));
            assertThat(remote.offeredCapabilities()).isEqualTo(RawValue.of(new Symbol("offered")));
            assertThat(remote.desiredCapabilities()).isEqualTo(RawValue.NULL);
            assertThat(remote.properties()).isEqualTo(RawValue.of(Map.of(new Symbol("p"), 1)));
            assertThat(peer.app.heard()).last().isEqualTo("attach outgoing link");
        }

        @Test
        void theReceiversAnswerHasNoInitialDeliveryCount() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.send(ScriptedPeer.attach("l", 0, false));
            Frame attach = peer.expect(Descriptors.ATTACH);
            assertThat(attach.flag(2)).isTrue();
            assertThat(attach.field(9)).isNull();
        }

        @Test
        void answersMayComeLaterAndInAnyOrder() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.app.answerAttach = false;
            peer.send(ScriptedPeer.attach("a", 0, true), ScriptedPeer.attach("b", 1, false));
            peer.expectNothing();
            assertThat(peer.app.heard()).containsExactly("attach outgoing a", "attach incoming b");
            // Credit that comes before the answer is kept (LNK-10).
            peer.send(ScriptedPeer.credit(0, 0, 7));
            assertThat(peer.app.heard()).isEmpty();
            assertThat(peer.app
                            .in("b")
                            .accept(peer.app, peer.app.attaches.get(1).echo()))
                    .isTrue();
            assertThat(peer.app
                            .out("a")
                            .accept(peer.app, peer.app.attaches.get(0).echo()))
                    .isTrue();
            Frame first = peer.expect(Descriptors.ATTACH);
            assertThat(first.field(0)).isEqualTo("b");
            assertThat(first.number(1))
                    .as("handles follow the order of the attaches")
                    .isEqualTo(1);
            assertThat(peer.expect(Descriptors.ATTACH).field(0)).isEqualTo("a");
            assertThat(peer.app.out("a").credit()).isEqualTo(7);
            assertThat(peer.app.out("a").sendable()).isTrue();
            assertThatThrownBy(() -> peer.app.in("b").accept(peer.app, Attach.of("b", null, null)))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> peer.app.in("b").refuse(ErrorCondition.NOT_FOUND.error("late")))
                    .isInstanceOf(IllegalStateException.class);
        }

        @Test
        @DisplayName("ANO-16: a refusal is an attach with a null terminus of ours, then a detach that closes")
        void refusalsHaveANullTerminus() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.app.refuseLink = ErrorCondition.NO_ROUTE_TO_DEST.error("No route to the destination node");
            peer.send(amqp(0, Descriptors.ATTACH, "r", uint(0), true, null, null, SOURCE_Q, TARGET));
            Frame attach = peer.expect(Descriptors.ATTACH);
            assertThat(attach.field(5)).as("source").isNull();
            assertThat(attach.field(6)).as("target").isEqualTo(TARGET);
            Frame detach = peer.expect(Descriptors.DETACH);
            assertThat(detach.flag(1)).isTrue();
            assertThat(detach.errorText(2)).isEqualTo("qd:no-route-to-dest No route to the destination node");
            peer.send(amqp(
                    0, Descriptors.ATTACH, "s", uint(1), false, null, null, SOURCE_Q, TARGET, null, null, uint(0)));
            attach = peer.expect(Descriptors.ATTACH);
            assertThat(attach.field(5)).isEqualTo(SOURCE_Q);
            assertThat(attach.field(6)).isNull();
            peer.expect(Descriptors.DETACH);
            // What comes before the peer knows is dropped; then the handles are free again.
            peer.send(ScriptedPeer.transfer(1, 0, true, "m"), ScriptedPeer.credit(0, 0, 3));
            peer.send(amqp(0, Descriptors.DETACH, uint(0), true), amqp(0, Descriptors.DETACH, uint(1), true));
            peer.expectNothing();
            assertThat(peer.app.heard()).containsExactly("attach outgoing r", "attach incoming s");
            peer.app.refuseLink = null;
            assertThat(peer.attachReceiver("r", 0).localHandle()).isZero();
        }

        @Test
        void attachesOfOursAreAnsweredByName() {
            ScriptedPeer peer = ScriptedPeer.begun();
            AmqpSession session = peer.app.sessions.get(0);
            Attach request = Attach.of("x", Terminus.source("a"), Terminus.target("b"));
            OutgoingLink out = Objects.requireNonNull(session.attachOutgoing(request, peer.app));
            IncomingLink in = Objects.requireNonNull(session.attachIncoming(request, peer.app));
            Frame first = peer.expect(Descriptors.ATTACH);
            assertThat(first.fields().subList(0, 3)).containsExactly("x", uint(0), false);
            assertThat(peer.expect(Descriptors.ATTACH).fields().subList(0, 3)).containsExactly("x", uint(1), true);
            assertThat(out.isAttached()).isFalse();
            in.issueCredit(4);
            Frame early = peer.expect(Descriptors.FLOW);
            assertThat(early.number(4)).isEqualTo(1);
            assertThat(early.number(6)).isEqualTo(4);
            peer.send(
                    amqp(
                            0,
                            Descriptors.ATTACH,
                            "x",
                            uint(9),
                            false,
                            null,
                            null,
                            SOURCE_Q,
                            TARGET,
                            null,
                            null,
                            uint(77)),
                    amqp(0, Descriptors.ATTACH, "x", uint(8), true, null, null, SOURCE_Q, TARGET));
            assertThat(peer.app.heard()).containsExactly("attached incoming x", "attached outgoing x");
            assertThat(out.isAttached()).isTrue();
            peer.send(ScriptedPeer.transfer(9, 0, true, "m"));
            in.issueCredit(1);
            Frame flow = peer.expect(Descriptors.FLOW);
            assertThat(flow.number(5))
                    .as("counted from the sender's initial count")
                    .isEqualTo(78);
            assertThat(flow.number(6)).isEqualTo(4);
            assertThatThrownBy(() -> session.attachOutgoing(request, peer.app))
                    .isInstanceOf(IllegalStateException.class);
        }

        @Test
        void thePeersRefusalOfOursIsTold() {
            ScriptedPeer peer = ScriptedPeer.begun();
            AmqpSession session = peer.app.sessions.get(0);
            session.attachOutgoing(Attach.of("x", null, Terminus.target("b")), peer.app);
            peer.expect(Descriptors.ATTACH);
            peer.send(
                    amqp(0, Descriptors.ATTACH, "x", uint(0), true),
                    amqp(0, Descriptors.DETACH, uint(0), true, Frame.error("amqp:not-found", "no b")));
            assertThat(peer.app.heard())
                    .containsExactly("attached outgoing x", "detached outgoing x DETACHED closed amqp:not-found no b");
            assertThat(peer.app.attaches.get(0).target()).isNull();
            assertThat(peer.expect(Descriptors.DETACH).fields()).containsExactly(uint(0), true);
        }

        @Test
        void aLinkWeDetachBeforeItsAnswerEndsWithThePeersDetach() {
            ScriptedPeer peer = ScriptedPeer.begun();
            AmqpSession session = peer.app.sessions.get(0);
            Attach request = Attach.of("x", null, Terminus.target("b"));
            OutgoingLink link = Objects.requireNonNull(session.attachOutgoing(request, peer.app));
            link.detach(true, null);
            peer.expect(Descriptors.ATTACH);
            peer.expect(Descriptors.DETACH);
            peer.send(amqp(0, Descriptors.ATTACH, "x", uint(0), true), amqp(0, Descriptors.DETACH, uint(0), true));
            peer.expectNothing();
            assertThat(peer.app.heard()).isEmpty();
            assertThat(session.attachOutgoing(request, peer.app)).isNotNull();
        }

        @Test
        void handlesOfOursKeepToThePeersHandleMax() {
            ScriptedPeer peer = ScriptedPeer.opened();
            peer.send(amqp(0, Descriptors.BEGIN, null, uint(0), uint(1), uint(1), uint(1)));
            AmqpSession session = peer.app.sessions.get(0);
            assertThat(session.attachOutgoing(Attach.of("a", null, null), peer.app))
                    .isNotNull();
            assertThat(session.attachOutgoing(Attach.of("b", null, null), peer.app))
                    .isNotNull();
            assertThat(session.attachOutgoing(Attach.of("c", null, null), peer.app))
                    .isNull();
            peer.all();
            peer.send(ScriptedPeer.attach("d", 0, true));
            assertThat(peer.expect(Descriptors.END).errorText(0))
                    .isEqualTo("amqp:resource-limit-exceeded no handle is free for link d");
        }

        @Test
        void aHandleBeyondOurHandleMaxCloses() {
            ScriptedPeer peer = ScriptedPeer.begun(AmqpSettings.DEFAULT.withHandleMax(4));
            peer.attachReceiver("a", 4);
            peer.send(ScriptedPeer.attach("b", 5, true));
            peer.expectClose("amqp:connection:framing-error handle 5 is beyond handle-max 4");
        }

        @Test
        void aHandleInUseEndsTheSession() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.attachReceiver("a", 0);
            peer.send(ScriptedPeer.attach("b", 0, true));
            assertThat(peer.expect(Descriptors.END).errorText(0))
                    .isEqualTo("amqp:session:handle-in-use handle 0 is in use");
        }

        @Test
        void mandatoryFieldsAreMandatory() {
            Object[][] attaches = {{}, {"l"}, {"l", uint(0)}, {null, uint(0), true}};
            for (Object[] fields : attaches) {
                ScriptedPeer peer = ScriptedPeer.begun();
                peer.send(amqp(0, Descriptors.ATTACH, fields));
                assertThat(peer.expect(Descriptors.CLOSE).errorText(0))
                        .startsWith("amqp:connection:framing-error malformed frame (mandatory field");
            }
        }

        @Test
        void aTerminusOfTheWrongKindIsMalformed() {
            List<Object> wrong = List.of(
                    "address",
                    Frame.described(0x77),
                    Frame.described(Descriptors.SOURCE, 5),
                    Frame.described(Descriptors.SOURCE, "a", "durable"),
                    Frame.described(Descriptors.SOURCE, "a", null, "policy"),
                    Frame.described(Descriptors.SOURCE, "a", null, null, null, null, null, null, null, null, null, 1));
            for (Object source : wrong) {
                ScriptedPeer peer = ScriptedPeer.begun();
                peer.send(amqp(0, Descriptors.ATTACH, "l", uint(0), true, null, null, source));
                assertThat(peer.expect(Descriptors.CLOSE).errorText(0))
                        .as(source.toString())
                        .startsWith("amqp:connection:framing-error malformed frame (");
            }
        }

        @Test
        void anAnswerLargerThanThePeerTakesRefuses() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(
                    Frame.AMQP,
                    amqp(0, Descriptors.OPEN, "peer", null, uint(512)),
                    amqp(0, Descriptors.BEGIN, null, uint(0), uint(1), uint(1)));
            peer.app.answerAttach = false;
            peer.send(ScriptedPeer.attach("l", 0, true));
            peer.all();
            Attach large = peer.app.attaches.get(0).echo().withSource(Terminus.source("q".repeat(600)));
            assertThat(peer.app.out("l").accept(peer.app, large)).isFalse();
            assertThat(peer.expect(Descriptors.ATTACH).field(5)).isNull();
            assertThat(peer.expect(Descriptors.DETACH).errorText(2))
                    .isEqualTo("amqp:frame-size-too-small the answer is larger than max-frame-size 512");
            assertThat(peer.app.sessions.get(0).attachOutgoing(large, peer.app)).isNull();
        }
    }

    @Nested
    @DisplayName("2.6.1 names: ANO-17")
    class Names {
        @Test
        void theSameNameAndRoleInOneSessionStealsTheLink() {
            ScriptedPeer peer = ScriptedPeer.begun();
            IncomingLink old = peer.attachSender("same", 0);
            peer.send(ScriptedPeer.attach("same", 1, false));
            Frame detach = peer.expect(Descriptors.DETACH);
            assertThat(detach.number(0)).isZero();
            assertThat(detach.flag(1)).isTrue();
            assertThat(detach.errorText(2)).isEqualTo("amqp:link:stolen link same was attached again");
            assertThat(peer.expect(Descriptors.ATTACH).number(1)).isEqualTo(1);
            assertThat(peer.app.heard())
                    .containsExactly(
                            "detached incoming same STOLEN closed amqp:link:stolen link same was attached again",
                            "attach incoming same");
            IncomingLink now = peer.app.in("same");
            assertThat(now).isNotSameAs(old);
            now.issueCredit(1);
            assertThat(peer.expect(Descriptors.FLOW).number(4)).isEqualTo(1);
            peer.send(amqp(0, Descriptors.DETACH, uint(0), true));
            peer.send(ScriptedPeer.transfer(1, 0, true, "m"));
            assertThat(peer.app.heard()).containsExactly("transfer same 0 'm' first settled");
        }

        @Test
        void aLinkNotYetAnsweredIsStolenToo() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.app.answerAttach = false;
            peer.send(ScriptedPeer.attach("same", 0, true), ScriptedPeer.attach("same", 1, true));
            assertThat(peer.expect(Descriptors.ATTACH).field(5)).isNull();
            assertThat(peer.expect(Descriptors.DETACH).errorText(2)).startsWith("amqp:link:stolen");
            assertThat(peer.app.heard())
                    .containsExactly(
                            "attach outgoing same",
                            "withdrawn same STOLEN amqp:link:stolen link same was attached again",
                            "attach outgoing same");
        }

        @Test
        void theSameNameInTheOtherRoleOrAnotherSessionIsAnotherLink() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.attachSender("same", 0);
            peer.attachReceiver("same", 1);
            peer.begin(1, 10);
            peer.app.heard();
            peer.send(amqp(1, Descriptors.ATTACH, "same", uint(0), true, null, null, SOURCE_Q, TARGET));
            assertThat(peer.expect(Descriptors.ATTACH).channel()).isEqualTo(1);
            assertThat(peer.app.heard()).containsExactly("attach outgoing same");
        }

        @Test
        void aNameIsFreeAgainBehindADetach() {
            ScriptedPeer peer = ScriptedPeer.begun();
            IncomingLink link = peer.attachSender("same", 0);
            link.detach(true, null);
            peer.expect(Descriptors.DETACH);
            // The peer's new attach crosses our detach.
            peer.send(amqp(0, Descriptors.DETACH, uint(0), true), ScriptedPeer.attach("same", 0, false));
            peer.expect(Descriptors.ATTACH);
            assertThat(peer.app.heard()).containsExactly("attach incoming same");
        }
    }

    @Nested
    @DisplayName("2.6.4, 2.6.5 and 2.7.7 detach and close")
    class Detaches {
        @Test
        void aDetachIsAnsweredInKind() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.attachSender("a", 0);
            peer.attachReceiver("b", 1);
            peer.send(amqp(0, Descriptors.DETACH, uint(0)));
            assertThat(peer.expect(Descriptors.DETACH).fields()).containsExactly(uint(0));
            peer.send(amqp(0, Descriptors.DETACH, uint(1), true, Frame.error("x:y", "why")));
            assertThat(peer.expect(Descriptors.DETACH).fields()).containsExactly(uint(1), true);
            assertThat(peer.app.heard())
                    .containsExactly("detached incoming a DETACHED", "detached outgoing b DETACHED closed x:y why");
        }

        @Test
        void theApplicationMayAnswerOtherwise() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.attachReceiver("b", 0);
            peer.app.onOutgoingDetached = link -> link.detach(true, ErrorCondition.ROUTED_LINK_LOST.error("lost"));
            peer.send(amqp(0, Descriptors.DETACH, uint(0)));
            Frame detach = peer.expect(Descriptors.DETACH);
            assertThat(detach.flag(1)).isTrue();
            assertThat(detach.errorText(2)).isEqualTo("qd:routed-link-lost lost");
            peer.expectNothing();
            assertThat(peer.attachReceiver("b", 0).localHandle()).isZero();
        }

        @Test
        void ourDetachWaitsForThePeersAndDropsWhatStillComes() {
            ScriptedPeer peer = ScriptedPeer.begun();
            IncomingLink in = peer.attachSender("a", 0);
            OutgoingLink out = peer.attachReceiver("b", 1);
            in.issueCredit(10);
            peer.send(ScriptedPeer.credit(1, 0, 10));
            int id = Messages.send(out, "m", false, "origin", 1);
            peer.all();
            peer.app.heard();
            in.detach(false, null);
            out.detach(true, ErrorCondition.DETACH_FORCED.error("go"));
            assertThat(peer.expect(Descriptors.DETACH).fields()).containsExactly(uint(0));
            assertThat(peer.expect(Descriptors.DETACH).errorText(2)).isEqualTo("amqp:link:detach-forced go");
            peer.send(
                    ScriptedPeer.transfer(0, 0, false, true, "late"),
                    ScriptedPeer.transfer(0, 0, false, "er"),
                    ScriptedPeer.transfer(0, 1, false, "latest"),
                    ScriptedPeer.credit(1, 0, 100),
                    ScriptedPeer.disposition(true, id, id, true, Frame.described(0x24)));
            in.issueCredit(1);
            in.dispose(0, DeliveryState.ACCEPTED, true);
            out.senderState(id, null, true);
            out.detach(true, null);
            peer.expectNothing();
            assertThat(peer.app.heard()).isEmpty();
            peer.send(amqp(0, Descriptors.DETACH, uint(0)), amqp(0, Descriptors.DETACH, uint(1), true));
            peer.expectNothing();
            peer.send(amqp(0, Descriptors.DETACH, uint(0)));
            assertThat(peer.expect(Descriptors.END).errorText(0))
                    .isEqualTo("amqp:session:unattached-handle handle 0 is not attached");
        }

        @Test
        void frameOnHandlesThatAreNotAttachedEndTheSession() {
            List<byte[]> frames = List.of(
                    amqp(0, Descriptors.DETACH, uint(5), true),
                    ScriptedPeer.transfer(5, 0, true, "m"),
                    ScriptedPeer.credit(5, 0, 1));
            for (byte[] frame : frames) {
                ScriptedPeer peer = ScriptedPeer.begun();
                peer.send(frame);
                assertThat(peer.expect(Descriptors.END).errorText(0))
                        .isEqualTo("amqp:session:unattached-handle handle 5 is not attached");
            }
        }

        @Test
        void aPendingLinkThatThePeerDetachesIsWithdrawn() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.app.answerAttach = false;
            peer.send(ScriptedPeer.attach("a", 0, true), amqp(0, Descriptors.DETACH, uint(0), true));
            assertThat(peer.app.heard()).containsExactly("attach outgoing a", "withdrawn a DETACHED");
            assertThat(peer.expect(Descriptors.ATTACH).field(5)).isNull();
            assertThat(peer.expect(Descriptors.DETACH).fields()).containsExactly(uint(0), true);
            assertThat(peer.app.out("a").accept(peer.app, Attach.of("a", null, null)))
                    .isFalse();
            peer.app.out("a").refuse(ErrorCondition.NOT_FOUND.error("late"));
            peer.expectNothing();
        }

        @Test
        void detachingAnUnansweredLinkIsABug() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.app.answerAttach = false;
            peer.send(ScriptedPeer.attach("a", 0, true));
            assertThatThrownBy(() -> peer.app.out("a").detach(true, null)).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void pendingDispositionsGoBeforeTheDetach() {
            ScriptedPeer peer = ScriptedPeer.begun();
            IncomingLink in = peer.attachSender("a", 0);
            in.issueCredit(2);
            peer.send(ScriptedPeer.transfer(0, 0, false, "m"));
            peer.all();
            in.dispose(0, DeliveryState.ACCEPTED, true);
            in.detach(true, null);
            peer.expect(Descriptors.DISPOSITION);
            peer.expect(Descriptors.DETACH);
        }
    }
}
