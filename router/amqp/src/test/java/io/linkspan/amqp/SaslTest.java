// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import static io.linkspan.amqp.Frame.amqp;
import static io.linkspan.amqp.Frame.sasl;
import static io.linkspan.amqp.Frame.symbol;
import static io.linkspan.amqp.Frame.ubyte;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.AmqpArray;
import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Symbol;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("AMQP 1.0 part 5, 5.3: SASL")
class SaslTest {
    private static final AmqpSettings REQUIRED = AmqpSettings.DEFAULT.withRequireSasl(true);

    /** Answers what a test lays out, and writes down what it is asked. */
    private static final class ScriptedServer implements SaslServer {
        final Deque<SaslStep> steps = new ArrayDeque<>();
        final List<String> asked = new ArrayList<>();

        ScriptedServer(SaslStep... steps) {
            this.steps.addAll(Arrays.asList(steps));
        }

        @Override
        public List<Symbol> mechanisms() {
            return List.of(symbol("SCRAM-SHA-256"), symbol("PLAIN"));
        }

        @Override
        public SaslStep init(Symbol mechanism, byte @Nullable [] initialResponse, @Nullable String hostname) {
            asked.add(mechanism + " " + (initialResponse == null ? null : text(initialResponse)) + " " + hostname);
            return steps.remove();
        }

        @Override
        public SaslStep response(byte[] response) {
            asked.add(text(response));
            return steps.remove();
        }
    }

