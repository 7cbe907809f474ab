// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.loop;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One event loop: its dirty connections, its deadlines and its last line of defence.
 *
 * <p>A connection that has something to send is flushed once, after every socket that was ready in this iteration has
 * been read; a connection that becomes dirty while others are flushed is flushed in the next round of the same queue.
 * Deadlines are slots of one {@link TickWheel}; the loop sleeps until the first of them. Everything here is confined to
 * the loop's thread, except {@link #execute} and {@link #unexpectedExceptions}.
 */
public final class Loop {
    /** Bytes waiting for the socket above which an engine is told to stop writing: 1 MiB. */
    public static final int HIGH_WATER_BYTES = 1024 * 1024;

    /** Bytes waiting for the socket below which it may write again: 256 KiB. */
    public static final int LOW_WATER_BYTES = 256 * 1024;

    /** Smallest and largest buffer for one read from a socket; the size follows what recent reads brought. */
    public static final int SMALLEST_READ_BYTES = 512;

    public static final int LARGEST_READ_BYTES = 64 * 1024;

    /** Different unexpected exceptions (class and place) that are logged with their stack; the rest are counted. */
    static final int LOGGED_FAILURES = 64;

    private static final int FIRST_READ_BYTES = 2048;
    private static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES);

    private final EventLoop eventLoop;
    private final LoopEvents events;
    private final TickWheel wheel;
    private final AdaptiveRecvByteBufAllocator readSizes =
            new AdaptiveRecvByteBufAllocator(SMALLEST_READ_BYTES, FIRST_READ_BYTES, LARGEST_READ_BYTES);
    private final ArrayDeque<EngineHandler> dirty = new ArrayDeque<>();
    private final Runnable flushRound = this::flushDirty;
    private final Runnable wake = this::wake;
    private final Set<String> loggedFailures = new LinkedHashSet<>();
    private final AtomicLong unexpectedExceptions = new AtomicLong();

    private boolean roundScheduled;
    private boolean advancing;
    private @Nullable Future<?> wakeup;
    private long wakeupNs;

    public Loop(EventLoop eventLoop, LoopEvents events) {
        this.eventLoop = eventLoop;
        this.events = events;
        this.wheel = new TickWheel(eventLoop.ticker().nanoTime());
    }

    /** What a loop has to say. Called on the loop's thread. */
    public interface LoopEvents {
        /**
         * An engine failed; its connection is dropped. Not called for a failure that was reported before.
         *
         * @param source the engine, or whatever else failed
         */
        void unexpectedException(Object source, Throwable failure);
    }

    /** True on the loop's own thread. */
    public boolean isCurrent() {
        return eventLoop.inEventLoop();
    }

    /** Runs a task on the loop, later. May be called from any thread. */
    public void execute(Runnable task) {
        eventLoop.execute(task);
    }

    /** Monotonic nanoseconds since some moment in the past, never negative: the time of ticks. */
    public long nowNs() {
        return eventLoop.ticker().nanoTime();
    }

    /** Exceptions that left an engine, since the start. Each has cost one connection. May be read from any thread. */
    public long unexpectedExceptions() {
        return unexpectedExceptions.get();
    }

    /** Sets read sizes and water marks of a new socket. */
    public void configure(Channel channel) {
        channel.config().setOption(ChannelOption.RECVBUF_ALLOCATOR, readSizes);
        channel.config().setWriteBufferWaterMark(WATER_MARKS);
    }

    /** A timer on this loop that calls {@code due}, in time but not before. */
    public Deadline deadline(TickWheel.Due due) {
        return new Deadline(wheel.timer(due));
    }

    /** A timer that wakes the loop. Confined to the loop. */
    public final class Deadline {
        private final TickWheel.Timer timer;

        private Deadline(TickWheel.Timer timer) {
            this.timer = timer;
        }

        /** Fires at that time of {@link #nowNs}, whatever was armed before; as soon as possible if it is past. */
        public void arm(long deadlineNs) {
            wakeAt(timer.arm(deadlineNs));
        }

        /** Fires that long from now, whatever was armed before. */
        public void armIn(long delayNs) {
            arm(nowNs() + delayNs);
        }

        public void cancel() {
            timer.cancel();
        }
    }

    /**
     * Ends our side of a socket that no engine has, and closes it when the peer has ended too or after {@link
     * EngineHandler#ORDERLY_CLOSE_NS}.
     */
    // A socket that cannot be closed is closed already: the future of closing tells nothing.
    @SuppressWarnings("FutureReturnValueIgnored")
    public void endInOrder(ChannelHandlerContext context) {
        deadline(nowNs -> context.close()).armIn(EngineHandler.ORDERLY_CLOSE_NS);
        Ending.ofStream(context);
    }

    void markDirty(EngineHandler handler) {
        assert isCurrent();
        dirty.add(handler);
        if (!roundScheduled) {
            roundScheduled = true;
            eventLoop.execute(flushRound);
        }
    }

    /** Counts an exception that is a bug of ours, and reports it if it is a new one. */
    public void unexpected(Object source, Throwable failure) {
        unexpectedExceptions.incrementAndGet();
        StackTraceElement[] stack = failure.getStackTrace();
        String place = failure.getClass().getName() + (stack.length == 0 ? "" : " at " + stack[0]);
        if (loggedFailures.size() < LOGGED_FAILURES && loggedFailures.add(place)) {
            events.unexpectedException(source, failure);
        }
    }

    private void flushDirty() {
        roundScheduled = false;
        for (int round = dirty.size(); round > 0; round--) {
            dirty.remove().flushNow();
        }
        if (!dirty.isEmpty() && !roundScheduled) {
            roundScheduled = true;
            eventLoop.execute(flushRound);
        }
    }

    private void wakeAt(long atNs) {
        if (advancing) {
            return; // The wheel is asked for its next time when it has been advanced.
        }
        Future<?> current = wakeup;
        if (current != null) {
            if (wakeupNs <= atNs) {
                return;
            }
            current.cancel(false);
        }
        schedule(atNs);
    }

    private void wake() {
        wakeup = null;
        advancing = true;
        try {
            wheel.advance(nowNs());
        } catch (Throwable failure) {
            unexpected("timer", failure);
        }
        advancing = false;
        if (wheel.armedCount() > 0) {
            schedule(wheel.nextNs());
        }
    }

    private void schedule(long atNs) {
        wakeupNs = atNs;
        wakeup = eventLoop.schedule(wake, Math.max(0, atNs - nowNs()), TimeUnit.NANOSECONDS);
    }
}
