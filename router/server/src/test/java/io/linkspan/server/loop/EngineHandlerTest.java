// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineHandlerTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final FlushCounter flushes = new FlushCounter();
    private final EmbeddedChannel channel =
            EmbeddedChannel.builder().ticker(ticker).handlers(flushes).build();
    private final List<String> failures = new ArrayList<>();
    private final Loop loop = new Loop(
            channel.eventLoop(),
            (connection, failure) -> failures.add(connection.getClass().getSimpleName() + " " + failure.getClass()));
    private final List<String> endings = new ArrayList<>();
    private final ScriptedEngine engine;
    private final EngineHandler handler;

    EngineHandlerTest() {
        ScriptedEngine[] made = new ScriptedEngine[1];
        handler = new EngineHandler(loop, context -> endings.add("end"), wire -> made[0] = new ScriptedEngine(wire));
        channel.pipeline().addLast(handler);
        engine = made[0];
    }

    @AfterEach
    void noBufferIsLeft() {
        channel.finishAndReleaseAll();
    }

    private static final class FlushCounter extends ChannelOutboundHandlerAdapter {
        int flushes;

        @Override
        public void flush(ChannelHandlerContext ctx) {
            flushes++;
            ctx.flush();
        }
    }

    /** Hands bytes to the pipeline without running the tasks of the loop, as within one iteration. */
    private void read(String text) {
        channel.pipeline().fireChannelRead(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    private String written() {
        StringBuilder text = new StringBuilder();
        ByteBuf out;
        while ((out = channel.readOutbound()) != null) {
            text.append(out.toString(StandardCharsets.ISO_8859_1));
            out.release();
        }
        return text.toString();
    }

    private void pass(long seconds) {
        ticker.advance(seconds, TimeUnit.SECONDS);
        channel.runPendingTasks();
    }

    @Test
    void engineIsToldTheTimeBeforeAnythingElse() {
        assertThat(engine.events).containsExactly("tick 0");
    }

    @Test
    void everythingReadInOneIterationIsAnsweredWithOneFlush() {
        read("a");
        read("b");
        read("c");
        channel.runPendingTasks();
        assertThat(engine.events).endsWith("receive a", "receive b", "receive c", "flush");
        assertThat(written()).isEqualTo("abc");
        assertThat(flushes.flushes).isEqualTo(1);
    }

    @Test
    void buffersAreReleasedAfterTheEngineHasSeenThem() {
        ByteBuf in = Unpooled.copiedBuffer("x", StandardCharsets.ISO_8859_1);
        channel.pipeline().fireChannelRead(in);
        assertThat(in.refCnt()).isZero();
    }

    @Test
    void failingEngineLosesItsConnectionAndIsToldSo() {
        read("throw");
        read("late");
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
        assertThat(engine.events).endsWith("receive throw", "closed");
        assertThat(loop.unexpectedExceptions()).isEqualTo(1);
        assertThat(failures).containsExactly("ScriptedEngine class java.lang.IllegalStateException");
    }

    @Test
    void stackOverflowInAnEngineIsContained() {
        read("overflow");
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
        assertThat(failures).containsExactly("ScriptedEngine class java.lang.StackOverflowError");
    }

    @Test
    void sameFailureIsReportedOnceAndCountedAlways() {
        for (int i = 0; i < 3; i++) {
            try {
                throw new IllegalArgumentException("again");
            } catch (IllegalArgumentException failure) {
                loop.unexpected("C" + i, failure);
            }
        }
        assertThat(failures).hasSize(1);
        assertThat(loop.unexpectedExceptions()).isEqualTo(3);
    }

    @Test
    void differentFailuresBeyondTheLimitAreOnlyCounted() {
        for (int i = 0; i <= Loop.LOGGED_FAILURES; i++) {
            IllegalStateException failure = new IllegalStateException();
            failure.setStackTrace(new StackTraceElement[] {new StackTraceElement("C", "m", "f", i)});
            loop.unexpected("C1", failure);
        }
        assertThat(failures).hasSize(Loop.LOGGED_FAILURES);
        assertThat(loop.unexpectedExceptions()).isEqualTo(Loop.LOGGED_FAILURES + 1);
    }

    @Test
    void dropHappensAtTheEndOfTheIterationAndNothingIsReceivedAfterIt() {
        read("drop");
        assertThat(channel.isOpen()).isTrue();
        read("late");
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
        assertThat(engine.events).endsWith("receive drop", "closed");
    }

    @Test
    void orderlyCloseSendsTheLastWordsThenEndsOurSideAndDiscardsInput() {
        read("bye");
        channel.runPendingTasks();
        assertThat(written()).isEqualTo("goodbye");
        assertThat(endings).containsExactly("end");
        assertThat(channel.isOpen()).isTrue();
        read("late");
        channel.runPendingTasks();
        assertThat(engine.events).endsWith("receive bye", "flush");
        channel.close().syncUninterruptibly();
        assertThat(engine.events).endsWith("flush", "closed");
    }

    @Test
    void peerThatDoesNotEndItsSideIsCutOffAfterTheLimit() {
        read("bye");
        channel.runPendingTasks();
        pass(4);
        assertThat(channel.isOpen()).isTrue();
        pass(2);
        assertThat(channel.isOpen()).isFalse();
        assertThat(engine.events).endsWith("closed");
    }

    @Test
    void whatIsWrittenAfterTheEndIsReleased() {
        read("bye");
        channel.runPendingTasks();
        ByteBuf late = Unpooled.copiedBuffer("late", StandardCharsets.ISO_8859_1);
        handler.write(late);
        assertThat(late.refCnt()).isZero();
    }

    @Test
    void tickComesAtItsDeadlineAndALaterDeadlineReplacesAnEarlierOne() {
        engine.events.clear();
        handler.scheduleTick(TimeUnit.SECONDS.toNanos(2));
        handler.scheduleTick(TimeUnit.SECONDS.toNanos(5));
        pass(4);
        assertThat(engine.events).isEmpty();
        pass(2);
        assertThat(engine.events).containsExactly("tick " + TimeUnit.SECONDS.toNanos(6));
        pass(60);
        assertThat(engine.events).hasSize(1);
    }

    @Test
    void noTickAfterTheSocketIsGone() {
        handler.scheduleTick(TimeUnit.SECONDS.toNanos(2));
        channel.close().syncUninterruptibly();
        engine.events.clear();
        handler.scheduleTick(TimeUnit.SECONDS.toNanos(2));
        pass(10);
        assertThat(engine.events).isEmpty();
    }

    @Test
    void shutdownAsksTheEngineOnce() {
        handler.shutdown();
        handler.shutdown();
        channel.runPendingTasks();
        assertThat(engine.events).endsWith("tick 0", "shutdown", "flush");
        assertThat(endings).containsExactly("end");
    }

    @Test
    void readingCanBeStoppedAndStartedAndIsOnAgainForTheEnd() {
        handler.setReading(false);
        assertThat(channel.config().isAutoRead()).isFalse();
        handler.setReading(true);
        assertThat(channel.config().isAutoRead()).isTrue();
        handler.setReading(false);
        read("bye");
        channel.runPendingTasks();
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void socketAboveItsHighWaterMarkIsNotWritable() {
        loop.configure(channel);
        handler.write(Unpooled.wrappedBuffer(new byte[Loop.HIGH_WATER_BYTES - 1024]));
        assertThat(handler.writable()).isTrue();
        handler.write(Unpooled.wrappedBuffer(new byte[1025]));
        assertThat(handler.writable()).isFalse();
        handler.flushWritten();
        channel.runPendingTasks();
        assertThat(engine.events).contains("writable false", "writable true");
        channel.releaseOutbound();
    }

    @Test
    void brokenSocketIsNoUnexpectedException() {
        channel.pipeline().fireExceptionCaught(new java.io.IOException("Connection reset by peer"));
        assertThat(channel.isOpen()).isFalse();
        assertThat(loop.unexpectedExceptions()).isZero();
    }
}