    @Nested
    @DisplayName("as server")
    class Server {
        @Test
        void anonymousIsAccepted() {
            ScriptedPeer peer = ScriptedPeer.client(REQUIRED);
            peer.send(Frame.SASL);
            peer.expectHeader(Frame.SASL);
            Frame mechanisms = peer.expect(Descriptors.SASL_MECHANISMS);
            assertThat(mechanisms.type()).isEqualTo(1);
            assertThat(mechanisms.field(0)).isEqualTo(AmqpArray.ofSymbols(List.of(symbol("ANONYMOUS"))));
            peer.send(sasl(Descriptors.SASL_INIT, symbol("ANONYMOUS"), new Binary(bytes("me@host")), "host"));
            assertThat(peer.expect(Descriptors.SASL_OUTCOME).fields()).containsExactly(ubyte(0));
            peer.expectNothing();
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "peer"));
            peer.expectHeader(Frame.AMQP);
            peer.expect(Descriptors.OPEN);
            peer.disconnect();
        }

        @Test
        void allOfItMayComeAtOnceOrOctetByOctet() {
            for (boolean octets : new boolean[] {false, true}) {
                ScriptedPeer peer = ScriptedPeer.client(REQUIRED);
                byte[] all = Frame.join(
                        Frame.SASL,
                        sasl(Descriptors.SASL_INIT, symbol("ANONYMOUS")),
                        Frame.AMQP,
                        amqp(0, Descriptors.OPEN, "peer"));
                if (octets) {
                    peer.sendOctets(all);
                } else {
                    peer.send(all);
                }
                peer.expectHeader(Frame.SASL);
                peer.expect(Descriptors.SASL_MECHANISMS);
                peer.expect(Descriptors.SASL_OUTCOME);
                peer.expectHeader(Frame.AMQP);
                peer.expect(Descriptors.OPEN);
                peer.disconnect();
            }
        }

        @Test
        @DisplayName("SAS-04: without authenticatePeer the bare header is accepted")
        void theBareHeaderIsAcceptedWhenSaslIsNotRequired() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(Frame.AMQP);
            peer.expectHeader(Frame.AMQP);
        }

        @Test
        @DisplayName("SAS-05, 08/11: with authenticatePeer it is hung up on without a word")
        void theBareHeaderIsHungUpOnWhenSaslIsRequired() {
            ScriptedPeer peer = ScriptedPeer.client(REQUIRED);
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "peer"));
            peer.expectNothing();
            assertThat(peer.wire.closing).isTrue();
            assertThat(peer.app.heard())
                    .containsExactly("closed VIOLATION amqp:not-allowed peer began with AMQP where SASL is required");
            peer.disconnect();
        }

        @Test
        void challengesGoBackAndForth() {
            ScriptedServer server = new ScriptedServer(
                    new SaslStep.Challenge(bytes("c1")),
                    new SaslStep.Challenge(bytes("c2")),
                    new SaslStep.Outcome(SaslStep.Outcome.CODE_OK, bytes("final")));
            ScriptedPeer peer = ScriptedPeer.client(REQUIRED, server);
            peer.send(
                    Frame.SASL, sasl(Descriptors.SASL_INIT, symbol("SCRAM-SHA-256"), new Binary(bytes("r0")), "host"));
            peer.expectHeader(Frame.SASL);
            assertThat(peer.expect(Descriptors.SASL_MECHANISMS).field(0))
                    .isEqualTo(AmqpArray.ofSymbols(server.mechanisms()));
            assertThat(peer.expect(Descriptors.SASL_CHALLENGE).field(0)).isEqualTo(new Binary(bytes("c1")));
            peer.send(sasl(Descriptors.SASL_RESPONSE, new Binary(bytes("r1"))));
            assertThat(peer.expect(Descriptors.SASL_CHALLENGE).field(0)).isEqualTo(new Binary(bytes("c2")));
            peer.send(sasl(Descriptors.SASL_RESPONSE, new Binary(bytes("r2"))));
            assertThat(peer.expect(Descriptors.SASL_OUTCOME).fields())
                    .containsExactly(ubyte(0), new Binary(bytes("final")));
            assertThat(server.asked).containsExactly("SCRAM-SHA-256 r0 host", "r1", "r2");
            peer.send(Frame.AMQP);
            peer.expectHeader(Frame.AMQP);
        }

        @Test
        @DisplayName("08/08, 08/09: a failure is outcome 1, then the socket closes")
        void aFailureIsOutcomeAndEnd() {
            ScriptedPeer peer = ScriptedPeer.client(REQUIRED, new ScriptedServer(SaslStep.FAILED));
            peer.send(Frame.SASL, sasl(Descriptors.SASL_INIT, symbol("PLAIN"), new Binary(bytes("\0bob\0wrong"))));
            peer.expectHeader(Frame.SASL);
            peer.expect(Descriptors.SASL_MECHANISMS);
            assertThat(peer.expect(Descriptors.SASL_OUTCOME).fields()).containsExactly(ubyte(1));
            assertThat(peer.wire.closing).isTrue();
            assertThat(peer.app.heard())
                    .containsExactly("closed VIOLATION amqp:unauthorized-access SASL authentication failed");
            peer.send(Frame.AMQP);
            peer.expectNothing();
        }

        @Test
        @DisplayName("08/10: a mechanism that was not offered fails")
        void aMechanismThatWasNotOfferedFails() {
            ScriptedServer server = new ScriptedServer();
            ScriptedPeer peer = ScriptedPeer.client(REQUIRED, server);
            peer.send(Frame.SASL, sasl(Descriptors.SASL_INIT, symbol("ANONYMOUS")));
            peer.expectHeader(Frame.SASL);
            peer.expect(Descriptors.SASL_MECHANISMS);
            assertThat(peer.expect(Descriptors.SASL_OUTCOME).fields()).containsExactly(ubyte(1));
            assertThat(server.asked).isEmpty();
        }

        @Test
        void anAnswerMayComeLater() {
            ScriptedPeer peer = ScriptedPeer.client(REQUIRED, new ScriptedServer(SaslStep.LATER));
            peer.send(Frame.SASL, sasl(Descriptors.SASL_INIT, symbol("PLAIN")));
            peer.expectHeader(Frame.SASL);
            peer.expect(Descriptors.SASL_MECHANISMS);
            peer.expectNothing();
            peer.engine.continueSasl(SaslStep.OK);
            assertThat(peer.expect(Descriptors.SASL_OUTCOME).fields()).containsExactly(ubyte(0));
            peer.engine.continueSasl(SaslStep.FAILED);
            peer.expectNothing();
            peer.send(Frame.AMQP);
            peer.expectHeader(Frame.AMQP);
        }

        @Test
        void aClientThatTalksWhileTheAnswerIsDueIsHungUpOn() {
            ScriptedPeer peer = ScriptedPeer.client(REQUIRED, new ScriptedServer(SaslStep.LATER));
            peer.send(
                    Frame.SASL,
                    sasl(Descriptors.SASL_INIT, symbol("PLAIN")),
                    sasl(Descriptors.SASL_RESPONSE, new Binary(new byte[0])));
            peer.all();
            assertThat(peer.wire.closing).isTrue();
            peer.engine.continueSasl(SaslStep.OK);
            peer.expectNothing();
        }

        @Test
        void wrongFramesInTheSaslLayerAreHungUpOn() {
            byte[][] wrong = {
                sasl(Descriptors.SASL_RESPONSE, new Binary(new byte[0])),
                sasl(Descriptors.SASL_OUTCOME, ubyte(0)),
                sasl(Descriptors.SASL_INIT),
                sasl(Descriptors.SASL_INIT, "PLAIN"),
                amqp(0, Descriptors.OPEN, "peer"),
                {0, 0, 0, 4},
                Frame.AMQP,
                sasl(0x99)
            };
            for (byte[] frame : wrong) {
                ScriptedPeer peer = ScriptedPeer.client(REQUIRED, new ScriptedServer());
                peer.send(Frame.SASL, frame);
                peer.expectHeader(Frame.SASL);
                peer.expect(Descriptors.SASL_MECHANISMS);
                peer.expectNothing();
                assertThat(peer.wire.closing).isTrue();
                peer.disconnect();
            }
        }

        @Test
        void saslTwiceIsUnknown() {
            ScriptedPeer peer = ScriptedPeer.client();
            peer.send(Frame.SASL, sasl(Descriptors.SASL_INIT, symbol("ANONYMOUS")), Frame.SASL);
            peer.expectHeader(Frame.SASL);
            peer.expect(Descriptors.SASL_MECHANISMS);
            peer.expect(Descriptors.SASL_OUTCOME);
            peer.expectHeader(Frame.AMQP);
            peer.expect(Descriptors.OPEN);
            assertThat(peer.expect(Descriptors.CLOSE).errorText(0)).contains("Unknown protocol detected");
        }
    }

    @Nested
    @DisplayName("as client")
    class Client {
        @Test
        void anonymousSendsItsTrace() {
            ScriptedPeer peer = client(SaslClient.anonymous("anonymous@host"));
            peer.expectHeader(Frame.SASL);
            peer.expectNothing();
            peer.send(Frame.SASL, mechanisms("PLAIN", "ANONYMOUS"));
            assertThat(peer.expect(Descriptors.SASL_INIT).fields())
                    .containsExactly(symbol("ANONYMOUS"), new Binary(bytes("anonymous@host")));
            peer.send(sasl(Descriptors.SASL_OUTCOME, ubyte(0)));
            peer.expectHeader(Frame.AMQP);
            assertThat(peer.expect(Descriptors.OPEN).field(0)).isEqualTo("me");
            peer.send(Frame.AMQP, amqp(0, Descriptors.OPEN, "server"));
            assertThat(peer.app.heard()).containsExactly("open server");
            peer.expectNothing();
            peer.disconnect();
        }

        @Test
        void plainSendsNameAndPassword() {
            ScriptedPeer peer = client(SaslClient.plain("bob", "secret"));
            peer.expectHeader(Frame.SASL);
            peer.send(Frame.SASL, sasl(Descriptors.SASL_MECHANISMS, symbol("PLAIN")));
            assertThat(peer.expect(Descriptors.SASL_INIT).fields())
                    .containsExactly(symbol("PLAIN"), new Binary(bytes("\0bob\0secret")));
        }

        @Test
        @DisplayName("SAS-06: a connector authenticates by name where that is taken and allowed, otherwise as nobody")
        void theMechanismIsChosenOfWhatIsOfferedAndAllowed() {
            assertThat(chosen(List.of(), "bob", "PLAIN", "ANONYMOUS")).isEqualTo("PLAIN");
            assertThat(chosen(List.of(), "bob", "ANONYMOUS", "GSSAPI")).isEqualTo("ANONYMOUS");
            assertThat(chosen(List.of("PLAIN"), "bob", "ANONYMOUS")).isEqualTo("none");
            assertThat(chosen(List.of("ANONYMOUS"), "bob", "ANONYMOUS", "PLAIN"))
                    .isEqualTo("ANONYMOUS");
            assertThat(chosen(List.of(), null, "PLAIN", "ANONYMOUS")).isEqualTo("ANONYMOUS");
            assertThat(chosen(List.of(), null, "PLAIN")).isEqualTo("none");
            SaslClient named = SaslClient.of(List.of(), "bob", "secret", "trace");
            named.choose(List.of(SaslClient.PLAIN));
            assertThat(named.initialResponse()).isEqualTo(bytes("\0bob\0secret"));
            named.choose(List.of(SaslClient.ANONYMOUS));
            assertThat(named.initialResponse()).isEqualTo(bytes("trace"));
            assertThat(named.respond(bytes("what"))).isNull();
        }

        private String chosen(List<String> allowed, @Nullable String user, String... offered) {
            Symbol mechanism = SaslClient.of(allowed, user, user == null ? null : "secret", "")
                    .choose(Stream.of(offered).map(Symbol::new).toList());
            return mechanism == null ? "none" : mechanism.toString();
        }

        @Test
        void aFailureEndsTheConnection() {
            ScriptedPeer peer = client(SaslClient.plain("bob", "wrong"));
            peer.send(Frame.SASL, mechanisms("PLAIN"), sasl(Descriptors.SASL_OUTCOME, ubyte(1)));
            assertThat(peer.wire.closing).isTrue();
            assertThat(peer.app.heard())
                    .containsExactly("closed VIOLATION amqp:unauthorized-access SASL authentication failed");
            peer.disconnect();
        }

        @Test
        void noMechanismThatWillDoEndsTheConnection() {
            ScriptedPeer peer = client(SaslClient.anonymous(""));
            peer.send(Frame.SASL, mechanisms("GSSAPI"));
            assertThat(peer.wire.closing).isTrue();
        }

        @Test
        void challengesAreAnswered() {
            SaslClient echo = new SaslClient() {
                @Override
                public Symbol choose(List<Symbol> offered) {
                    return offered.get(0);
                }

                @Override
                public byte @Nullable [] initialResponse() {
                    return null;
                }

                @Override
                public byte @Nullable [] respond(byte[] challenge) {
                    return challenge.length == 0 ? null : challenge;
                }
            };
            ScriptedPeer peer = client(echo);
            peer.send(Frame.SASL, mechanisms("X"), sasl(Descriptors.SASL_CHALLENGE, new Binary(bytes("c"))));
            peer.expectHeader(Frame.SASL);
            assertThat(peer.expect(Descriptors.SASL_INIT).fields()).containsExactly(symbol("X"));
            assertThat(peer.expect(Descriptors.SASL_RESPONSE).field(0)).isEqualTo(new Binary(bytes("c")));
            peer.send(sasl(Descriptors.SASL_CHALLENGE, new Binary(new byte[0])));
            assertThat(peer.wire.closing).as("given up").isTrue();
        }

        @Test
        void aServerWithoutSaslEndsTheConnection() {
            ScriptedPeer peer = client(SaslClient.anonymous(""));
            peer.send(Frame.AMQP);
            peer.expectHeader(Frame.SASL);
            peer.expectNothing();
            assertThat(peer.wire.closing).isTrue();
            assertThat(peer.app.heard()).singleElement().asString().contains("Unknown protocol detected");
        }

        @Test
        void anOutcomeBeforeItsTimeIsHungUpOn() {
            ScriptedPeer peer = client(SaslClient.anonymous(""));
            peer.send(Frame.SASL, sasl(Descriptors.SASL_OUTCOME, ubyte(0)));
            assertThat(peer.wire.closing).isTrue();
        }

        private ScriptedPeer client(SaslClient sasl) {
            ScriptedPeer peer = ScriptedPeer.server(AmqpSettings.DEFAULT, sasl);
            peer.engine.connect(Open.local("me", null, null, null, null));
            return peer;
        }

        private byte[] mechanisms(String... names) {
            return sasl(
                    Descriptors.SASL_MECHANISMS,
                    AmqpArray.ofSymbols(Arrays.stream(names).map(Frame::symbol).toList()));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
