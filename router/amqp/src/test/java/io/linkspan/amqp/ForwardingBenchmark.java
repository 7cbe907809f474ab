// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the engine costs per message: a sender and a receiver, and between them two engines that forward as a router does
 * (credit, settlement end to end), all in one thread and memory. Not a test; run it by hand:
 *
 * <pre>java -cp ... io.linkspan.amqp.ForwardingBenchmark [payload octets] [seconds]</pre>
 *
 * <p>Prints nanoseconds of CPU and allocated octets per message for the whole chain of four engines; the forwarder is about half
 * of it.
 */
public final class ForwardingBenchmark {
    private static final int WINDOW = 250;

    private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
    private final boolean settled;
    private final ByteBuf payload;
    private long received;
    private long sent;

    private final MemoryWire[] wires = new MemoryWire[4];

    private @Nullable OutgoingLink source;

    private @Nullable OutgoingLink forwardTo;

    private ForwardingBenchmark(boolean settled, int octets) {
        this.settled = settled;
        payload = Unpooled.directBuffer(octets).writeZero(octets);
        for (int i = 0; i < wires.length; i++) {
            wires[i] = new MemoryWire(allocator);
        }
        AmqpSettings settings = AmqpSettings.DEFAULT.withIncomingWindow(2048);
        End sender = new End(wires[0]);
        End in = new End(wires[1]);
        End out = new End(wires[2]);
        End receiver = new End(wires[3]);
        sender.engine = AmqpEngine.client(settings, wires[0], sender, null);
        in.engine = AmqpEngine.server(settings, wires[1], in, null);
        out.engine = AmqpEngine.server(settings, wires[2], out, null);
        receiver.engine = AmqpEngine.client(settings, wires[3], receiver, null);
        MemoryWire.join(wires[0], sender.engine, wires[1], in.engine);
        MemoryWire.join(wires[3], receiver.engine, wires[2], out.engine);
        Open open = Open.local("bench", null, null, null, null);
        receiver.engine.connect(open);
        sender.engine.connect(open);
        pump(20);
        AmqpSession receiving = Objects.requireNonNull(receiver.engine.begin());
        IncomingLink last = receiving.attachIncoming(Attach.of("r", Terminus.source("q"), null), receiver);
        pump(20);
        Objects.requireNonNull(last).issueCredit(4 * WINDOW); // Never the one that is waited for.
        AmqpSession sending = Objects.requireNonNull(sender.engine.begin());
        source = sending.attachOutgoing(Attach.of("s", null, Terminus.target("q")), sender);
        pump(20);
    }

    /** One end of a connection, in all four roles. */
    private final class End implements ConnectionHandler, IncomingLink.Handler, OutgoingLink.Handler {
        private final MemoryWire wire;

        private @Nullable AmqpEngine engine;

        End(MemoryWire wire) {
            this.wire = wire;
        }

        @Override
        public void onOpen(Open remote) {
            if (wire == wires[1] || wire == wires[2]) {
                Objects.requireNonNull(engine).open(Open.local("router", null, null, null, null));
            }
        }

        @Override
        public void onSession(AmqpSession session) {}

        @Override
        public void onIncomingAttach(IncomingLink link, Attach remote) {
            link.accept(this, remote.echo());
            link.issueCredit(WINDOW);
        }

        @Override
        public void onOutgoingAttach(OutgoingLink link, Attach remote) {
            link.accept(this, remote.echo());
            forwardTo = link;
        }

        @Override
        public void onTransfer(IncomingLink link, Transfer transfer) {
            if (wire == wires[3]) {
                received++;
                if (!transfer.settled()) {
                    link.dispose(transfer.deliveryId(), DeliveryState.ACCEPTED, true);
                }
                link.issueCredit(1);
                return;
            }
            OutgoingLink to = Objects.requireNonNull(forwardTo);
            if (!to.sendable()) {
                throw new IllegalStateException("the receiver's credit follows the sender's");
            }
            int id = to.send(
                    transfer.buffer(),
                    transfer.offset(),
                    transfer.length(),
                    transfer.messageFormat(),
                    transfer.settled(),
                    link,
                    transfer.deliveryId());
            if (transfer.settled()) {
                link.issueCredit(1);
            } else {
                link.track(transfer.deliveryId(), to, id);
            }
        }

        @Override
        public void onReceiverState(
                OutgoingLink link,
                int deliveryId,
                @Nullable Object origin,
                int originKey,
                @Nullable DeliveryState state,
                boolean settledNow) {
            if (origin instanceof IncomingLink from) {
                from.dispose(originKey, state, settledNow);
                from.issueCredit(1);
            }
        }

        @Override
        public void onSendable(OutgoingLink link) {
            if (link == source) {
                while (link.sendable()) {
                    link.send(payload, 0, payload.readableBytes(), 0, settled, null, 0);
                    sent++;
                }
            }
        }

        @Override
        public void onSenderState(
                IncomingLink link,
                int id,
                @Nullable Object peer,
                int key,
                @Nullable DeliveryState state,
                boolean done) {}

        @Override
        public void onFlow(IncomingLink link) {}

        @Override
        public void onDetached(IncomingLink link, Cause cause, boolean closed, @Nullable AmqpError error) {}

        @Override
        public void onDetached(OutgoingLink link, Cause cause, boolean closed, @Nullable AmqpError error) {}

        @Override
        public void onWithdrawn(AmqpLink link, Cause cause, @Nullable AmqpError error) {}

        @Override
        public void onSessionEnded(AmqpSession session, Cause cause, @Nullable AmqpError error) {}

        @Override
        public void onClosed(Cause cause, @Nullable AmqpError error) {
            throw new IllegalStateException(cause + " " + error);
        }
    }

    private void pump(int rounds) {
        for (int i = 0; i < rounds; i++) {
            for (MemoryWire wire : wires) {
                wire.flush();
            }
            for (MemoryWire wire : wires) {
                wire.deliver();
            }
        }
    }

    private static void run(boolean settled, int octets, double seconds) {
        ForwardingBenchmark bench = new ForwardingBenchmark(settled, octets);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        for (int round = 0; round < 5; round++) {
            long messages = bench.received;
            long allocated = threads.getThreadAllocatedBytes(thread);
            // The thread's own time: what else the machine does is not measured.
            long began = threads.getCurrentThreadCpuTime();
            long took = 0;
            while (took < seconds * 1e9) {
                bench.pump(1000);
                took = threads.getCurrentThreadCpuTime() - began;
            }
            messages = bench.received - messages;
            allocated = threads.getThreadAllocatedBytes(thread) - allocated;
            if (bench.sent - bench.received > 5L * WINDOW) {
                throw new IllegalStateException("sent " + bench.sent + ", received " + bench.received);
            }
            System.out.printf(
                    Locale.ROOT,
                    "%s %d B: %.1f ns per message, %.2f octets allocated per message, %,d messages%n",
                    settled ? "presettled" : "unsettled ",
                    octets,
                    (double) took / messages,
                    (double) allocated / messages,
                    messages);
        }
    }

    /** Runs both kinds of settlement. */
    public static void main(String[] args) {
        int octets = args.length > 0 ? Integer.parseInt(args[0]) : 100;
        double seconds = args.length > 1 ? Double.parseDouble(args[1]) : 1;
        run(true, octets, seconds);
        run(false, octets, seconds);
    }
}
