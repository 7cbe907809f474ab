// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.amqp.AmqpEngine;
import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.AmqpLink;
import io.linkspan.amqp.AmqpSession;
import io.linkspan.amqp.AmqpSettings;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Cause;
import io.linkspan.amqp.ConnectionHandler;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.IncomingLink;
import io.linkspan.amqp.Open;
import io.linkspan.amqp.OutgoingLink;
import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.ToolFailure;
import io.linkspan.wire.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One AMQP connection with one session of a tool whose user waits for each step: our engine over a blocking socket. It
 * starts no event loop, since the start of one takes longer than all that the tool says.
 *
 * <p>Guarded by its own lock: the thread of the command holds it while it waits for a step. Between the steps (an
 * editor may be open) a second thread says that we are still here, when the peer wants to hear that.
 */
final class ToolConnection implements Wire, ConnectionHandler, AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final long NEVER = Long.MAX_VALUE;
    private static final String FRAMING = "amqp:connection:framing-error";

    /** The peer need not say anything while we wait: each wait has a limit of its own. */
    private static final AmqpSettings SETTINGS =
            AmqpSettings.DEFAULT.withIdleTimeoutMs(0).withMaxFrameSize(BUFFER_BYTES);

    private final BusOptions bus;
    private final SplittableRandom random = new SplittableRandom();
    private final String containerId = uniqueName();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final ByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    private final @Nullable ToolSasl sasl;
    private final Socket socket;
    private final AmqpEngine engine;

    private @Nullable AmqpSession session;
    private @Nullable Thread keeper;
    private @Nullable ToolFailure ended;
    private long tickNs = NEVER;
    private boolean flushDue;
    private boolean hangUpDue;
    private boolean opened;
    private boolean closing;
    private boolean over;

    private ToolConnection(BusOptions bus, Socket socket) {
        this.bus = bus;
        this.socket = socket;
        this.sasl = bus.authenticating() ? new ToolSasl(bus) : null;
        this.engine = AmqpEngine.client(SETTINGS, this, this, sasl);
    }

    /**
     * Connects, exchanges OPEN and begins a session. Without credentials and TLS no SASL layer is sent, as the original
     * tools do.
     *
     * @throws ToolFailure if that fails, or takes longer than the user waits
     */
    static ToolConnection connect(BusOptions bus) {
        long deadlineNs = deadlineNs(bus.timeout());
        Socket socket = ToolSocket.connect(bus, deadlineNs);
        ToolConnection connection = new ToolConnection(bus, socket);
        try {
            synchronized (connection) {
                connection.engine.tick(System.nanoTime());
                connection.engine.connect(
                        Open.local(connection.containerId, bus.url().host(), null, null, null));
                connection.await("Opening connection", deadlineNs, () -> connection.opened);
                connection.session = connection.engine.begin();
            }
            return connection;
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static long deadlineNs(Duration timeout) {
        long ns = timeout.toNanos();
        return ns <= 0 ? System.nanoTime() : System.nanoTime() + Math.min(ns, NEVER / 2);
    }

    /** A name that nobody else has; no secret, so the long start of a source of secrets is spared. */
    String uniqueName() {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    /** The container id of this end. */
    String containerId() {
        return containerId;
    }

    /** The session; to be used with the lock held. */
    AmqpSession session() {
        if (session == null) {
            throw new IllegalStateException("no channel is left on " + bus.url());
        }
        return session;
    }

    ByteBufAllocator memory() {
        return allocator;
    }

    /**
     * Starts a step and waits for it as long as the user waits for one.
     *
     * @param what the step is for, as the message of a timeout names it
     * @param start what is to be done; runs with the lock held
     * @param done whether it has been answered; asked whenever something has come
     */
    synchronized void step(String what, Runnable start, BooleanSupplier done) {
        if (ended == null) {
            start.run();
        }
        await(what, deadlineNs(bus.timeout()), done);
    }

    /** Notes why nothing more will be answered; the first reason counts. */
    void end(ToolFailure why) {
        if (ended == null && !closing) {
            ended = why;
        }
    }

    /** The reason in an error of the peer, behind the word "closed". */
    static String reason(@Nullable AmqpError error) {
        return error == null
                ? " by peer"
                : " due to: " + ConnectFailures.condition(error.condition().text(), error.description());
    }

    private void await(String what, long deadlineNs, BooleanSupplier done) {
        while (true) {
            if (ended != null) {
                throw ended;
            }
            if (done.getAsBoolean()) {
                return;
            }
            flushDue();
            if (ended == null && !read(deadlineNs)) {
                throw new ToolFailure("Timeout", "Connection " + bus.url() + " timed out: " + what);
            }
        }
    }

    /**
     * Waits for input and takes it.
     *
     * @return false when the deadline has come
     */
    private boolean read(long deadlineNs) {
        long nowNs = System.nanoTime();
        if (tickNs != NEVER && tickNs - nowNs <= 0) {
            tickNs = NEVER;
            engine.tick(nowNs);
            return true;
        }
        long waitNs = deadlineNs - nowNs;
        if (waitNs <= 0) {
            return false;
        }
        if (tickNs != NEVER) {
            waitNs = Math.min(waitNs, tickNs - nowNs);
        }
        try {
            socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, 1 + waitNs / 1_000_000));
            int count = socket.getInputStream().read(buffer);
            if (count < 0) {
                lost(null);
            } else {
                engine.receive(Unpooled.wrappedBuffer(buffer, 0, count));
            }
        } catch (SocketTimeoutException e) {
            return true; // The caller looks at the clock.
        } catch (IOException e) {
            lost(e);
        }
        return true;
    }

    private void flushDue() {
        while (flushDue) {
            flushDue = false;
            engine.flush();
        }
        if (hangUpDue) {
            lost(null);
        }
    }

    /** The socket is gone, or we leave it. */
    private synchronized void lost(@Nullable IOException why) {
        if (over) {
            return;
        }
        over = true;
        hangUpDue = false;
        if (ended == null && !closing) {
            ended = why instanceof SSLException || (bus.secure() && !opened)
                    ? ConnectFailures.of(bus, why == null ? new SSLException("the peer hung up") : why)
                    : ConnectFailures.aborted(bus.url(), opened);
        }
        engine.transportClosed();
        notifyAll(); // the keeper
        try {
            socket.close();
        } catch (IOException e) {
            return; // It is given back to the system in any case.
        }
    }

    /** Says goodbye if there is somebody to say it to, and closes the socket; never fails. */
    @Override
    public synchronized void close() {
        closing = true;
        if (!over && opened && ended == null) {
            engine.close(null);
            long deadlineNs = deadlineNs(bus.timeout());
            flushDue();
            while (!over && read(deadlineNs)) {
                flushDue();
            }
        }
        lost(null);
    }

    // ---- What the engine asks of the socket.

    @Override
    public ByteBufAllocator allocator() {
        return allocator;
    }

    @Override
    public void write(ByteBuf bytes) {
        try {
            bytes.readBytes(socket.getOutputStream(), bytes.readableBytes());
        } catch (IOException e) {
            hangUpDue = true; // What the peer said before it went is still to be read.
        } finally {
            bytes.release();
        }
    }

    @Override
    public void flushWritten() {
        // A blocking socket has taken what was written.
    }

    @Override
    public boolean writable() {
        return !over;
    }

    @Override
    public void requestFlush() {
        flushDue = true;
    }

    @Override
    public void setReading(boolean on) {
        // Reading stops by itself: it is done while a step is waited for.
    }

    @Override
    public void closeAfterFlush() {
        hangUpDue = true;
    }

    @Override
    public void drop() {
        hangUpDue = true;
    }

    @Override
    public void scheduleTick(long deadlineNs) {
        tickNs = deadlineNs;
        if (keeper == null) {
            keeper = new Thread(this::keep, "heartbeat");
            keeper.setDaemon(true);
            keeper.start();
        }
    }

    /** Ticks the engine while the thread of the command is busy elsewhere. */
    private synchronized void keep() {
        while (!over) {
            long nowNs = System.nanoTime();
            if (tickNs != NEVER && tickNs - nowNs <= 0) {
                tickNs = NEVER;
                engine.tick(nowNs);
                flushDue();
            }
            long waitMs = tickNs == NEVER ? 1000 : Math.max(1, (tickNs - nowNs) / 1_000_000);
            try {
                wait(waitMs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    // ---- What the engine tells.

    @Override
    public void onOpen(Open remote) {
        opened = true;
    }

    @Override
    public void onSession(AmqpSession refused) {
        refused.refuse(ErrorCondition.NOT_ALLOWED.error("this is a tool"));
    }

    @Override
    public void onIncomingAttach(IncomingLink link, Attach remote) {
        link.refuse(ErrorCondition.NOT_ALLOWED.error("this is a tool"));
    }

    @Override
    public void onOutgoingAttach(OutgoingLink link, Attach remote) {
        link.refuse(ErrorCondition.NOT_ALLOWED.error("this is a tool"));
    }

    @Override
    public void onWithdrawn(AmqpLink link, Cause cause, @Nullable AmqpError error) {
        // Links of the peer are refused at once.
    }

    @Override
    public void onSessionEnded(AmqpSession gone, Cause cause, @Nullable AmqpError error) {
        if (cause == Cause.SESSION_ENDED) {
            end(new ToolFailure("ConnectionException", "Session of " + bus.url() + " ended" + reason(error)));
        }
    }

    @Override
    public void onClosed(Cause cause, @Nullable AmqpError error) {
        switch (cause) {
            case CONNECTION_CLOSED ->
                end(new ToolFailure("ConnectionClosed", "Connection " + bus.url() + " closed" + reason(error)));
            case CONNECTION_LOST -> end(ConnectFailures.aborted(bus.url(), opened));
            case LOCAL -> {}
            default -> end(violated(error));
        }
        hangUpDue |= cause != Cause.CONNECTION_LOST;
    }

    /** We hung up: the peer does not let us in, or what it says is no AMQP. */
    private ToolFailure violated(@Nullable AmqpError error) {
        String text;
        if (error != null && error.is(ErrorCondition.UNAUTHORIZED_ACCESS) && sasl != null) {
            text = ConnectFailures.condition(
                    error.condition().text(), "Authentication failed [mech=" + sasl.mechanism() + "]");
        } else if (error != null) {
            text = ConnectFailures.condition(error.condition().text(), error.description());
        } else {
            text = ConnectFailures.condition(FRAMING, "connection aborted");
        }
        return new ToolFailure("ConnectionException", "Connection " + bus.url() + " disconnected: " + text);
    }
}
