// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import com.sun.management.ThreadMXBean;
import io.linkspan.amqp.DeliveryState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.management.ManagementFactory;

/** Nanoseconds and allocated bytes per message of one sender and one receiver in memory. Run by hand. */
final class ForwardingBenchmark {
    private static final int BATCH = 100;

    private ForwardingBenchmark() {}

    public static void main(String[] args) {
        Network network = new Network(new PooledByteBufAllocator(true));
        Peer a = network.client();
        Peer b = network.client();
        Peer.Receiver receiver = a.receiver("q", 0);
        receiver.counting = true;
        receiver.answers = DeliveryState.ACCEPTED;
        Peer.Sender sender = b.sender("q");
        sender.counting = true;
        ByteBuf message = AmqpConnectionTest.data(100);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int round = 0; round < 8; round++) {
            long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            long start = System.nanoTime();
            int n = 400_000;
            for (int i = 0; i < n; i += BATCH) {
                receiver.link().issueCredit(BATCH);
                network.run();
                for (int k = 0; k < BATCH; k++) {
                    sender.link().send(message, 0, message.readableBytes(), 0, false, sender, k);
                }
                network.run();
            }
            long ns = System.nanoTime() - start;
            bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - bytes;
            System.out.println(ns / n + " ns, " + bytes / n + " bytes allocated per message, " + receiver.count);
        }
    }
}
