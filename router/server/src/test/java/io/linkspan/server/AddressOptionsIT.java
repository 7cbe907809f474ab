// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a file says about tenants and addresses takes effect, on real sockets. */
class AddressOptionsIT {
    private static final String CONFIGURATION = """
            listener {
                name: tenants
                host: 127.0.0.1
                port: 0
                multiTenant: yes
            }
            listener {
                name: plain
                host: 127.0.0.1
                port: 0
            }
            address {
                prefix: again
                resendReleased: yes
            }
            address {
                prefix: late
                releaseAfterSeconds: 1
            }
            address {
                prefix: expiring
                expireQueued: yes
            }
            log {
                module: DEFAULT
                enable: info+
                outputFile: /dev/null
            }
            """;
    private static final UnsignedInteger ZERO = new UnsignedInteger(0);
    private static final int ACCEPTED = 0x24;
    private static final int REJECTED = 0x25;
    private static final int RELEASED = 0x26;

    private static AmqpSocket opened(int port, @Nullable String host) throws Exception {
        AmqpSocket peer = AmqpSocket.connect(port);
        peer.sendHex(AmqpSocket.AMQP);
        peer.send(0, AmqpSocket.OPEN, "client", host);
        peer.header();
        peer.performative();
        peer.send(0, AmqpSocket.BEGIN, null, ZERO, new UnsignedInteger(9), new UnsignedInteger(9));
        assertThat(peer.performative().code()).isEqualTo(AmqpSocket.BEGIN);
        return peer;
    }

    private static Described terminus(int code, String address) {
        return new Described(new UnsignedLong(code), List.of(address));
    }

    /** A receiver on handle 0 with some credit. */
    private static AmqpSocket receiver(int port, @Nullable String host, String address, int credit) throws Exception {
        AmqpSocket peer = opened(port, host);
        peer.send(0, AmqpSocket.ATTACH, "in", ZERO, true, null, null, terminus(0x28, address), null);
        AmqpSocket.Frame attach = peer.performative();
        assertThat(attach.code()).isEqualTo(AmqpSocket.ATTACH);
        assertThat(addressOf(attach.field(5))).as("TEN-03").isEqualTo(address);
        if (credit > 0) {
            UnsignedInteger window = new UnsignedInteger(9);
            peer.send(0, AmqpSocket.FLOW, ZERO, window, ZERO, window, ZERO, ZERO, new UnsignedInteger(credit));
        }
        return peer;
    }

    /** A sender on handle 0 that has its credit. */
    private static AmqpSocket sender(int port, @Nullable String host, String address) throws Exception {
        AmqpSocket peer = opened(port, host);
        peer.send(
                0, AmqpSocket.ATTACH, "out", ZERO, false, null, null, null, terminus(0x29, address), null, null, ZERO);
        assertThat(peer.performative().code()).isEqualTo(AmqpSocket.ATTACH);
        assertThat(peer.performative().code()).isEqualTo(AmqpSocket.FLOW);
        return peer;
    }

    private static @Nullable Object addressOf(Object terminus) {
        return ((List<?>) Objects.requireNonNull(((Described) terminus).value())).get(0);
    }

    private static void send(AmqpSocket peer, int id, String hexBeforeBody) throws Exception {
        UnsignedInteger number = new UnsignedInteger(id);
        byte[] message = io.netty.buffer.ByteBufUtil.decodeHexDump(hexBeforeBody + "005375a00178");
        peer.transfer(Unpooled.wrappedBuffer(message), ZERO, number, new Binary(new byte[] {1}));
    }

    private static Object delivered(AmqpSocket peer) throws Exception {
        AmqpSocket.Frame frame = peer.performative();
        assertThat(frame.code()).isEqualTo(AmqpSocket.TRANSFER);
        return frame.field(1);
    }

    private static void settle(AmqpSocket peer, Object id, int state) throws Exception {
        peer.send(0, AmqpSocket.DISPOSITION, true, id, id, true, new Described(new UnsignedLong(state), List.of()));
    }

