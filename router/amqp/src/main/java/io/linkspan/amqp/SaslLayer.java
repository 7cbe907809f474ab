// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.AmqpArray;
import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The SASL layer before AMQP proper, as server or as client. AMQP 1.0 part 5, 5.3. Confined to the connection's loop.
 */
final class SaslLayer {
    private enum State {
        START,
        /** Server: the mechanisms are sent. */
        OFFERED,
        /** Client: the choice is sent. Server: a challenge is out. */
        GOING,
        /** Server: the application answers later. */
        THINKING,
        DONE,
        FAILED
    }

    private final FrameWriter writer;
    private final @Nullable SaslServer server;
    private final @Nullable SaslClient client;
    private State state = State.START;
    private List<Symbol> offered = List.of();

    SaslLayer(FrameWriter writer, @Nullable SaslServer server, @Nullable SaslClient client) {
        this.writer = writer;
        this.server = server;
        this.client = client;
    }

    boolean isDone() {
        return state == State.DONE;
    }

    boolean isFailed() {
        return state == State.FAILED;
    }

    /** Server: says header and mechanisms. */
    void offer() {
        SaslServer to = Objects.requireNonNull(server);
        writer.header(ProtocolHeader.SASL);
        offered = to.mechanisms();
        Object mechanisms = AmqpArray.ofSymbols(offered);
        frame(Descriptors.SASL_MECHANISMS, List.of(mechanisms));
        state = State.OFFERED;
    }

    /** Takes a SASL frame; the reader stands at its first field. */
    void onFrame(int descriptor, FieldReader fields) {
        if (server != null) {
            onServerFrame(server, descriptor, fields);
        } else if (client != null) {
            onClientFrame(client, descriptor, fields);
        }
    }

    private void onServerFrame(SaslServer to, int descriptor, FieldReader fields) {
        if (descriptor == Descriptors.SASL_INIT && state == State.OFFERED) {
            Symbol mechanism = fields.symbol();
            if (mechanism == null) {
                throw new MalformedException("mandatory field mechanism is missing");
            }
            byte[] response = fields.binary();
            String hostname = fields.string();
            fields.finish();
            answer(offered.contains(mechanism) ? to.init(mechanism, response, hostname) : SaslStep.FAILED);
        } else if (descriptor == Descriptors.SASL_RESPONSE && state == State.GOING) {
            answer(to.response(requiredBinary(fields, "response")));
        } else {
            throw unexpected(descriptor);
        }
    }

    /** Server: passes the application's answer to the client. */
    void answer(SaslStep step) {
        if (step instanceof SaslStep.Challenge challenge) {
            frame(Descriptors.SASL_CHALLENGE, List.of(new Binary(challenge.octets())));
            state = State.GOING;
        } else if (step instanceof SaslStep.Outcome outcome) {
            List<Object> fields = new ArrayList<>(2);
            fields.add(new io.linkspan.amqp.codec.UnsignedByte(outcome.code()));
            byte[] additional = outcome.additional();
            if (additional != null) {
                fields.add(new Binary(additional));
            }
            frame(Descriptors.SASL_OUTCOME, fields);
            state = outcome.code() == SaslStep.Outcome.CODE_OK ? State.DONE : State.FAILED;
        } else {
            state = State.THINKING;
        }
    }

    /** Server: true when the answer is the application's to give. */
    boolean isThinking() {
        return state == State.THINKING;
    }

    private void onClientFrame(SaslClient to, int descriptor, FieldReader fields) {
        if (descriptor == Descriptors.SASL_MECHANISMS && state == State.START) {
            RawValue mechanisms = fields.raw();
            fields.finish();
            Symbol mechanism = mechanisms == null ? null : to.choose(Terminus.symbols(mechanisms));
            if (mechanism == null) {
                state = State.FAILED;
                return;
            }
            List<Object> init = new ArrayList<>(2);
            init.add(mechanism);
            byte[] response = to.initialResponse();
            if (response != null) {
                init.add(new Binary(response));
            }
            frame(Descriptors.SASL_INIT, init);
            state = State.GOING;
        } else if (descriptor == Descriptors.SASL_CHALLENGE && state == State.GOING) {
            byte[] response = to.respond(requiredBinary(fields, "challenge"));
            if (response == null) {
                state = State.FAILED;
            } else {
                frame(Descriptors.SASL_RESPONSE, List.of(new Binary(response)));
            }
        } else if (descriptor == Descriptors.SASL_OUTCOME && state == State.GOING) {
            int code = fields.ubyte(-1);
            fields.finish();
            state = code == SaslStep.Outcome.CODE_OK ? State.DONE : State.FAILED;
        } else {
            throw unexpected(descriptor);
        }
    }

    private void frame(int descriptor, List<Object> values) {
        boolean written = writer.frame(FrameWriter.TYPE_SASL, 0, descriptor, fields -> values.forEach(fields::value));
        if (!written) {
            state = State.FAILED;
        }
    }

    private static byte[] requiredBinary(FieldReader fields, String name) {
        byte[] octets = fields.binary();
        fields.finish();
        if (octets == null) {
            throw new MalformedException("mandatory field " + name + " is missing");
        }
        return octets;
    }

    private static MalformedException unexpected(int descriptor) {
        return new MalformedException("unexpected SASL frame 0x" + Integer.toHexString(descriptor));
    }
}
