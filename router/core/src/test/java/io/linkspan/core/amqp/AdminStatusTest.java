// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static io.linkspan.core.amqp.AmqpConnectionTest.data;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.fake.FakeConnection;
import io.linkspan.core.fake.FakeSender;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.link.Link;
import io.linkspan.core.rows.CoreRows;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The adminStatus of a link works (routing, section 20). */
class AdminStatusTest {

    private final Network network = new Network();
    private final Peer a = network.client();
    private final Peer b = network.client();

    @AfterEach
    void nothingIsLeft() {
        a.wire.cut();
        b.wire.cut();
        assertThat(network.core.links()).isEmpty();
        assertThat(network.core.address("M0q")).isNull();
        assertThat(network.core.table().starvedCount()).isZero();
    }

    private Link link(boolean inbound) {
        return network.core.links().stream()
                .filter(link -> link instanceof InboundLink == inbound)
                .findFirst()
                .orElseThrow();
    }

    private void administer(Link link, boolean enabled) {
        assertThat(network.core.administer(link, enabled)).isTrue();
        network.run();
    }

    private @Nullable Object[] row(Link link) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        CoreRows.links(network.core).read(0, rows::add);
        return rows.stream()
                .filter(row -> String.valueOf(link.identity()).equals(row[1]))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("link adminStatus: a sender that answers the drain when it has been enabled already loses no credit")
    void crossedAnswer() {
        a.receiver("q", 10);
        Peer.Sender sender = b.sender("q");
        Link link = link(true);
        for (int i = 0; i < 3; i++) {
            administer(link, false);
            assertThat(sender.link().draining()).isTrue();
            assertThat(network.core.administer(link, true)).isTrue();
            sender.link().drained(); // Both are on their way now.
            network.run();
            assertThat(sender.link().credit()).isEqualTo(250);
            assertThat(link.creditAvailable()).isEqualTo(250);
        }
    }

    @Test
    @DisplayName("link adminStatus: a disabled sender is drained and gets no credit until it is enabled")
    void sender() {
        Peer.Receiver receiver = a.receiver("q", 10);
        receiver.answers = null;
        Peer.Sender sender = b.sender("q");
        Link link = link(true);
        sender.send(data(5), false, 1);
        administer(link, false);
        assertThat(sender.link().draining()).isTrue();
        assertThat(row(link)).contains("disabled", "quiescing");
        sender.link().drained();
        network.run();
        receiver.settle(receiver.ids.get(0), DeliveryState.ACCEPTED);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        assertThat(sender.link().credit()).isZero();
        assertThat(row(link)).contains("disabled", "idle");
        a.receiver("q", 10);
        assertThat(sender.link().credit()).isZero();
        administer(link, true);
        assertThat(sender.link().credit()).isEqualTo(250);
        assertThat(row(link)).contains("enabled", "up");
    }

    @Test
    @DisplayName("link adminStatus: a sender enabled while nobody receives waits for the first receiver")
    void senderWithoutDestination() {
        Peer.Sender sender = b.sender("q");
        Link link = link(true);
        administer(link, false);
        a.receiver("q", 10).link().detach(true, null);
        network.run();
        administer(link, true);
        assertThat(sender.link().credit()).isZero();
        a.receiver("q", 10);
        assertThat(sender.link().credit()).isEqualTo(250);
    }

    @Test
    @DisplayName("link adminStatus: a disabled receiver finishes what it has and gets nothing new until it is enabled")
    void receiver() {
        Peer.Receiver first = a.receiver("q", 1);
        first.answers = null;
        Link link = link(false);
        Peer.Sender sender = b.sender("q");
        sender.send(data(5), false, 1);
        sender.send(data(5), false, 2);
        administer(link, false);
        assertThat(row(link)).contains("disabled", "quiescing");
        Peer.Receiver second = a.receiver("q", 10);
        sender.send(data(5), false, 3);
        assertThat(second.messages).hasSize(1);
        first.link().issueCredit(1);
        network.run();
        assertThat(first.messages).hasSize(2);
        first.settle(first.ids.get(0), DeliveryState.ACCEPTED);
        first.settle(first.ids.get(1), DeliveryState.ACCEPTED);
        assertThat(row(link)).contains("disabled", "idle");
        second.link().detach(true, null);
        network.run();
        sender.send(data(5), false, 4);
        assertThat(sender.outcomes).contains("4 released settled");
        administer(link, true);
        first.link().issueCredit(5);
        sender.send(data(5), false, 5);
        assertThat(first.messages).hasSize(3);
    }

    @Test
    @DisplayName("link adminStatus: links of other protocols cannot be disabled")
    void otherProtocols() {
        FakeConnection connection = new FakeConnection(network.core);
        FakeSender sender = connection.sender("s").attach("x");
        assertThat(network.core.administer(sender, false)).isFalse();
        assertThat(sender.isDisabled()).isFalse();
        connection.lose();
    }

    @Test
    @DisplayName("link adminStatus: a disabled link that is lost leaves nothing behind")
    void lostWhileDisabled() {
        a.receiver("q", 10);
        b.sender("q");
        administer(link(false), false);
        administer(link(true), false);
        administer(link(true), false);
        assertThat(link(true).isDisabled()).isTrue();
    }
}