    /** The state of the next disposition, which settles. */
    private static Described outcome(AmqpSocket peer) throws Exception {
        AmqpSocket.Frame frame = peer.performative();
        while (frame.code() == AmqpSocket.FLOW) {
            frame = peer.performative();
        }
        assertThat(frame.code()).isEqualTo(AmqpSocket.DISPOSITION);
        assertThat(frame.field(3)).isEqualTo(true);
        return (Described) frame.field(4);
    }

    private static Described state(int code, Object... fields) {
        return new Described(new UnsignedLong(code), Arrays.asList(fields));
    }

    @Test
    @DisplayName("TEN-01 TEN-02 a listener with multiTenant keeps the hosts apart, another one sees whose is whose")
    void tenantsAreKeptApart() throws Exception {
        try (Routers.Running router = Routers.start(CONFIGURATION)) {
            int tenants = router.port("tenants");
            try (AmqpSocket acme = receiver(tenants, "acme", "q/1", 10);
                    AmqpSocket other = receiver(tenants, "other", "q/1", 10);
                    AmqpSocket everybody = sender(router.port("plain"), null, "other/q/1");
                    AmqpSocket acmeSender = sender(tenants, "acme", "q/1")) {
                send(acmeSender, 0, "");
                settle(acme, delivered(acme), ACCEPTED);
                assertThat(outcome(acmeSender)).isEqualTo(state(ACCEPTED));
                send(everybody, 0, "");
                settle(other, delivered(other), REJECTED);
                assertThat(outcome(everybody).descriptor()).isEqualTo(new UnsignedLong(REJECTED));
            }
        }
    }

    @Test
    @DisplayName("resendReleased: a message that one receiver releases goes to the other")
    void releasedMessagesAreSentAgain() throws Exception {
        try (Routers.Running router = Routers.start(CONFIGURATION)) {
            int port = router.port("plain");
            try (AmqpSocket first = receiver(port, null, "again", 10);
                    AmqpSocket second = receiver(port, null, "again", 10);
                    AmqpSocket sender = sender(port, null, "again")) {
                send(sender, 0, "");
                settle(first, delivered(first), RELEASED);
                settle(second, delivered(second), ACCEPTED);
                assertThat(outcome(sender)).isEqualTo(state(ACCEPTED));
            }
        }
    }

    @Test
    @DisplayName("releaseAfterSeconds: a message that is not settled is taken back, and the log names the consumer")
    void lateMessagesAreTakenBack() throws Exception {
        try (Routers.Running router = Routers.start(CONFIGURATION)) {
            int port = router.port("plain");
            try (AmqpSocket receiver = receiver(port, null, "late", 10);
                    AmqpSocket sender = sender(port, null, "late")) {
                send(sender, 0, "");
                delivered(receiver);
                assertThat(outcome(sender)).isEqualTo(state(RELEASED));
                assertThat(router.logged("Delivery taken back and released")).isTrue();
                assertThat(router.logged("consumer container=client")).isTrue();
            }
        }
    }

    @Test
    @DisplayName("expireQueued: a message that waits for longer than its ttl is rejected")
    void waitingMessagesExpire() throws Exception {
        try (Routers.Running router = Routers.start(CONFIGURATION)) {
            int port = router.port("plain");
            try (AmqpSocket receiver = receiver(port, null, "expiring", 0);
                    AmqpSocket sender = sender(port, null, "expiring")) {
                // A header with a ttl of 100 ms.
                send(sender, 0, "005370c00503404052" + "64");
                Described rejected = outcome(sender);
                assertThat(rejected.descriptor()).isEqualTo(new UnsignedLong(REJECTED));
                assertThat(String.valueOf(rejected.value())).contains("amqp:precondition-failed");
                assertThat(router.logged("deliveries expired while they waited"))
                        .isTrue();
                assertThat(receiver).isNotNull();
            }
        }
    }
}
