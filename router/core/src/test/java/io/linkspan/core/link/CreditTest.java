// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.core.RouterCore;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.fake.FakeConnection;
import io.linkspan.core.fake.FakeReceiver;
import io.linkspan.core.fake.FakeSender;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CreditTest {

    private final RouterCore core = Cores.standalone();
    private final FakeConnection connection = new FakeConnection(core);

    private static int sum(FakeSender sender) {
        return sender.issued.stream().mapToInt(Integer::intValue).sum();
    }

    @Test
    @DisplayName("CRD-01 the capacity is that of the connection, 250 by default")
    void capacityOfTheConnection() {
        assertThat(connection.sender("s").capacity()).isEqualTo(250);
        assertThat(new FakeConnection(core, ConnectionRole.NORMAL, 7)
                        .sender("s")
                        .capacity())
                .isEqualTo(7);
    }

    @Test
    @DisplayName("CRD-02 CRD-03 a sender gets its whole window when there is a destination, credit or not")
    void wholeWindowWithADestination() {
        connection.receiver("r").attach("q");
        FakeSender sender = connection.sender("s").attach("q");
        assertThat(sender.issued).containsExactly(250);
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    @Test
    @DisplayName("CRD-02 CRD-09 no destination, no credit; the first one brings the window")
    void noCreditUntilTheFirstDestination() {
        FakeSender one = connection.sender("1").attach("q");
        FakeSender two = connection.sender("2").attach("q");
        FakeSender other = connection.sender("3").attach("other");
        assertThat(one.issued).isEmpty();
        connection.receiver("r").attach("q");
        assertThat(one.issued).containsExactly(250);
        assertThat(two.issued).containsExactly(250);
        assertThat(other.issued).isEmpty();
    }

    @Test
    @DisplayName("CRD-10 a second destination issues nothing")
    void secondDestinationIssuesNothing() {
        FakeSender sender = connection.sender("s").attach("q");
        connection.receiver("1").attach("q");
        connection.receiver("2").attach("q");
        assertThat(sender.issued).containsExactly(250);
    }

    @Test
    @DisplayName("CRD-04 unsettled credit comes back one by one at settlement, settled credit when forwarded")
    void creditComesBackOneByOne() {
        FakeReceiver receiver = connection.receiver("r").attach("q").credit(1000);
        FakeSender sender = connection.sender("s").attach("q");
        sender.send(5);
        assertThat(sender.issued).containsExactly(250);
        assertThat(sender.creditAvailable()).isEqualTo(245);
        receiver.settle(DeliveryState.ACCEPTED);
        receiver.settle(DeliveryState.RELEASED);
        assertThat(sender.issued).containsExactly(250, 1, 1);
        sender.send("x", true);
        assertThat(sender.issued).containsExactly(250, 1, 1, 1);
    }

    @Test
    @DisplayName("CRD-04 settled credit stays away while the transport is full, comes back when it is handed over")
    void settledCreditFollowsTheTransport() {
        FakeReceiver receiver = connection.receiver("r").attach("q").credit(1000);
        FakeSender sender = connection.sender("s").attach("q");
        receiver.transportBlocked = true;
        for (int i = 0; i < 10; i++) {
            sender.send("x", true);
        }
        assertThat(sum(sender)).isEqualTo(250);
        receiver.unblock();
        assertThat(sum(sender)).isEqualTo(260);
        assertThat(receiver.got).hasSize(10);
    }

    @Test
    @DisplayName("CRD-04 settled credit comes back at once when the receiver has none")
    void settledCreditComesBackWithoutReceiverCredit() {
        connection.receiver("r").attach("q");
        FakeSender sender = connection.sender("s").attach("q");
        for (int i = 0; i < 10; i++) {
            sender.send("x", true);
        }
        assertThat(sum(sender)).isEqualTo(260);
    }

    @Test
    @DisplayName("CRD-04 a settled copy for several receivers gives one credit back, when the last has it")
    void settledMulticastGivesOneCreditBack() {
        Cores.prefix(core, "m", "multicast");
        FakeReceiver one = connection.receiver("1").attach("m").credit(10);
        FakeReceiver two = connection.receiver("2").attach("m").credit(10);
        connection.receiver("3").attach("m");
        FakeSender sender = connection.sender("s").attach("m");
        sender.send("x", true);
        assertThat(sum(sender)).isEqualTo(251);
        one.transportBlocked = true;
        two.transportBlocked = true;
        sender.send("y", true);
        assertThat(sum(sender)).isEqualTo(251);
        one.unblock();
        assertThat(sum(sender)).isEqualTo(251);
        two.unblock();
        assertThat(sum(sender)).isEqualTo(252);
    }

    @Test
    @DisplayName(
            "CRD-06 CRD-07 the next delivery after the last receiver left is released, then a drain without credit")
    void lastReceiverLeaves() {
        FakeReceiver receiver = connection.receiver("r").attach("q");
        FakeSender sender = connection.sender("s").attach("q");
        receiver.lost();
        assertThat(sender.drains).isZero();
        assertThat(sender.creditAvailable()).isEqualTo(250);
        int key = sender.send("x", false);
        assertThat(sender.outcomeOf(key)).isEqualTo(DeliveryState.RELEASED);
        assertThat(sender.drains).isEqualTo(1);
        assertThat(sender.issued).containsExactly(250);
        int dropped = sender.send("y", true);
        assertThat(sender.knowsNothingOf(dropped)).isTrue();
        assertThat(sender.drains).isEqualTo(1);
        assertThat(sender.counters().droppedPresettled).isEqualTo(1);
        assertThat(sender.owedCredit()).isEqualTo(2);
    }

    @Test
    @DisplayName("CRD-08 after an answered drain the whole window is owed again")
    void answeredDrain() {
        FakeReceiver receiver = connection.receiver("r").attach("q");
        FakeSender sender = connection.sender("s").attach("q");
        receiver.lost();
        sender.send("x", false);
        sender.drained();
        assertThat(sender.creditAvailable()).isZero();
        connection.receiver("r2").attach("q");
        assertThat(sender.issued).containsExactly(250, 250);
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    @Test
    @DisplayName("CRD-08 CRD-09 after an unanswered drain only what was used is owed")
    void unansweredDrain() {
        FakeReceiver receiver = connection.receiver("r").attach("q");
        FakeSender sender = connection.sender("s").attach("q");
        receiver.lost();
        sender.send("x", false);
        connection.receiver("r2").attach("q");
        assertThat(sender.issued).containsExactly(250, 1);
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    @Test
    @DisplayName("CRD-07 what settles while the link is drained is owed, not issued")
    void settlementDuringDrainIsOwed() {
        Cores.prefix(core, "m", "multicast");
        FakeReceiver receiver = connection.receiver("r").attach("q").credit(10);
        FakeSender sender = connection.sender("s").attach("q");
        sender.send(3);
        core.unsubscribe(receiver.subscriptions().get(0));
        sender.send("x", false);
        receiver.settleAll(DeliveryState.ACCEPTED);
        sender.drained();
        assertThat(sender.issued).containsExactly(250);
        assertThat(sender.owedCredit()).isEqualTo(250);
    }

    @Test
    @DisplayName("CRD-13 one window beyond the credit is tolerated, one more detaches")
    void overrun() {
        FakeConnection small = new FakeConnection(core, ConnectionRole.NORMAL, 7);
        FakeReceiver receiver = connection.receiver("r").attach("q").credit(1000);
        FakeSender sender = small.sender("s").attach("q");
        sender.send(14);
        assertThat(receiver.got).hasSize(14);
        assertThat(sender.detached).isNull();
        sender.send(1);
        assertThat(sender.detached)
                .isEqualTo(ErrorCondition.TRANSFER_LIMIT_EXCEEDED.error(
                        "8 deliveries beyond the credit exceed linkCapacity 7"));
        assertThat(receiver.got).hasSize(14);
    }

    @Test
    @DisplayName("CRD-13 credit that comes back first fills what was overdrawn")
    void overdrawnCreditIsFilledFirst() {
        FakeConnection small = new FakeConnection(core, ConnectionRole.NORMAL, 7);
        FakeReceiver receiver = connection.receiver("r").attach("q").credit(1000);
        FakeSender sender = small.sender("s").attach("q");
        sender.send(10);
        assertThat(sender.creditAvailable()).isZero();
        assertThat(sender.credit()).isEqualTo(-3);
        receiver.settleAll(DeliveryState.ACCEPTED);
        assertThat(sender.credit()).isEqualTo(7);
    }

    @Test
    @DisplayName("CRD-16 order per link is kept behind what waits")
    void orderIsKept() {
        FakeReceiver receiver = connection.receiver("r").attach("q");
        FakeSender sender = connection.sender("s").attach("q");
        for (int i = 0; i < 20; i++) {
            sender.send("m" + i, i % 3 == 0);
            if (i % 7 == 0) {
                receiver.credit(2);
            }
        }
        receiver.credit(100);
        assertThat(receiver.bodies()).hasSize(20);
        for (int i = 0; i < 20; i++) {
            assertThat(receiver.bodies().get(i)).isEqualTo("m" + i);
        }
    }

    @Test
    @DisplayName("ANO-02 an anonymous sender gets its window at once and is never drained")
    void anonymousSender() {
        FakeSender sender = connection.sender("s").attach(null);
        assertThat(sender.issued).containsExactly(250);
        int key = sender.sendTo("nobody", "x", false);
        assertThat(sender.outcomeOf(key)).isEqualTo(DeliveryState.RELEASED);
        assertThat(sender.drains).isZero();
        assertThat(sender.issued).containsExactly(250, 1);
    }

    @Test
    @DisplayName("ANO-05 a settled delivery to nobody is dropped and counted")
    void anonymousSettledToNobody() {
        FakeSender sender = connection.sender("s").attach(null);
        int key = sender.sendTo("nobody", "x", true);
        assertThat(sender.knowsNothingOf(key)).isTrue();
        assertThat(sender.issued).containsExactly(250, 1);
        assertThat(core.totals().droppedPresettled).isEqualTo(1);
        assertThat(core.address("M0nobody")).isNull();
    }

    @Test
    @DisplayName("ANO-05 an address with senders but no destination is no destination either")
    void anonymousToAnAddressWithoutReceivers() {
        FakeSender targeted = connection.sender("t").attach("q");
        FakeSender sender = connection.sender("s").attach(null);
        assertThat(sender.outcomeOf(sender.sendTo("q", "x", false))).isEqualTo(DeliveryState.RELEASED);
        assertThat(targeted.drains).isZero();
        assertThat(targeted.issued).isEmpty();
    }

    @Test
    @DisplayName("ANO-04 OUT-22 a refused delivery gives its credit back")
    void rejectedDelivery() {
        FakeSender sender = connection.sender("s").attach(null);
        sender.rejectNext(false, ErrorCondition.PRECONDITION_FAILED.error("Routing failure: no address present"));
        sender.rejectNext(true, ErrorCondition.DECODE_ERROR.error("invalid message format"));
        assertThat(sender.issued).containsExactly(250, 1, 1);
        assertThat(sender.counters().rejected).isEqualTo(1);
        assertThat(sender.unsettledCount()).isZero();
    }
}
