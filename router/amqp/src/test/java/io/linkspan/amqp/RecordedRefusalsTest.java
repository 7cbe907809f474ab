// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Symbol;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the original refuses, ours refuses in the same words; the exceptions say why. */
@DisplayName("recorded refusals of qdrouterd 1.19 (scenario 08)")
class RecordedRefusalsTest {

    /** Knows bob@test with the password secret, by PLAIN alone. */
    private static final class PlainServer implements SaslServer {
        @Override
        public List<Symbol> mechanisms() {
            return List.of(SaslClient.PLAIN);
        }

        @Override
        public SaslStep init(Symbol mechanism, byte @Nullable [] initialResponse, @Nullable String hostname) {
            String response = initialResponse == null ? "" : new String(initialResponse, StandardCharsets.UTF_8);
            return response.equals("\0bob@test\0secret") ? SaslStep.OK : SaslStep.FAILED;
        }

        @Override
        public SaslStep response(byte[] response) {
            return SaslStep.FAILED;
        }
    }

    private static final AmqpSettings AUTHENTICATING = AmqpSettings.DEFAULT.withRequireSasl(true);

    @Test
    @DisplayName("08: wrong password")
    void wrongPassword() {
        Replay replay = play("08-sasl-plain-wrong-password", AUTHENTICATING, new PlainServer());
        assertThat(replay.ours).isEqualTo(replay.recorded);
        assertThat(replay.peer.wire.closing).isTrue();
    }

    @Test
    @DisplayName("09: unknown user")
    void unknownUser() {
        Replay replay = play("09-sasl-plain-unknown-user", AUTHENTICATING, new PlainServer());
        assertThat(replay.ours).isEqualTo(replay.recorded);
        assertThat(replay.peer.wire.closing).isTrue();
    }

    @Test
    @DisplayName("10: a client that finds no mechanism hangs up by itself")
    void mechanismNotOffered() {
        Replay replay = play("10-sasl-mechanism-not-offered", AUTHENTICATING, new PlainServer());
        assertThat(replay.ours).isEqualTo(replay.recorded);
        assertThat(replay.peer.wire.closing).isFalse();
    }

    @Test
    @DisplayName("11: no SASL layer on an authenticating listener")
    void noSaslLayer() {
        Replay replay = play("11-no-sasl-layer-on-authenticating-listener", AUTHENTICATING, new PlainServer());
        assertThat(replay.ours).isEqualTo(replay.recorded).isEmpty();
        assertThat(replay.peer.wire.closing).isTrue();
    }

    @Test
    @DisplayName("12, 14: headers of another version")
    void headersOfAnotherVersion() {
        for (String name : List.of("12-header-wrong-version", "14-sasl-header-wrong-version")) {
            Replay replay = play(name, AmqpSettings.DEFAULT, SaslServer.anonymous());
            assertThat(replay.ours).isEqualTo(replay.recorded).hasSize(3);
            assertThat(replay.peer.wire.closing).isTrue();
        }
    }

    @Test
    @DisplayName("13: a TLS header where there is no TLS")
    void tlsHeader() {
        Replay replay = play("13-header-tls-on-plain-listener", AmqpSettings.DEFAULT, SaslServer.anonymous());
        assertThat(replay.ours).isEqualTo(replay.recorded).isEmpty();
        assertThat(replay.peer.wire.closing).isTrue();
    }

    @Test
    @DisplayName("15: an open without SASL is no refusal")
    void openWithoutSasl() {
        Replay replay = play("15-open-without-sasl", AmqpSettings.DEFAULT, SaslServer.anonymous());
        assertThat(replay.ours).isEqualTo(replay.recorded);
        assertThat(replay.peer.wire.closing).isFalse();
    }

    @Test
    @DisplayName("16: a frame on a channel that was not begun; our open went before we saw it, so it has our name")
    void attachWithoutSession() {
        Replay replay = play("16-attach-on-a-session-that-was-not-begun", AmqpSettings.DEFAULT, SaslServer.anonymous());
        assertThat(replay.ours).hasSize(3);
        assertThat(replay.ours.get(0)).isEqualTo(replay.recorded.get(0));
        assertThat(replay.recorded.get(1)).isEqualTo("open []");
        assertThat(replay.ours.get(2)).isEqualTo(replay.recorded.get(2)).contains("no such channel: 5");
    }

    @Test
    @DisplayName("17: a second open is ignored")
    void secondOpen() {
        Replay replay = play("17-second-open", AmqpSettings.DEFAULT, SaslServer.anonymous());
        assertThat(replay.ours).isEqualTo(replay.recorded);
        assertThat(replay.peer.wire.closing).isFalse();
    }

    @Test
    @DisplayName("18: a malformed frame; ours says what is wrong with it, and our open went before we saw it")
    void malformedFrame() {
        Replay replay = play("18-frame-larger-than-max-frame-size", AmqpSettings.DEFAULT, SaslServer.anonymous());
        assertThat(replay.recorded.get(2))
                .isEqualTo("24 0/[29 [amqp:connection:framing-error, malformed frame (malformed frame)]]");
        assertThat(replay.ours.get(2))
                .isEqualTo(
                        "24 0/[29 [amqp:connection:framing-error, malformed frame (frame of 65536 octets, allowed are 8"
                                + " to 16384)]]");
        assertThat(replay.peer.wire.closing).isTrue();
    }

    @Test
    @DisplayName("32: a link name used twice steals the link instead of ending the connection (ANO-17, our decision)")
    void linkNameUsedTwice() {
        Replay replay = play("32-link-name-used-twice", AmqpSettings.DEFAULT, SaslServer.anonymous());
        assertThat(replay.recorded).last().asString().contains("link name already attached: same");
        int close = replay.recorded.size() - 1;
        assertThat(replay.ours.subList(0, close - 1)).isEqualTo(replay.recorded.subList(0, close - 1));
        assertThat(replay.ours.get(close)).contains("amqp:link:stolen");
        assertThat(replay.peer.wire.closing)
                .as("the client closed in answer to the refusal")
                .isTrue();
    }

    private record Replay(ScriptedPeer peer, List<String> ours, List<String> recorded) {}

    /** Plays the client's frames to an engine; gives our frames and the recorded ones, by meaning. */
    private static Replay play(String name, AmqpSettings settings, SaslServer sasl) {
        Capture capture = Capture.named("08-refusals/" + name);
        ScriptedPeer peer = ScriptedPeer.client(settings, sasl);
        peer.app.answer = openOf(Capture.named("08-refusals/15-open-without-sasl"));
        List<String> recorded = new ArrayList<>();
        for (Capture.Line line : capture.lines()) {
            if (line.dir().equals(capture.initiator())) {
                peer.send(line.bytes());
            } else {
                recorded.add(meaning(line.frame()));
            }
        }
        List<String> ours =
                peer.all().stream().map(RecordedRefusalsTest::meaning).toList();
        peer.disconnect();
        return new Replay(peer, ours, recorded);
    }

    private static Open openOf(Capture capture) {
        Capture.Line line = capture.lines().get(capture.lines().size() - 1);
        FieldReader fields = new FieldReader();
        fields.open(Unpooled.wrappedBuffer(line.bytes()), 8, line.bytes().length);
        return Open.read(fields);
    }

    /** Connection numbers differ, as they should. */
    private static String meaning(Frame frame) {
        return Mirror.brief(frame).replaceAll("qd.conn-id=[0-9]+", "qd.conn-id=N");
    }
}
