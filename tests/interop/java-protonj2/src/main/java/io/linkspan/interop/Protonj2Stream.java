// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.OutputStreamOptions;
import org.apache.qpid.protonj2.client.StreamDelivery;
import org.apache.qpid.protonj2.client.StreamReceiver;
import org.apache.qpid.protonj2.client.StreamReceiverOptions;
import org.apache.qpid.protonj2.client.StreamSender;
import org.apache.qpid.protonj2.client.StreamSenderMessage;
import org.apache.qpid.protonj2.client.StreamSenderOptions;

/** Messages too large for memory, hashed while they pass. Neither end holds more than a few chunks. */
final class Protonj2Stream {

    private static final int CHUNK_BYTES = 64 * 1024;
    private static final int WINDOW_BYTES = 1024 * 1024;

    private Protonj2Stream() {}

    /** Sends one message of random bytes in one data section: {@code stream-send LINK ADDRESS BYTES [--seed=N]}. */
    static void send(Connection connection, Command command, Consumer<Map<String, Object>> events) throws Exception {
        String link = command.word(0);
        int size = command.number(2);
        StreamSender sender = connection.openStreamSender(
                command.word(1),
                new StreamSenderOptions()
                        .linkName(link)
                        .writeBufferSize(CHUNK_BYTES)
                        .pendingWritesBufferSize(WINDOW_BYTES));
        sender.openFuture().get();
        MessageDigest hash = Bodies.sha256();
        SplittableRandom random = new SplittableRandom(command.option("seed", 1));
        StreamSenderMessage message = sender.beginMessage();
        byte[] chunk = new byte[CHUNK_BYTES];
        try (OutputStream out = message.body(new OutputStreamOptions().bodyLength(size))) {
            for (int left = size; left > 0; left -= Math.min(left, chunk.length)) {
                random.nextBytes(chunk);
                hash.update(chunk, 0, Math.min(left, chunk.length));
                out.write(chunk, 0, Math.min(left, chunk.length));
            }
        }
        events.accept(result("streamed", link, size, hash));
        message.tracker().settlementFuture().get();
        Map<String, Object> outcome = new LinkedHashMap<>();
        outcome.put("event", "outcome");
        outcome.put("link", link);
        outcome.put(
                "state",
                message.tracker().remoteState() == null
                        ? "none"
                        : message.tracker().remoteState().getType().name().toLowerCase(Locale.ROOT));
        events.accept(outcome);
        sender.close();
    }

    private static Map<String, Object> result(String event, String link, long length, MessageDigest hash) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("event", event);
        members.put("link", link);
        members.put("length", length);
        members.put("sha256", HexFormat.of().formatHex(hash.digest()));
        return members;
    }

    /** Receives one message no faster than a rate: {@code stream-receiver LINK ADDRESS [--rate=BYTES_PER_SECOND]}. */
    record Incoming(String link, StreamReceiver receiver, long bytesPerSecond) {

        static Incoming open(Connection connection, Command command) throws Exception {
            StreamReceiver receiver = connection.openStreamReceiver(
                    command.word(1),
                    new StreamReceiverOptions()
                            .linkName(command.word(0))
                            .creditWindow(1)
                            .readBufferSize(WINDOW_BYTES));
            receiver.openFuture().get();
            return new Incoming(command.word(0), receiver, command.option("rate", Integer.MAX_VALUE));
        }

        Map<String, Object> receive() throws Exception {
            StreamDelivery delivery = receiver.receive();
            MessageDigest hash = Bodies.sha256();
            byte[] chunk = new byte[CHUNK_BYTES];
            long length = 0;
            long start = System.nanoTime();
            try (InputStream in = delivery.message().body()) {
                int count;
                while ((count = in.read(chunk)) >= 0) {
                    hash.update(chunk, 0, count);
                    length += count;
                    long due = start + length * 1_000_000_000L / bytesPerSecond;
                    for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
                        LockSupport.parkNanos(due - now);
                    }
                }
            }
            delivery.accept();
            return result("stream", link, length, hash);
        }
    }
}
