// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.management.config.ConfigurationReader;
import io.linkspan.management.config.ConnectorSettings;
import io.linkspan.management.config.Surroundings;
import io.linkspan.server.loop.Connections;
import io.linkspan.server.loop.Loop;
import io.linkspan.server.loop.ScriptedEngine;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.vertx.core.Future;
import java.net.ConnectException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A connector on a loop whose time the test makes, with sockets that the test makes too. */
class ConnectorTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel own = EmbeddedChannel.builder().ticker(ticker).build();
    private final List<Throwable> unexpected = new ArrayList<>();
    private final Loop loop = new Loop(own.eventLoop(), (source, failure) -> unexpected.add(failure));
    private final Connections connections = new Connections(100);

    /** What the next attempts find; refused when there is nothing. */
    private final ArrayDeque<EmbeddedChannel> sockets = new ArrayDeque<>();

    /** {@code SECOND HOST:PORT FAMILY} of each attempt. */
    private final List<String> attempts = new ArrayList<>();

    private final List<String> failures = new ArrayList<>();
    private @Nullable ScriptedEngine engine;

    private final Connector connector = new Connector(
            loop,
            this::dial,
            settings(),
            connections,
            (maker, facts, wire) -> engine = new ScriptedEngine(wire),
            (settings, message) -> failures.add(message));

    private static ConnectorSettings settings() {
        String text = "connector {\n name: c\n host: broker\n port: 5673\n protocolFamily: IPv4\n}\n";
        return ConfigurationReader.read("c.conf", text, Surroundings.of(Map.of()))
                .configuration()
                .orElseThrow()
                .connectors()
                .get(0);
    }

    private Future<ChannelHandlerContext> dial(String host, int port, @Nullable String family) {
        attempts.add(seconds() + " " + host + ":" + port + " " + family);
        EmbeddedChannel socket = sockets.poll();
        return socket == null
                ? Future.failedFuture(new ConnectException("Connection refused"))
                : Future.succeededFuture(socket.pipeline().context("last"));
    }

    private EmbeddedChannel socket() {
        EmbeddedChannel socket = EmbeddedChannel.builder().ticker(ticker).build();
        socket.pipeline().addLast("last", new ChannelInboundHandlerAdapter());
        sockets.add(socket);
        return socket;
    }

    private long seconds() {
        return TimeUnit.NANOSECONDS.toSeconds(loop.nowNs());
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds * 100; i++) {
            own.runPendingTasks();
            ticker.advance(10, TimeUnit.MILLISECONDS);
            own.runScheduledPendingTasks();
        }
        own.runPendingTasks();
    }

    @AfterEach
    void nothingUnexpectedHappened() {
        own.finishAndReleaseAll();
        assertThat(unexpected).isEmpty();
    }

    @Test
    @DisplayName("CON-07: the first attempt at once, then one 5 s after each failure, for ever")
    void failedAttemptsAreRepeatedEveryFiveSeconds() {
        assertThat(connector.status()).isEqualTo(Connector.Status.INITIALIZING);
        connector.start();
        pass(21);
        assertThat(attempts)
                .containsExactly(
                        "0 broker:5673 IPv4",
                        "5 broker:5673 IPv4",
                        "10 broker:5673 IPv4",
                        "15 broker:5673 IPv4",
                        "20 broker:5673 IPv4");
        assertThat(connector.status()).isEqualTo(Connector.Status.FAILED);
        assertThat(connector.message()).isEqualTo("Connection to broker:5673 failed: Connection refused");
        assertThat(failures).hasSize(5);
    }

    @Test
    @DisplayName("CON-07: 2 s after a connection that had opened has ended")
    void lostConnectionIsMadeAgainAfterTwoSeconds() {
        EmbeddedChannel socket = socket();
        connector.start();
        pass(3);
        assertThat(connector.status()).isEqualTo(Connector.Status.CONNECTING);
        connector.opened();
        assertThat(connector.status()).isEqualTo(Connector.Status.SUCCESS);
        pass(100);
        assertThat(attempts).hasSize(1);
        assertThat(socket.close().isSuccess()).isTrue();
        assertThat(Objects.requireNonNull(engine).events).contains("closed");
        assertThat(connector.message()).isEqualTo("Connection to broker:5673 failed: connection lost");
        pass(3);
        assertThat(attempts).containsExactly("0 broker:5673 IPv4", "105 broker:5673 IPv4");
    }

    @Test
    @DisplayName("CON-07: a connection that ended before it opened is a failed attempt")
    void connectionThatNeverOpenedCountsAsFailed() {
        EmbeddedChannel socket = socket();
        connector.start();
        pass(1);
        connector.ending("amqp:unauthorized-access: no");
        assertThat(socket.close().isSuccess()).isTrue();
        assertThat(failures).containsExactly("Connection to broker:5673 failed: amqp:unauthorized-access: no");
        pass(4);
        assertThat(attempts).hasSize(1);
        pass(2);
        assertThat(attempts).containsExactly("0 broker:5673 IPv4", "6 broker:5673 IPv4");
    }

    @Test
    @DisplayName("CON-06, CON-07: with places learnt 1 s between attempts, each place twice")
    void learntPlacesTakeTurns() {
        EmbeddedChannel socket = socket();
        connector.start();
        pass(1);
        connector.opened();
        connector.learnt(List.of(new Reconnection.Entry("spare", 7)));
        assertThat(connector.failoverUrls()).isEqualTo("amqp://broker:5673, amqp://spare:7");
        assertThat(socket.close().isSuccess()).isTrue();
        pass(5);
        assertThat(attempts)
                .containsExactly(
                        "0 broker:5673 IPv4",
                        "2 broker:5673 IPv4",
                        "3 broker:5673 IPv4",
                        "4 spare:7 IPv4",
                        "5 spare:7 IPv4",
                        "6 broker:5673 IPv4");
    }

    @Test
    void stoppedConnectorMakesNoFurtherAttempt() {
        connector.start();
        pass(1);
        connector.stop();
        pass(60);
        assertThat(attempts).hasSize(1);
        assertThat(connector.status()).isEqualTo(Connector.Status.CLOSING);
    }

    @Test
    void socketThatComesAfterTheStopIsClosed() {
        EmbeddedChannel socket = socket();
        connector.start();
        connector.stop();
        pass(1);
        assertThat(socket.isOpen()).isFalse();
        assertThat(engine).isNull();
    }
}
