// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.loop;

import io.linkspan.wire.Wire;
import io.linkspan.wire.WireEngine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * An engine that notes what happens to it, sends back what it receives at the next flush, and obeys a few words: {@code
 * bye...} closes in order, {@code drop} at once, {@code throw} and {@code overflow} fail, {@code flood N} writes N bytes.
 */
public final class ScriptedEngine implements WireEngine {
    private final Wire wire;
    /** What happened, in order. May be read from any thread. */
    public final List<String> events = Collections.synchronizedList(new ArrayList<>());

    private final StringBuilder echo = new StringBuilder();

    public ScriptedEngine(Wire wire) {
        this.wire = wire;
    }

    public Wire wire() {
        return wire;
    }

    @Override
    public void receive(ByteBuf in) {
        String text = in.toString(StandardCharsets.ISO_8859_1);
        events.add("receive " + text);
        if (text.startsWith("flood ")) {
            wire.write(wire.allocator().directBuffer().writeZero(Integer.parseInt(text.substring(6))));
            wire.requestFlush();
            return;
        }
        if (text.startsWith("bye")) {
            echo.append("goodbye");
            wire.closeAfterFlush();
            return;
        }
        switch (text) {
            case "throw" -> throw new IllegalStateException("asked to");
            case "overflow" -> overflow(0);
            case "drop" -> wire.drop();
            default -> {
                echo.append(text);
                wire.requestFlush();
            }
        }
    }

    private static int overflow(int depth) {
        return depth < 0 ? 0 : overflow(depth + 1) + 1;
    }

    @Override
    public void flush() {
        events.add("flush");
        if (echo.length() > 0) {
            wire.write(ByteBufUtil.encodeString(
                    wire.allocator(), java.nio.CharBuffer.wrap(echo), StandardCharsets.ISO_8859_1));
            echo.setLength(0);
        }
        wire.flushWritten();
    }

    @Override
    public void tick(long nowNs) {
        events.add("tick " + nowNs);
    }

    @Override
    public void writabilityChanged(boolean writable) {
        events.add("writable " + writable);
    }

    @Override
    public void transportClosed() {
        events.add("closed");
    }

    @Override
    public void shutdown() {
        events.add("shutdown");
        wire.closeAfterFlush();
    }
}
