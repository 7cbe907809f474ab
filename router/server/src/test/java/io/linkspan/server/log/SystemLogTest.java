// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.linkspan.management.config.LogLevel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The system's log, played by a socket of the test. */
class SystemLogTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-03-05T09:07:08Z"));

    @TempDir
    Path directory;

    @BeforeEach
    void needsTheNativeTransport() {
        assumeThat(Epoll.isAvailable()).isTrue();
    }

    /** What waits at the socket: it is there as soon as it was sent. */
    private static String received(Socket daemon) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(2 * SystemLog.MAX_BYTES);
        int length = daemon.recvFromDomainSocket(buffer, 0, buffer.capacity()).receivedAmount();
        byte[] bytes = new byte[length];
        buffer.get(0, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void lineHasFacilityDaemonItsSeverityAndTheNameOfTheProgram() throws IOException {
        Path path = directory.resolve("log");
        Socket daemon = Socket.newSocketDomainDgram();
        daemon.bind(new DomainSocketAddress(path.toString()));
        LogOutput output = SystemLog.at(path, CLOCK).orElseThrow();
        output.write(LogLevel.WARNING, new StringBuilder("SERVER (warning) text"));
        assertThat(received(daemon)).matches("<28>Mar  5 \\d\\d:07:08 qdrouterd: SERVER \\(warning\\) text");
        output.write(LogLevel.INFO, new StringBuilder("x".repeat(SystemLog.MAX_BYTES)));
        assertThat(received(daemon)).startsWith("<30>").hasSize(SystemLog.MAX_BYTES);
        output.close();
        assertThat(output.write(LogLevel.INFO, new StringBuilder("late"))).isFalse();
        daemon.close();
    }

    @Test
    void lineThatTheSystemDoesNotTakeIsCountedAndStopsNobody() throws IOException {
        Path path = directory.resolve("log");
        Socket daemon = Socket.newSocketDomainDgram();
        daemon.bind(new DomainSocketAddress(path.toString()));
        SystemLog output = (SystemLog) SystemLog.at(path, CLOCK).orElseThrow();
        daemon.close();
        assertThat(output.write(LogLevel.INFO, new StringBuilder("lost"))).isTrue();
        assertThat(output.lost()).isEqualTo(1);
        Files.delete(path);
        Socket restarted = Socket.newSocketDomainDgram();
        restarted.bind(new DomainSocketAddress(path.toString()));
        output.write(LogLevel.INFO, new StringBuilder("back"));
        assertThat(received(restarted)).endsWith("back");
        output.close();
        restarted.close();
    }

    @Test
    void machineWithoutASystemLogHasNone() {
        assertThat(SystemLog.at(directory.resolve("none"), CLOCK)).isEmpty();
    }
}
