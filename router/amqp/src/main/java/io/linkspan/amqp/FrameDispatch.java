// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.MalformedException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames where they lie and hands them to the connection, or to the session of their channel. AMQP 1.0 part 2, 2.3
 * and 2.7. Confined to the connection's loop.
 */
final class FrameDispatch implements FrameParser.Units {
    private final AmqpEngine engine;
    private final FieldReader fields = new FieldReader();
    private final Transfer transfer = new Transfer();
    private @Nullable FrameTracer tracer;

    FrameDispatch(AmqpEngine engine) {
        this.engine = engine;
    }

    void tracer(@Nullable FrameTracer newTracer) {
        tracer = newTracer;
    }

    /** Lets go of the input. */
    void forget() {
        transfer.forget();
        fields.forget();
    }

    @Override
    public boolean listening() {
        return engine.isListening();
    }

    @Override
    public boolean expectsHeader() {
        return engine.expectsHeader();
    }

    @Override
    public void onUnit(ByteBuf bytes, int start, int length) {
        if (engine.expectsHeader()) {
            engine.onHeader(bytes.getLong(start));
        } else {
            onFrame(bytes, start, start + length);
        }
    }

    private void onFrame(ByteBuf bytes, int start, int end) {
        int header = bytes.getInt(start + 4);
        int dataOffset = (header >>> 24) * 4;
        int type = header >>> 16 & 0xff;
        int body = start + dataOffset;
        boolean sasl = engine.expectsSasl();
        if (dataOffset < FrameParser.UNIT_MIN || body > end) {
            throw new MalformedException("data offset " + dataOffset + " in a frame of " + (end - start) + " octets");
        }
        if (type != (sasl ? FrameWriter.TYPE_SASL : FrameWriter.TYPE_AMQP)) {
            throw new MalformedException("frame of type " + type);
        }
        int channel = sasl ? 0 : header & 0xffff;
        if (body == end) {
            if (tracer != null) {
                tracer.frame(false, sasl, channel, bytes, body, end, bytes, end, 0);
            }
            return; // Empty: the peer shows that it lives.
        }
        int descriptor = fields.open(bytes, body, end);
        if (tracer != null) {
            tracer.frame(false, sasl, channel, bytes, body, fields.end(), bytes, fields.end(), end - fields.end());
        }
        if (sasl) {
            engine.onSaslFrame(descriptor, fields);
        } else {
            onPerformative(descriptor, channel, bytes, end);
        }
    }

    private void onPerformative(int descriptor, int channel, ByteBuf bytes, int end) {
        if (engine.isCloseSent() && descriptor != Descriptors.CLOSE) {
            return;
        }
        if (!engine.isOpenHeard() && descriptor != Descriptors.OPEN) {
            engine.fail(
                    ErrorCondition.FRAMING_ERROR.error("frame 0x" + Integer.toHexString(descriptor) + " before OPEN"));
            return;
        }
        switch (descriptor) {
            case Descriptors.OPEN -> engine.onOpen(Open.read(fields));
            case Descriptors.BEGIN -> engine.sessions().onBegin(channel, Begin.read(fields));
            case Descriptors.CLOSE -> engine.onClose(lastError());
            case Descriptors.END -> engine.sessions().onEnd(channel, lastError());
            default -> onSessionFrame(descriptor, channel, bytes, end);
        }
    }

    private void onSessionFrame(int descriptor, int channel, ByteBuf bytes, int end) {
        AmqpSession session = engine.sessions().byRemoteChannel(channel);
        if (session == null) {
            engine.sessions().failUnknown(channel);
            return;
        }
        if (session.state() == AmqpSession.State.ENDING) {
            return; // We ended it; what the peer sent before it knew is dropped.
        }
        switch (descriptor) {
            case Descriptors.TRANSFER -> session.onTransfer(fields, transfer, bytes, end);
            case Descriptors.DISPOSITION -> session.onDisposition(fields, bytes);
            case Descriptors.FLOW -> session.onFlow(fields);
            case Descriptors.ATTACH -> session.links().onAttach(fields);
            case Descriptors.DETACH -> {
                int handle = fields.requiredUint("handle");
                boolean closed = fields.bool(false);
                session.links().onDetach(handle, closed, lastError());
            }
            default -> throw new MalformedException("unknown performative 0x" + Integer.toHexString(descriptor));
        }
    }

    private @Nullable AmqpError lastError() {
        AmqpError error = AmqpError.of(fields.raw());
        fields.finish();
        return error;
    }
}
