// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import static io.linkspan.amqp.Frame.amqp;
import static io.linkspan.amqp.Frame.uint;
import static io.linkspan.amqp.Frame.ushort;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.UnsignedLong;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("AMQP 1.0 part 2, 2.2 to 2.4: connections")
class ConnectionTest {
    private static final int LIST0 = 0x45;

    @Nested
    @DisplayName("2.2 protocol header")
    class Header {
        @Test
        void headerAndOpenAreAnswered() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(Frame.AMQP);
            peer.expectHeader(Frame.AMQP);
            peer.send(amqp(0, Descriptors.OPEN, "peer", "host"));
            Frame open = peer.expect(Descriptors.OPEN);
            assertThat(open.channel()).isZero();
            assertThat(open.field(0)).isEqualTo("router");
            assertThat(peer.app.heard()).containsExactly("open peer");
            assertThat(Objects.requireNonNull(peer.app.remoteOpen).hostname()).isEqualTo("host");
            peer.disconnect();
        }

        @Test
        void headerOpenAndMoreMayComeAtOnce() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(
                    Frame.AMQP,
                    amqp(0, Descriptors.OPEN, "peer"),
                    amqp(0, Descriptors.BEGIN, null, uint(0), uint(10), uint(10)),
                    ScriptedPeer.attach("l", 0, false));
            peer.expectHeader(Frame.AMQP);
            peer.expect(Descriptors.OPEN);
            peer.expect(Descriptors.BEGIN);
            peer.expect(Descriptors.ATTACH);
            peer.expectNothing();
            assertThat(peer.wire.flushes).as("one flush for all of them").isEqualTo(1);
        }

        @Test
        void octetsMayComeOneByOne() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.sendOctets(
                    Frame.AMQP,
                    amqp(0, Descriptors.OPEN, "peer"),
                    Frame.empty(),
                    amqp(0, Descriptors.BEGIN, null, uint(0), uint(10), uint(10)),
                    ScriptedPeer.attach("l", 0, false));
            peer.expectHeader(Frame.AMQP);
            peer.expect(Descriptors.OPEN);
            peer.expect(Descriptors.BEGIN);
            peer.expect(Descriptors.ATTACH);
            peer.disconnect();
        }

        @Test
        void anotherVersionIsAnsweredWithHeaderOpenAndClose() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
            peer.expectHeader(Frame.AMQP);
            assertThat(peer.expect(Descriptors.OPEN).field(0)).isEqualTo("");
            peer.expectClose("amqp:connection:framing-error Unknown protocol detected: 'AMQP\\x00\\x00\\x09\\x01'");
            assertThat(peer.app.heard())
                    .containsExactly("closed VIOLATION amqp:connection:framing-error Unknown protocol detected:"
                            + " 'AMQP\\x00\\x00\\x09\\x01'");
            peer.disconnect();
        }

        @Test
        void anotherSaslVersionIsAnsweredTheSame() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(new byte[] {'A', 'M', 'Q', 'P', 3, 2, 0, 0});
            peer.expectHeader(Frame.AMQP);
            peer.expect(Descriptors.OPEN);
            peer.expectClose("amqp:connection:framing-error Unknown protocol detected: 'AMQP\\x03\\x02\\x00\\x00'");
        }

        @Test
        void anotherProtocolIsAnsweredTheSame() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
            peer.expectHeader(Frame.AMQP);
            peer.expect(Descriptors.OPEN);
            peer.expectClose("amqp:connection:framing-error Unknown protocol detected: 'GET / HT'");
        }

        @Test
        void tlsIsHungUpOnWithoutAWord() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(new byte[] {'A', 'M', 'Q', 'P', 2, 1, 0, 0});
            peer.expectNothing();
            assertThat(peer.wire.closing).isTrue();
            assertThat(peer.app.heard()).singleElement().asString().startsWith("closed VIOLATION amqp:not-allowed");
        }

        @Test
        void saslIsUnknownWhereItIsNotOffered() {
            ScriptedPeer peer = ScriptedPeer.client(AmqpSettings.DEFAULT, null);
            peer.send(Frame.SASL);
            peer.expectHeader(Frame.AMQP);
            peer.expect(Descriptors.OPEN);
            peer.expectClose("amqp:connection:framing-error Unknown protocol detected: 'AMQP\\x03\\x01\\x00\\x00'");
        }

        @Test
        void aClientSaysHeaderAndOpenAtOnce() {
            ScriptedPeer peer = ScriptedPeer.server(AmqpSettings.DEFAULT, null);
            peer.engine.connect(Open.local("me", "host", null, null, null));
            peer.expectHeader(Frame.AMQP);
            Frame open = peer.expect(Descriptors.OPEN);
            assertThat(open.field(0)).isEqualTo("me");
            assertThat(open.field(1)).isEqualTo("host");
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "server"));
            assertThat(peer.app.heard()).containsExactly("open server");
            assertThatThrownBy(() -> peer.engine.connect(peer.app.answer)).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void aClientThatGetsAnotherHeaderCloses() {
            ScriptedPeer peer = ScriptedPeer.server(AmqpSettings.DEFAULT, null);
            peer.engine.connect(Open.local("me", null, null, null, null));
            peer.all();
            peer.send(Frame.SASL);
            peer.expectClose("amqp:connection:framing-error Unknown protocol detected: 'AMQP\\x03\\x01\\x00\\x00'");
        }
    }

    @Nested
    @DisplayName("2.3 framing")
    class Framing {
        @ParameterizedTest
        @ValueSource(ints = {0, 7, 16_385, Integer.MAX_VALUE, -1})
        void aFrameSizeOutOfBoundsIsAFramingError(int size) {
            ScriptedPeer peer = ScriptedPeer.opened();
            peer.send(
                    new byte[] {(byte) (size >> 24), (byte) (size >> 16), (byte) (size >> 8), (byte) size, 2, 0, 0, 0});
            peer.expectClose("amqp:connection:framing-error malformed frame (frame of " + Integer.toUnsignedString(size)
                    + " octets, allowed are 8 to 16384)");
            peer.disconnect();
        }

        @Test
        void aFrameOfOurMaxFrameSizeIsTaken() {
            ScriptedPeer peer = ScriptedPeer.begun(AmqpSettings.DEFAULT.withMaxFrameSize(512));
            peer.attachSender("l", 0).issueCredit(1);
            byte[] probe = ScriptedPeer.transfer(0, 0, true, "");
            peer.send(ScriptedPeer.transfer(0, 0, true, "x".repeat(512 - probe.length)));
            assertThat(peer.app.heard()).singleElement().asString().startsWith("transfer l 0");
            peer.all();
            peer.send(ScriptedPeer.transfer(0, 1, true, "x".repeat(512 - probe.length)));
            peer.expectClose(
                    "amqp:connection:framing-error malformed frame (frame of 513 octets, allowed are 8 to 512)");
            peer.disconnect();
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 255})
        void aDataOffsetOutOfBoundsIsAFramingError(int offset) {
            ScriptedPeer peer = ScriptedPeer.opened();
            peer.send(new byte[] {0, 0, 0, 9, (byte) offset, 0, 0, 0, 0});
            peer.expectClose("amqp:connection:framing-error malformed frame (data offset " + offset * 4
                    + " in a frame of 9 octets)");
        }

        @Test
        void anExtendedHeaderIsPassedOver() {
            ScriptedPeer peer = ScriptedPeer.opened();
            byte[] begin = amqp(0, Descriptors.BEGIN, null, uint(0), uint(10), uint(10));
            byte[] extended = new byte[begin.length + 4];
            System.arraycopy(begin, 0, extended, 0, 8);
            System.arraycopy(begin, 8, extended, 12, begin.length - 8);
            extended[3] = (byte) (extended[3] + 4);
            extended[4] = 3;
            Arrays.fill(extended, 8, 12, (byte) 0xff);
            peer.send(extended);
            peer.expect(Descriptors.BEGIN);
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2, 255})
        void aFrameOfAnotherTypeIsAFramingError(int type) {
            ScriptedPeer peer = ScriptedPeer.opened();
            peer.send(new byte[] {0, 0, 0, 8, 2, (byte) type, 0, 0});
            peer.expectClose("amqp:connection:framing-error malformed frame (frame of type " + type + ")");
        }

        @Test
        void emptyFramesSayNothing() {
            ScriptedPeer peer = ScriptedPeer.opened();
            peer.send(Frame.empty(), new byte[] {0, 0, 0, 8, 2, 0, 0, 9}, Frame.empty());
            peer.expectNothing();
            assertThat(peer.app.heard()).isEmpty();
        }

        @Test
        void anUnknownPerformativeIsAFramingError() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.send(amqp(0, 0x19));
            peer.expectClose("amqp:connection:framing-error malformed frame (unknown performative 0x19)");
        }

        @Test
        void aBodyThatIsNoDescribedListIsAFramingError() {
            ScriptedPeer peer = ScriptedPeer.opened();
            peer.send(new byte[] {0, 0, 0, 9, 2, 0, 0, 0, LIST0});
            peer.expectClose("amqp:connection:framing-error malformed frame (a list without a descriptor)");
        }

        @Test
        void performativesAreKnownByLongAndSymbolicDescriptorsToo() {
            ScriptedPeer peer = ScriptedPeer.client();
            byte[] open = amqp(0, Descriptors.OPEN, "peer");
            // The same with the descriptor as an ulong of eight octets.
            byte[] wide = new byte[open.length + 7];
            System.arraycopy(open, 0, wide, 0, 9);
            wide[3] = (byte) (wide[3] + 7);
            wide[9] = (byte) 0x80;
            wide[17] = Descriptors.OPEN;
            System.arraycopy(open, 11, wide, 18, open.length - 11);
            byte[] begin = Frame.raw(
                    0,
                    0,
                    new byte[0],
                    new io.linkspan.amqp.codec.Described(
                            new Symbol("amqp:begin:list"), Arrays.asList(null, uint(0), uint(1), uint(1))));
            peer.send(Frame.AMQP, wide, begin);
            assertThat(peer.app.heard()).containsExactly("open peer", "session 0");
        }
    }

    @Nested
    @DisplayName("2.4 and 2.7.1 open")
    class OpenFrame {
        @Test
        @DisplayName("CON-01: the numbers of the open come from the settings, the idle-time-out as half")
        void theNumbersOfTheOpenComeFromTheSettings() {
            ScriptedPeer peer = ScriptedPeer.client();
            RawValue properties = RawValue.of(Map.of(new Symbol("product"), "linkspan"));
            RawValue capability = RawValue.of(new Symbol("ANONYMOUS-RELAY"));
            peer.app.answer = Open.local("router", null, capability, RawValue.NULL, properties);
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "peer"));
            peer.expectHeader(Frame.AMQP);
            Frame open = peer.expect(Descriptors.OPEN);
            assertThat(open.fields())
                    .containsExactly(
                            "router",
                            null,
                            uint(16_384),
                            ushort(32_767),
                            uint(8_000),
                            null,
                            null,
                            new Symbol("ANONYMOUS-RELAY"),
                            null,
                            Map.of(new Symbol("product"), "linkspan"));
        }

        @Test
        void allFieldsOfThePeersOpenAreTold() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(
                    Frame.AMQP,
                    amqp(
                            0,
                            Descriptors.OPEN,
                            "peer",
                            "host",
                            uint(1_000),
                            ushort(7),
                            uint(60_000),
                            new Symbol("en-US"),
                            null,
                            new Symbol("offered"),
                            List.of(),
                            Map.of(),
                            "from a later version"));
            Open open = Objects.requireNonNull(peer.app.remoteOpen);
            assertThat(open.maxFrameSize()).isEqualTo(1_000);
            assertThat(open.channelMax()).isEqualTo(7);
            assertThat(open.idleTimeOutMs()).isEqualTo(60_000);
            assertThat(open.outgoingLocales()).isEqualTo(RawValue.of(new Symbol("en-US")));
            assertThat(open.incomingLocales()).isEqualTo(RawValue.NULL);
            assertThat(open.offeredCapabilities()).isEqualTo(RawValue.of(new Symbol("offered")));
            assertThat(open.desiredCapabilities()).isEqualTo(RawValue.of(List.of()));
            assertThat(open.properties()).isEqualTo(RawValue.of(Map.of()));
            assertThat(open.unknown()).containsExactly(RawValue.of("from a later version"));
        }

        @Test
        void defaultsStandForFieldsLeftOut() {
            ScriptedPeer peer = ScriptedPeer.opened();
            Open open = Objects.requireNonNull(peer.app.remoteOpen);
            assertThat(open.maxFrameSize()).isEqualTo(0xffff_ffffL);
            assertThat(open.channelMax()).isEqualTo(65_535);
            assertThat(open.idleTimeOutMs()).isZero();
            assertThat(open.properties()).isNull();
        }

        @Test
        void anOpenWithoutContainerIdIsMalformed() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN));
            peer.expectHeader(Frame.AMQP);
            assertThat(peer.expect(Descriptors.OPEN).field(0)).isEqualTo("");
            peer.expectClose("amqp:connection:framing-error malformed frame (mandatory field container-id is missing)");
        }

        @Test
        void aFieldOfTheWrongTypeIsMalformed() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, new UnsignedLong(1)));
            peer.expectHeader(Frame.AMQP);
            peer.expect(Descriptors.OPEN);
            peer.expectClose("amqp:connection:framing-error malformed frame (type 0x53 where string belongs)");
        }

        @Test
        void framesBeforeTheOpenAreAFramingError() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(Frame.AMQP, amqp(0, Descriptors.BEGIN, null, uint(0), uint(10), uint(10)));
            peer.expectHeader(Frame.AMQP);
            assertThat(peer.expect(Descriptors.OPEN).field(0)).isEqualTo("");
            peer.expectClose("amqp:connection:framing-error frame 0x11 before OPEN");
        }

        @Test
        void aSecondOpenIsIgnored() {
            ScriptedPeer peer = ScriptedPeer.opened();
            peer.send(amqp(0, Descriptors.OPEN, "again"));
            peer.expectNothing();
            assertThat(peer.app.heard()).isEmpty();
            peer.begin(0, 1);
        }

        @Test
        void aMaxFrameSizeBelow512IsRefused() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "peer", null, uint(511)));
            peer.expectHeader(Frame.AMQP);
            peer.expect(Descriptors.OPEN);
            peer.expectClose("amqp:invalid-field max-frame-size 511 is below 512");
        }

        @Test
        void anOpenLargerThanThePeerTakesClosesInstead() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.app.answer = Open.local("r".repeat(600), null, null, null, null);
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "peer", null, uint(512)));
            peer.expectHeader(Frame.AMQP);
            assertThat(peer.expect(Descriptors.OPEN).field(0)).isEqualTo("");
            peer.expectClose("amqp:frame-size-too-small our open is larger than max-frame-size 512");
        }

        @Test
        void anApplicationThatDoesNotAnswerIsABug() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.app.answerOpen = false;
            assertThatThrownBy(() -> peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "peer")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("did not answer OPEN");
        }

        @Test
        void openBeforeTheHeaderOrTwiceIsABug() {
            ScriptedPeer peer = ScriptedPeer.client();
            assertThatThrownBy(() -> peer.engine.open(peer.app.answer)).isInstanceOf(IllegalStateException.class);
            ScriptedPeer opened = ScriptedPeer.opened();
            assertThatThrownBy(() -> opened.engine.open(peer.app.answer)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> peer.engine.begin()).isInstanceOf(IllegalStateException.class);
        }
    }

    @Nested
    @DisplayName("2.4.3 and 2.7.9 close")
    class Close {
        @Test
        @DisplayName("CON-13: a close is answered, links and sessions hear of it first")
        void thePeersCloseIsAnswered() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.attachSender("a", 0);
            peer.send(ScriptedPeer.attach("asked", 1, true));
            peer.all();
            peer.app.heard();
            peer.app.answerAttach = false;
            peer.send(ScriptedPeer.attach("late", 2, true));
            peer.app.heard();
            peer.send(amqp(0, Descriptors.CLOSE, Frame.error("amqp:internal-error", "bye")));
            assertThat(peer.expect(Descriptors.CLOSE).errorText(0)).isEqualTo("none");
            assertThat(peer.wire.closing).isTrue();
            String why = " CONNECTION_CLOSED amqp:internal-error bye";
            assertThat(peer.app.heard())
                    .containsExactly(
                            "detached incoming a" + why,
                            "detached outgoing asked" + why,
                            "withdrawn late" + why,
                            "ended 0" + why,
                            "closed" + why);
            peer.disconnect();
            assertThat(peer.app.heard()).as("told once").isEmpty();
        }

        @Test
        void ourCloseWaitsForThePeers() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.attachSender("a", 0);
            peer.engine.close(ErrorCondition.CONNECTION_FORCED.error("go"));
            assertThat(peer.app.heard()).as("not from within the command").isEmpty();
            assertThat(peer.expect(Descriptors.CLOSE).errorText(0)).isEqualTo("amqp:connection:forced go");
            assertThat(peer.app.heard())
                    .containsExactly(
                            "detached incoming a LOCAL amqp:connection:forced go",
                            "ended 0 LOCAL amqp:connection:forced go",
                            "closed LOCAL amqp:connection:forced go");
            assertThat(peer.wire.closing).isFalse();
            peer.send(ScriptedPeer.transfer(0, 0, true, "late"), amqp(0, Descriptors.CLOSE));
            assertThat(peer.wire.closing).isTrue();
            peer.expectNothing();
            peer.engine.close(null);
            peer.expectNothing();
            assertThat(peer.app.heard()).isEmpty();
            peer.disconnect();
        }

        @Test
        void ourCloseWaitsFiveSecondsAtMost() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.engine.tick(0);
            peer.engine.close(null);
            assertThat(peer.wire.tickAt).as("as soon as possible").isEqualTo(0);
            peer.engine.tick(seconds(100));
            assertThat(peer.wire.tickAt).isEqualTo(seconds(105));
            peer.engine.tick(seconds(105) - 1);
            assertThat(peer.wire.dropped).isFalse();
            peer.engine.tick(seconds(105));
            assertThat(peer.wire.dropped).isTrue();
            peer.disconnect();
        }

        @Test
        @DisplayName("POL-05: a connection is refused by open and close")
        void anOpenIsRefusedByOpenAndClose() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.app.refuseOpen = ErrorCondition.RESOURCE_LIMIT_EXCEEDED.error("connection disallowed by local policy");
            peer.send(
                    Frame.AMQP,
                    amqp(0, Descriptors.OPEN, "peer"),
                    amqp(0, Descriptors.BEGIN, null, uint(0), uint(1), uint(1)));
            peer.expectHeader(Frame.AMQP);
            assertThat(peer.expect(Descriptors.OPEN).field(0)).isEqualTo("router");
            assertThat(peer.expect(Descriptors.CLOSE).errorText(0))
                    .isEqualTo("amqp:resource-limit-exceeded connection disallowed by local policy");
            peer.expectNothing();
            assertThat(peer.app.heard())
                    .containsExactly(
                            "open peer",
                            "closed LOCAL amqp:resource-limit-exceeded connection disallowed by local policy");
            peer.disconnect();
        }

        @Test
        void droppingSaysNothing() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.attachSender("a", 0).issueCredit(5);
            IncomingLink link = peer.app.in("a");
            peer.engine.drop();
            link.issueCredit(1);
            peer.expectNothing();
            peer.engine.transportClosed();
            assertThat(peer.wire.dropped).isTrue();
            assertThat(peer.app.heard()).containsExactly("detached incoming a LOCAL", "ended 0 LOCAL", "closed LOCAL");
            assertThat(peer.wire.held()).isZero();
        }

        @Test
        void nothingIsWrittenBehindTheClose() {
            ScriptedPeer peer = ScriptedPeer.begun();
            IncomingLink in = peer.attachSender("in", 0);
            OutgoingLink out = peer.attachReceiver("out", 1);
            peer.send(ScriptedPeer.credit(1, 0, 10), amqp(0, Descriptors.CLOSE));
            peer.expect(Descriptors.CLOSE);
            in.issueCredit(1);
            in.dispose(0, DeliveryState.ACCEPTED, true);
            in.detach(true, null);
            out.drained();
            out.detach(true, null);
            peer.app.sessions.get(0).end(null);
            peer.engine.close(null);
            peer.engine.shutdown();
            peer.engine.tick(0);
            peer.engine.flush();
            assertThat(out.sendable()).isFalse();
            peer.expectNothing();
            peer.disconnect();
        }

        @Test
        void aLostSocketIsTold() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.attachReceiver("a", 0);
            peer.disconnect();
            assertThat(peer.app.heard())
                    .containsExactly(
                            "detached outgoing a CONNECTION_LOST", "ended 0 CONNECTION_LOST", "closed CONNECTION_LOST");
            peer.engine.receive(peer.wire.buffer(Frame.empty()));
            peer.engine.transportClosed();
            assertThat(peer.app.heard()).isEmpty();
        }

        @Test
        void shutdownSaysCloseAndDoesNotWait() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.engine.shutdown();
            peer.expectClose("amqp:connection:forced router is shutting down");
            assertThat(peer.app.heard()).last().asString().startsWith("closed LOCAL amqp:connection:forced");
            peer.engine.shutdown();
            peer.disconnect();
        }

        @Test
        void shutdownBeforeTheOpenOnlyHangsUp() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.engine.shutdown();
            peer.expectNothing();
            assertThat(peer.wire.closing).isTrue();
            assertThat(peer.app.heard()).containsExactly("closed LOCAL");
        }

        @Test
        void anErrorLongerThanThePeerTakesIsCut() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "peer", null, uint(512)));
            peer.all();
            RawValue info = RawValue.of(Map.of("k", "v".repeat(1_000)));
            peer.engine.close(new AmqpError(new Symbol("a:b"), "\u20ac".repeat(600), info));
            assertThat(peer.expect(Descriptors.CLOSE).errorText(0)).isEqualTo("a:b " + "\u20ac".repeat(100));
        }

        @Test
        void nothingIsHeardBehindAViolation() {
            ScriptedPeer peer = ScriptedPeer.begun();
            peer.send(amqp(0, 0x19), amqp(1, Descriptors.BEGIN, null, uint(0), uint(1), uint(1)));
            peer.expect(Descriptors.CLOSE);
            assertThat(peer.app.heard()).noneMatch(event -> event.startsWith("session"));
            peer.send(amqp(0, Descriptors.CLOSE));
            peer.expectNothing();
            peer.disconnect();
        }
    }

    @Nested
    @DisplayName("2.4.5 idle time-outs")
    class Idle {
        @Test
        @DisplayName("CON-08: a silent peer is closed after idleTimeoutSeconds, and an eighth more at most")
        void aSilentPeerIsClosed() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.engine.tick(seconds(1));
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "peer"));
            peer.all();
            long heardAt = seconds(1);
            long now = heardAt;
            while (!peer.wire.closing) {
                assertThat(peer.wire.tickAt).isGreaterThan(now).isLessThanOrEqualTo(now + seconds(2));
                now = peer.wire.tickAt;
                peer.engine.tick(now);
            }
            assertThat(now - heardAt).isBetween(seconds(16), seconds(18));
            peer.expectClose("amqp:resource-limit-exceeded local-idle-timeout expired");
            assertThat(peer.app.heard()).last().asString().startsWith("closed VIOLATION amqp:resource-limit-exceeded");
        }

        @Test
        void emptyFramesKeepTheConnection() {
            ScriptedPeer peer = ScriptedPeer.opened();
            for (int now = 0; now < 1_000; now += 15) {
                peer.engine.tick(seconds(now));
                peer.send(Frame.empty());
            }
            assertThat(peer.wire.closing).isFalse();
        }

        @Test
        void zeroSwitchesItOff() {
            ScriptedPeer peer = ScriptedPeer.client(AmqpSettings.DEFAULT.withIdleTimeoutMs(0));
            peer.engine.tick(0);
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "peer"));
            peer.expectHeader(Frame.AMQP);
            assertThat(peer.expect(Descriptors.OPEN).field(4)).isNull();
            assertThat(peer.wire.tickAt).as("no tick asked for").isEqualTo(-1);
            peer.engine.tick(seconds(1_000_000));
            assertThat(peer.wire.closing).isFalse();
        }

        @Test
        void emptyFramesAreSentBeforeThePeersTimeOutIsOver() {
            ScriptedPeer peer = ScriptedPeer.client(AmqpSettings.DEFAULT.withIdleTimeoutMs(0));
            peer.engine.tick(0);
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "peer", null, null, null, uint(3_000)));
            peer.all();
            long saidAt = 0;
            long now = 0;
            for (int ticks = 0; ticks < 50; ticks++) {
                assertThat(peer.wire.tickAt).isGreaterThanOrEqualTo(now);
                now = peer.wire.tickAt;
                peer.engine.tick(now);
                List<Frame> frames = peer.all();
                assertThat(now - saidAt).isLessThan(seconds(3));
                if (!frames.isEmpty()) {
                    assertThat(frames)
                            .singleElement()
                            .extracting(Frame::descriptor)
                            .isEqualTo(Frame.EMPTY);
                    saidAt = now;
                }
            }
            assertThat(saidAt).isGreaterThan(seconds(20));
        }

        @Test
        void framesOfOursSpareEmptyOnes() {
            ScriptedPeer peer = ScriptedPeer.client(AmqpSettings.DEFAULT.withIdleTimeoutMs(0));
            peer.engine.tick(0);
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "peer", null, null, null, uint(3_000)));
            peer.all();
            peer.begin(0, 10);
            IncomingLink link = peer.attachSender("l", 0);
            peer.all();
            for (int now = 1; now < 10; now++) {
                link.issueCredit(1);
                peer.expect(Descriptors.FLOW);
                peer.engine.tick(seconds(now));
                peer.expectNothing();
            }
        }

        @Test
        void aTimeOutTooShortToBeKeptIsRefused() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "peer", null, null, null, uint(49)));
            peer.expectHeader(Frame.AMQP);
            peer.expect(Descriptors.OPEN);
            peer.expectClose("amqp:invalid-field idle-time-out of 49 ms, the shortest that can be kept is 50");
            ScriptedPeer atTheLimit = ScriptedPeer.client();
            atTheLimit.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "peer", null, null, null, uint(50)));
            assertThat(atTheLimit.wire.closing).isFalse();
        }

        @Test
        @DisplayName("CON-09: no open within the handshake time-out closes")
        void aLateHandshakeIsClosed() {
            ScriptedPeer peer = ScriptedPeer.client(
                    AmqpSettings.DEFAULT.withHandshakeTimeoutMs(2_000).withIdleTimeoutMs(0));
            peer.engine.tick(seconds(5));
            assertThat(peer.wire.tickAt).isEqualTo(seconds(7));
            peer.send(Frame.AMQP);
            peer.engine.tick(seconds(7) - 1);
            assertThat(peer.wire.closing).isFalse();
            peer.engine.tick(seconds(7));
            peer.expectHeader(Frame.AMQP);
            peer.expect(Descriptors.OPEN);
            peer.expectClose("amqp:not-allowed Timeout waiting for initial handshake");
        }

        @Test
        void anOpenInTimeEndsTheHandshakeTimeOut() {
            ScriptedPeer peer = ScriptedPeer.client(
                    AmqpSettings.DEFAULT.withHandshakeTimeoutMs(2_000).withIdleTimeoutMs(0));
            peer.engine.tick(0);
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "peer"));
            peer.engine.tick(seconds(100));
            assertThat(peer.wire.closing).isFalse();
        }
    }

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
