// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.log;

import io.linkspan.management.config.LogLevel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.TimeZone;

/**
 * The system's log: one datagram per line to the socket {@code /dev/log}, in the form that syslog(3) gives it, facility
 * daemon.
 *
 * <p>The JDK has no datagrams of that kind, the native transport has. A line that the system does not take at once is
 * lost and counted: the log of the machine must not stop the router.
 */
final class SystemLog extends LogOutput {
    /** Where the system's log listens. */
    static final Path SOCKET = Path.of("/dev/log");

    /** Longest datagram in bytes; a longer line is cut. */
    static final int MAX_BYTES = 8192;

    /** Name of the program before each line; filters of machines that ran the original look for it. */
    private static final String TAG = " qdrouterd: ";

    private static final int FACILITY_DAEMON = 3 << 3;

    private final Socket socket = Socket.newSocketDomainDgram();
    private final byte[] path;
    private final InstantSource clock;
    private final Strftime times = Strftime.of("%b %e %H:%M:%S", TimeZone.getDefault());
    private final ByteBuffer datagram = ByteBuffer.allocateDirect(MAX_BYTES);
    private long lost;
    private boolean closed;

    private SystemLog(Path path, InstantSource clock) {
        this.path = path.toString().getBytes(StandardCharsets.UTF_8);
        this.clock = clock;
    }

    /** The system's log, where there is one and the native transport can reach it. */
    static Optional<LogOutput> at(Path path, InstantSource clock) {
        return Files.exists(path) && Epoll.isAvailable() ? Optional.of(new SystemLog(path, clock)) : Optional.empty();
    }

    /** Lines that the system did not take. */
    synchronized long lost() {
        return lost;
    }

    @Override
    synchronized boolean write(LogLevel level, StringBuilder line) {
        if (closed) {
            return false;
        }
        StringBuilder text = new StringBuilder(line.length() + 40)
                .append('<')
                .append(priority(level))
                .append('>');
        times.format(clock.instant(), text);
        byte[] bytes = text.append(TAG).append(line).toString().getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, MAX_BYTES);
        datagram.clear().put(bytes, 0, length);
        try {
            if (socket.sendToDomainSocket(datagram, 0, length, path) < length) {
                lost++;
            }
        } catch (IOException e) {
            lost++; // The daemon restarts; the next line may reach it.
        }
        return true;
    }

    @Override
    synchronized void close() throws IOException {
        closed = true;
        socket.close();
    }

    /** Facility and severity as one number, RFC 3164, 4.1.1. */
    static int priority(LogLevel level) {
        return FACILITY_DAEMON
                + switch (level) {
                    case CRITICAL -> 2;
                    case ERROR -> 3;
                    case WARNING -> 4;
                    case NOTICE -> 5;
                    case INFO -> 6;
                    case DEBUG, TRACE -> 7;
                };
    }
}
