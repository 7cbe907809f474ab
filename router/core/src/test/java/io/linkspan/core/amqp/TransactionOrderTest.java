// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.AmqpSettings;
import io.linkspan.amqp.OutgoingLink;
import io.linkspan.amqp.Terminus;
import io.linkspan.core.link.Direction;
import io.linkspan.core.linkroute.LinkRoutes;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A discharge is not sent before what its session sent before it: routing LNK-21. */
class TransactionOrderTest {

    private final Network network = new Network();
    private final Peer broker;
    private final Peer client;
    private final Peer.Sender messages;
    private final Peer.Sender coordinator;

    TransactionOrderTest() {
        network.peerSettings = network.peerSettings.withIncomingWindow(1).withMaxFrameSize(512);
        broker = network.container("broker", "B");
        network.peerSettings = AmqpSettings.DEFAULT;
        client = network.client("app");
        network.core.linkRoutes().create(LinkRoutes.Request.prefix("lr", Direction.IN, "broker"));
        network.core.linkRoutes().create(LinkRoutes.Request.prefix("$coordinator", Direction.IN, "broker"));
        messages = client.sender("lr.q");
        coordinator = client.sender(Terminus.coordinator(List.of()));
        farMessages().link().issueCredit(10);
        farCoordinator().link().issueCredit(10);
        network.run();
    }

    @AfterEach
    void nothingIsLeftWhenTheConnectionsAreGone() {
        network.endAll();
        assertThat(network.core.links()).isEmpty();
    }

    private Peer.Receiver farMessages() {
        return broker.takes.get(0);
    }

    private Peer.Receiver farCoordinator() {
        return broker.takes.get(1);
    }

    /** Goes to the client's engine; {@link Network#run} is the caller's. */
    private static void send(Peer.Sender sender, ByteBuf bytes, int key) {
        sender.link().send(bytes, 0, bytes.readableBytes(), 0, false, sender, key);
    }

    @Test
    @DisplayName("LNK-21: a discharge waits for the transfers before it, when the window takes them one by one")
    void lnk21ADischargeWaitsForTheWindow() {
        for (int i = 0; i < 4; i++) {
            send(messages, AmqpConnectionTest.data(3), i);
        }
        send(coordinator, AmqpConnectionTest.data(5), 9);
        network.run();
        assertThat(broker.arrivals)
                .containsExactly(farMessages(), farMessages(), farMessages(), farMessages(), farCoordinator());
        assertThat(coordinator.outcomes).containsExactly("9 accepted settled");
    }

    @Test
    @DisplayName("LNK-21: a discharge waits for a large transfer that has gone in part")
    void lnk21ADischargeWaitsForTheRestOfATransfer() {
        // One frame of the client's, five for the container.
        send(messages, AmqpConnectionTest.data(2000), 1);
        send(coordinator, AmqpConnectionTest.data(5), 2);
        network.run();
        assertThat(broker.arrivals).containsExactly(farMessages(), farCoordinator());
        assertThat(coordinator.outcomes).containsExactly("2 accepted settled");
        farMessages().link().takeBackCredit(9);
        farMessages().link().issueCredit(1);
        network.run();
        send(messages, AmqpConnectionTest.data(2000), 3);
        send(coordinator, AmqpConnectionTest.data(5), 4);
        network.run();
        assertThat(broker.arrivals)
                .as("with the last credit, too")
                .containsExactly(farMessages(), farCoordinator(), farMessages(), farCoordinator());
    }

    @Test
    @DisplayName("LNK-21: a discharge waits for a transfer whose credit was taken back meanwhile")
    void lnk21ADischargeWaitsForCredit() {
        farMessages().link().takeBackCredit(10);
        send(messages, AmqpConnectionTest.data(3), 1);
        send(coordinator, AmqpConnectionTest.data(5), 2);
        network.run();
        assertThat(farMessages().messages).isEmpty();
        assertThat(farCoordinator().messages).isEmpty();
        farMessages().link().issueCredit(1);
        network.run();
        assertThat(broker.arrivals).containsExactly(farMessages(), farCoordinator());
    }

    @Test
    @DisplayName("LNK-21: a discharge does not wait for what its session sends after it, nor for what never goes")
    void lnk21ADischargeWaitsForNothingElse() {
        broker.connectionWire().writable = false;
        OutgoingLink link = messages.link();
        int id = link.begin(AmqpConnectionTest.data(100), 0, 50, 0, false, messages, 1);
        send(coordinator, AmqpConnectionTest.data(5), 2);
        network.run();
        link.abort(id);
        for (int i = 3; i < 6; i++) {
            send(messages, AmqpConnectionTest.data(3), i);
        }
        network.run();
        broker.connectionWire().writable = true;
        broker.connection.writabilityChanged(true);
        network.run();
        assertThat(broker.arrivals).hasSize(4).contains(farCoordinator());
        // The link whose transfer the discharge waits for is given up.
        broker.connectionWire().writable = false;
        link.begin(AmqpConnectionTest.data(100), 0, 50, 0, false, messages, 7);
        send(coordinator, AmqpConnectionTest.data(5), 8);
        network.run();
        link.detach(true, null);
        network.run();
        broker.connectionWire().writable = true;
        broker.connection.writabilityChanged(true);
        network.run();
        assertThat(coordinator.outcomes).containsExactly("2 accepted settled", "8 accepted settled");
    }

    @Test
    @DisplayName("LNK-21: another session's discharge goes on its own")
    void lnk21AnotherSessionsDischargeDoesNotWait() {
        farMessages().link().session().holdWindow();
        for (int i = 0; i < 4; i++) {
            send(messages, AmqpConnectionTest.data(3), i);
        }
        network.run();
        Peer other = network.client("other");
        Peer.Sender free = other.sender(Terminus.coordinator(List.of()));
        broker.takes.get(2).link().issueCredit(1);
        network.run();
        free.send(AmqpConnectionTest.data(5), false, 1);
        assertThat(free.outcomes).containsExactly("1 accepted settled");
        assertThat(farMessages().messages).hasSize(1);
        farMessages().link().session().releaseWindow();
        network.run();
        assertThat(farMessages().messages).hasSize(4);
    }
}
