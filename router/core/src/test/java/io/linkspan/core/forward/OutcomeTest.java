// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.forward;

import static io.linkspan.amqp.DeliveryState.ACCEPTED;
import static io.linkspan.amqp.DeliveryState.MODIFIED_FAILED;
import static io.linkspan.amqp.DeliveryState.RELEASED;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.core.CoreEvents;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.fake.FakeConnection;
import io.linkspan.core.fake.FakeReceiver;
import io.linkspan.core.fake.FakeSender;
import io.linkspan.core.fake.FakeSender.Told;
import io.linkspan.core.link.InboundLink;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutcomeTest {

    private static final DeliveryState REJECTED = DeliveryState.rejected(ErrorCondition.NOT_ALLOWED.error("no"));
    private static final DeliveryState RECEIVED = state(DeliveryState.RECEIVED, new UnsignedInteger(0));
    private static final DeliveryState DECLARED = state(DeliveryState.DECLARED, new UnsignedInteger(7));

    private final List<String> warnings = new ArrayList<>();
    private final RouterCore core = new RouterCore(
            CoreSettings.standalone("R"),
            new CoreEvents() {
                @Override
                public void declaredByOneOfSeveral(InboundLink sender) {
                    warnings.add(sender.name());
                }
            },
            new SplittableRandom(1));
    private final FakeConnection connection = new FakeConnection(core);

    private static DeliveryState state(int code, Object field) {
        DeliveryState state =
                DeliveryState.of(RawValue.of(new Described(new UnsignedLong(code), List.of(field, field))));
        if (state == null) {
            throw new AssertionError();
        }
        return state;
    }

    @BeforeEach
    void multicastAddress() {
        Cores.prefix(core, "m", "multicast");
    }

    private FakeReceiver receiver(String address) {
        return connection.receiver(address).attach(address).credit(1000);
    }

    private FakeSender sender(String address) {
        return connection.sender(address).attach(address);
    }

    // ---- one receiver ------------------------------------------------------------------------------------------

    @Test
    @DisplayName("OUT-01 OUT-02 any terminal state passes to the sender unchanged")
    void terminalStatesPass() {
        FakeReceiver receiver = receiver("q");
        FakeSender sender = sender("q");
        DeliveryState elsewhere = DeliveryState.modified(false, true, null);
        List<DeliveryState> states = List.of(ACCEPTED, RELEASED, REJECTED, MODIFIED_FAILED, elsewhere, DECLARED);
        for (DeliveryState state : states) {
            int key = sender.send("x", false);
            assertThat(sender.knowsNothingOf(key)).isTrue();
            receiver.settle(state);
            assertThat(sender.outcomeOf(key)).isSameAs(state);
        }
        assertThat(sender.unsettledCount()).isZero();
        assertThat(receiver.unsettledCount()).isZero();
    }

    @Test
    void theSenderCanSeeThatNobodyHasItYetAndTheReceiverWhereItWasSent() {
        FakeReceiver receiver = connection.receiver("r").pattern("q.*");
        FakeSender sender = sender("q.1");
        int key = sender.send("x", false);
        assertThat(sender.isWaiting(key)).isTrue();
        receiver.credit(1);
        assertThat(sender.isWaiting(key)).isFalse();
        assertThat(receiver.got.get(0).address).isEqualTo(AddressKey.mobile("q.1"));
    }

    @Test
    void aSenderContentWithOneReceiverIsToldAtTheFirstAcceptance() {
        FakeReceiver first = receiver("m");
        FakeReceiver second = receiver("m");
        FakeReceiver third = receiver("m");
        FakeSender sender = sender("m");
        sender.contentWithOne = true;
        int key = sender.send("x", false);
        first.settle(REJECTED);
        assertThat(sender.knowsNothingOf(key)).isTrue();
        second.settle(ACCEPTED);
        assertThat(sender.told.get(key)).containsExactly(new Told(ACCEPTED, false));
        assertThat(sender.unsettledCount()).isEqualTo(1);
        third.settle(RELEASED);
        assertThat(sender.told.get(key)).endsWith(new Told(null, true));
        assertThat(sender.unsettledCount()).isZero();
    }

    @Test
    void aMulticastDeliveryWaitsWhileOneOfItsCopiesDoes() {
        FakeReceiver ready = receiver("m");
        FakeReceiver slow = connection.receiver("slow").attach("m");
        FakeSender sender = sender("m");
        int key = sender.send("x", false);
        assertThat(sender.isWaiting(key)).isTrue();
        slow.credit(1);
        assertThat(sender.isWaiting(key)).isFalse();
        ready.settle(ACCEPTED);
        slow.settle(ACCEPTED);
        assertThat(sender.outcomeOf(key)).isSameAs(ACCEPTED);
    }

    @Test
    @DisplayName("OUT-03 the receiver's flags of modified are passed, failed=false too")
    void modifiedFlagsPass() {
        FakeReceiver receiver = receiver("q");
        FakeSender sender = sender("q");
        int key = sender.send("x", false);
        receiver.settle(DeliveryState.modified(false, false, null));
        DeliveryState outcome = sender.outcomeOf(key);
        assertThat(outcome).isNotNull();
        assertThat(outcome != null && outcome.failed()).isFalse();
    }

    @Test
    @DisplayName("OUT-02 a state that is no outcome passes without settling")
    void nonTerminalStatesPass() {
        FakeReceiver receiver = receiver("q");
        FakeSender sender = sender("q");
        int key = sender.send("x", false);
        receiver.tell(0, RECEIVED);
        assertThat(sender.told.get(key)).containsExactly(new Told(RECEIVED, false));
        receiver.settle(ACCEPTED);
        assertThat(sender.told.get(key)).containsExactly(new Told(RECEIVED, false), new Told(ACCEPTED, true));
    }

    @Test
    @DisplayName("OUT-04 settled without a state arrives so")
    void settledWithoutState() {
        FakeReceiver receiver = receiver("q");
        FakeSender sender = sender("q");
        int key = sender.send("x", false);
        receiver.settle(null);
        assertThat(sender.outcomeOf(key)).isNull();
    }

    @Test
    @DisplayName("OUT-05 receiver settles second: outcome, then the sender settles")
    void threeAck() {
        FakeReceiver receiver = receiver("q");
        FakeSender sender = sender("q");
        int key = sender.send("x", false);
        receiver.tell(0, ACCEPTED);
        assertThat(sender.told.get(key)).containsExactly(new Told(ACCEPTED, false));
        assertThat(sender.issued).containsExactly(250);
        sender.set(key, null, true);
        assertThat(receiver.senderTold).containsExactly(new Told(ACCEPTED, true));
        assertThat(sender.issued).containsExactly(250, 1);
        assertThat(sender.counters().accepted).isEqualTo(1);
        assertThat(receiver.counters().accepted).isEqualTo(1);
        assertThat(receiver.unsettledCount()).isZero();
    }

    @Test
    @DisplayName("OUT-05 the receiver may settle after its own unsettled outcome; it counts once")
    void outcomeThenSettlementByTheReceiver() {
        FakeReceiver receiver = receiver("q");
        FakeSender sender = sender("q");
        int key = sender.send("x", false);
        receiver.tell(0, ACCEPTED);
        receiver.settle(null);
        assertThat(sender.told.get(key)).containsExactly(new Told(ACCEPTED, false), new Told(null, true));
        assertThat(sender.counters().accepted).isEqualTo(1);
        assertThat(receiver.counters().accepted).isEqualTo(1);
    }

    @Test
    @DisplayName("OUT-06 the sender settles first: the receiver sees it settled without a state")
    void senderSettlesFirst() {
        FakeReceiver receiver = receiver("q");
        FakeSender sender = sender("q");
        int key = sender.send("x", false);
        sender.set(key, null, true);
        assertThat(receiver.senderTold).containsExactly(new Told(null, true));
        assertThat(sender.issued).containsExactly(250, 1);
        assertThat(sender.unsettledCount()).isZero();
        assertThat(receiver.outstanding()).isZero();
    }

    @Test
    @DisplayName("OUT-06 a delivery its sender settles while it waits goes out settled")
    void senderSettlesWhileQueued() {
        FakeReceiver receiver = connection.receiver("r").attach("q");
        FakeSender sender = sender("q");
        int key = sender.send("x", false);
        sender.set(key, null, true);
        receiver.credit(1);
        assertThat(receiver.got.get(0).settled).isTrue();
        assertThat(receiver.unsettledCount()).isZero();
        assertThat(sender.knowsNothingOf(key)).isTrue();
        assertThat(sender.issued).containsExactly(250, 1);
    }

    @Test
    @DisplayName("OUT-01 the sender's own states reach the receiver, also after waiting in the queue")
    void senderStatesFollowTheDelivery() {
        FakeReceiver receiver = connection.receiver("r").attach("q");
        FakeSender sender = sender("q");
        int key = sender.send("x", false);
        receiver.credit(1);
        sender.set(key, RECEIVED, false);
        assertThat(receiver.senderTold).containsExactly(new Told(RECEIVED, false));
        int queued = sender.send("y", false);
        sender.set(queued, RECEIVED, false);
        assertThat(receiver.senderTold).hasSize(1);
        receiver.credit(1);
        assertThat(receiver.senderTold).containsExactly(new Told(RECEIVED, false), new Told(RECEIVED, false));
    }

    @Test
    @DisplayName("OUT-07 the receiver leaves: sent becomes modified, queued becomes released")
    void receiverLeaves() {
        FakeReceiver receiver = connection.receiver("r").attach("q").credit(2);
        FakeSender sender = sender("q");
        int first = sender.send(4);
        sender.send("settled", true);
        receiver.lost();
        assertThat(sender.outcomeOf(first)).isEqualTo(MODIFIED_FAILED);
        assertThat(sender.outcomeOf(first + 1)).isEqualTo(MODIFIED_FAILED);
        assertThat(sender.outcomeOf(first + 2)).isEqualTo(RELEASED);
        assertThat(sender.outcomeOf(first + 3)).isEqualTo(RELEASED);
        assertThat(sender.creditAvailable()).isEqualTo(250);
        assertThat(receiver.counters().modified).isEqualTo(2);
        assertThat(receiver.counters().released).isEqualTo(2);
        assertThat(receiver.counters().droppedPresettled).isEqualTo(1);
        assertThat(receiver.outstanding()).isZero();
    }

    @Test
    @DisplayName("OUT-09 the sender leaves: the receiver keeps its delivery, its outcome is ignored")
    void senderLeaves() {
        FakeReceiver receiver = connection.receiver("r").attach("q").credit(1);
        FakeSender sender = sender("q");
        int key = sender.send(2);
        sender.lost();
        assertThat(receiver.senderTold).isEmpty();
        receiver.settle(ACCEPTED);
        assertThat(sender.knowsNothingOf(key)).isTrue();
        receiver.credit(1);
        receiver.settle(REJECTED);
        assertThat(receiver.bodies()).containsExactly("m0", "m1");
        assertThat(receiver.outstanding()).isZero();
        assertThat(receiver.counters().accepted).isEqualTo(1);
    }

    @Test
    @DisplayName("OUT-16 settled input stays settled")
    void settledStaysSettled() {
        FakeReceiver receiver = receiver("q");
        FakeSender sender = sender("q");
        int key = sender.send("x", true);
        assertThat(receiver.got.get(0).settled).isTrue();
        assertThat(sender.knowsNothingOf(key)).isTrue();
        assertThat(sender.counters().presettled).isEqualTo(1);
        assertThat(receiver.counters().presettled).isEqualTo(1);
    }

    @Test
    @DisplayName("OUT-17 a receiver of settled transfers: accepted as soon as it is handed over")
    void receiverOfSettledTransfers() {
        FakeReceiver receiver = connection.receiver("r").attach("q");
        receiver.takesSettled = true;
        FakeSender sender = sender("q");
        int key = sender.send("x", false);
        assertThat(sender.knowsNothingOf(key)).isTrue();
        receiver.credit(1);
        assertThat(sender.outcomeOf(key)).isEqualTo(ACCEPTED);
        assertThat(receiver.outstanding()).isZero();
    }

    @Test
    @DisplayName("OUT-18 OUT-19 congestion: of 30 settled ones with capacity 7, numbers 0 and 25 to 29 survive")
    void congestion() {
        FakeConnection small = new FakeConnection(core, ConnectionRole.NORMAL, 7);
        FakeReceiver receiver = small.receiver("r").attach("q");
        FakeSender sender = sender("q");
        for (int i = 0; i < 30; i++) {
            sender.send("" + i, true);
        }
        receiver.credit(100);
        assertThat(receiver.bodies()).containsExactly("0", "25", "26", "27", "28", "29");
        assertThat(receiver.counters().droppedPresettled).isEqualTo(24);
        assertThat(core.totals().droppedPresettled).isEqualTo(24);
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    @Test
    @DisplayName("OUT-18 unsettled ones are kept in a congested queue")
    void congestionKeepsUnsettled() {
        FakeConnection small = new FakeConnection(core, ConnectionRole.NORMAL, 3);
        FakeReceiver receiver = small.receiver("r").attach("q");
        FakeSender sender = sender("q");
        for (int i = 0; i < 12; i++) {
            sender.send("" + i, i % 2 == 0);
        }
        receiver.credit(100);
        assertThat(receiver.bodies())
                .contains("0", "1", "3", "5", "7", "9", "11")
                .doesNotContain("2", "4", "6", "8");
    }

    @Test
    @DisplayName("a receiver that does not want a delivery leaves it released")
    void skipped() {
        FakeReceiver receiver = receiver("q");
        receiver.skips = true;
        FakeSender sender = sender("q");
        int key = sender.send("x", false);
        assertThat(sender.outcomeOf(key)).isEqualTo(RELEASED);
        assertThat(sender.drains).isZero();
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    @Test
    void anAdaptorMayDecideTheOutcomeItself() {
        FakeReceiver receiver = receiver("q");
        receiver.doneWith = REJECTED;
        FakeSender sender = sender("q");
        assertThat(sender.outcomeOf(sender.send("x", false))).isEqualTo(REJECTED);
        assertThat(receiver.counters().rejected).isEqualTo(1);
        sender.send("settled", true);
        receiver.doneWith = null;
        receiver.takesSettled = true;
        assertThat(sender.outcomeOf(sender.send("y", false))).isEqualTo(ACCEPTED);
    }

    // ---- several receivers -------------------------------------------------------------------------------------

    private static DeliveryState byName(String name) {
        return switch (name) {
            case "A" -> ACCEPTED;
            case "J" -> REJECTED;
            case "M" -> MODIFIED_FAILED;
            case "D" -> DECLARED;
            default -> RELEASED;
        };
    }

    @DisplayName("OUT-11 OUT-12 OUT-13 rejected > accepted > modified > released, after the last receiver")
    @ParameterizedTest(name = "{0} {1} {2} is {3}")
    @CsvSource({
        "A, A, A, A",
        "A, L, M, A",
        "A, J, M, J",
        "L, L, M, M",
        "L, L, L, L",
        "M, M, A, A",
        "J, J, A, J",
        "L, M, M, M"
    })
    void multicastOutcome(String one, String two, String three, String outcome) {
        FakeReceiver[] receivers = {receiver("m"), receiver("m"), receiver("m")};
        FakeSender sender = sender("m");
        int key = sender.send("x", false);
        receivers[1].settle(byName(two));
        receivers[2].settle(byName(three));
        assertThat(sender.knowsNothingOf(key)).isTrue();
        receivers[0].settle(byName(one));
        assertThat(sender.outcomeOf(key)).isEqualTo(byName(outcome));
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    @Test
    @DisplayName("OUT-13 the error of the first rejecting receiver is passed")
    void firstRejectingReceiversError() {
        FakeReceiver[] receivers = {receiver("m"), receiver("m")};
        FakeSender sender = sender("m");
        int key = sender.send("x", false);
        receivers[1].settle(REJECTED);
        receivers[0].settle(DeliveryState.rejected(ErrorCondition.INTERNAL_ERROR.error("later")));
        assertThat(sender.outcomeOf(key)).isEqualTo(REJECTED);
    }

    @Test
    @DisplayName("OUT-12 declared counts as rejected and is warned of, a state that is no outcome is ignored")
    void declaredCountsAsRejected() {
        FakeReceiver[] receivers = {receiver("m"), receiver("m")};
        FakeSender sender = sender("m");
        int key = sender.send("x", false);
        receivers[0].tell(0, RECEIVED);
        receivers[0].settle(ACCEPTED);
        assertThat(warnings).isEmpty();
        receivers[1].settle(DECLARED);
        assertThat(sender.outcomeOf(key)).isEqualTo(DeliveryState.rejected(null));
        assertThat(warnings).containsExactly(sender.name());
    }

    @Test
    @DisplayName("OUT-05 OUT-12 outcome when all have one, settlement when all have settled")
    void multicastOutcomeBeforeSettlement() {
        FakeReceiver[] receivers = {receiver("m"), receiver("m")};
        FakeSender sender = sender("m");
        int key = sender.send("x", false);
        receivers[0].tell(0, ACCEPTED);
        receivers[1].tell(0, RELEASED);
        assertThat(sender.told.get(key)).containsExactly(new Told(ACCEPTED, false));
        receivers[0].settle(ACCEPTED);
        assertThat(sender.told.get(key)).hasSize(1);
        receivers[1].settle(null);
        assertThat(sender.told.get(key)).containsExactly(new Told(ACCEPTED, false), new Told(null, true));
        assertThat(sender.counters().accepted).isEqualTo(1);
        assertThat(receivers[1].counters().released).isEqualTo(1);
    }

    @Test
    @DisplayName("OUT-05 multicast, sender settles second")
    void multicastThreeAck() {
        FakeReceiver[] receivers = {receiver("m"), receiver("m")};
        FakeSender sender = sender("m");
        int key = sender.send("x", false);
        receivers[0].tell(0, REJECTED);
        receivers[1].tell(0, ACCEPTED);
        assertThat(sender.told.get(key)).containsExactly(new Told(REJECTED, false));
        sender.set(key, null, true);
        assertThat(receivers[0].senderTold).containsExactly(new Told(REJECTED, true));
        assertThat(receivers[1].senderTold).containsExactly(new Told(ACCEPTED, true));
        assertThat(receivers[0].outstanding() + receivers[1].outstanding()).isZero();
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    @Test
    @DisplayName("OUT-13 a terminal state of the sender goes to all receivers")
    void sendersStateGoesToAll() {
        FakeReceiver[] receivers = {receiver("m"), connection.receiver("queued").attach("m")};
        FakeSender sender = sender("m");
        int key = sender.send("x", false);
        sender.set(key, ACCEPTED, true);
        assertThat(receivers[0].senderTold).containsExactly(new Told(ACCEPTED, true));
        receivers[1].credit(1);
        assertThat(receivers[1].got.get(0).settled).isTrue();
        assertThat(sender.knowsNothingOf(key)).isTrue();
    }

    @Test
    @DisplayName("OUT-14 a multicast receiver that leaves counts as modified or released")
    void multicastReceiverLeaves() {
        FakeReceiver one = receiver("m");
        FakeReceiver two = connection.receiver("m2").attach("m").credit(1);
        FakeSender sender = sender("m");
        int first = sender.send(2);
        one.settle(RELEASED);
        one.settle(RELEASED);
        two.lost();
        assertThat(sender.outcomeOf(first)).isEqualTo(MODIFIED_FAILED);
        assertThat(sender.outcomeOf(first + 1)).isEqualTo(RELEASED);
    }

    @Test
    @DisplayName("OUT-15 unsettled multicast needs no permission")
    void unsettledMulticast() {
        FakeReceiver[] receivers = {receiver("m"), receiver("m")};
        sender("m").send("x", false);
        assertThat(receivers[0].got.get(0).settled).isFalse();
        assertThat(receivers[1].got.get(0).settled).isFalse();
    }

    @Test
    @DisplayName("multicast: one who takes at most once does not decide, unless nobody else is there")
    void atMostOnceDoesNotContribute() {
        FakeReceiver once = receiver("m");
        once.atMostOnce = true;
        FakeSender sender = sender("m");
        assertThat(sender.outcomeOf(sender.send("alone", false))).isEqualTo(ACCEPTED);
        FakeReceiver second = receiver("m");
        second.atMostOnce = true;
        assertThat(sender.outcomeOf(sender.send("both alike", false))).isEqualTo(ACCEPTED);
        FakeReceiver confirming = receiver("m");
        int key = sender.send("x", false);
        assertThat(sender.knowsNothingOf(key)).isTrue();
        confirming.settle(RELEASED);
        assertThat(sender.outcomeOf(key)).isEqualTo(RELEASED);
    }

    @Test
    void multicastWhereNobodyWantsIt() {
        FakeReceiver[] receivers = {receiver("m"), receiver("m")};
        receivers[0].skips = true;
        receivers[1].skips = true;
        FakeSender sender = sender("m");
        assertThat(sender.outcomeOf(sender.send("x", false))).isEqualTo(RELEASED);
        receivers[1].skips = false;
        int key = sender.send("y", false);
        receivers[1].settle(REJECTED);
        assertThat(sender.outcomeOf(key)).isEqualTo(REJECTED);
    }

    @Test
    @DisplayName("a fan-out that is used again ignores what is said about its former delivery")
    void fanOutsAreUsedAgain() {
        FakeReceiver[] receivers = {receiver("m"), receiver("m")};
        FakeSender sender = sender("m");
        for (int round = 0; round < 5; round++) {
            int key = sender.send("x" + round, false);
            receivers[0].settle(ACCEPTED);
            receivers[1].settle(round % 2 == 0 ? RELEASED : REJECTED);
            assertThat(sender.outcomeOf(key)).isEqualTo(round % 2 == 0 ? ACCEPTED : REJECTED);
        }
        Runnable late = sender.lateState(sender.send("former", false), RELEASED);
        receivers[0].settle(ACCEPTED);
        receivers[1].settle(ACCEPTED);
        int present = sender.send("present", false);
        late.run();
        assertThat(receivers[0].senderTold).isEmpty();
        receivers[0].settle(ACCEPTED);
        receivers[1].settle(ACCEPTED);
        assertThat(sender.outcomeOf(present)).isEqualTo(ACCEPTED);
    }
}
