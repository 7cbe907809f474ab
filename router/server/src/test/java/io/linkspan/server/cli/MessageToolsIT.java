// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.proton.ProtonHelper;
import io.vertx.proton.ProtonSender;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code send} and {@code receive} over real sockets, against a router that is a script. */
class MessageToolsIT {
    private final ScriptedRouter router = ScriptedRouter.start();
    private final String bus = "127.0.0.1:" + router.port();

    @AfterEach
    void stop() {
        router.close();
    }

    private ToolRun send(String... arguments) {
        return run(new Send(new ByteArrayInputStream("one\ntwo\n".getBytes(StandardCharsets.UTF_8))), arguments);
    }

    private ToolRun receive(String... arguments) {
        return run(new Receive(), arguments);
    }

    private ToolRun run(Object command, String... arguments) {
        List<String> all = new ArrayList<>(List.of("-b", bus));
        all.addAll(Arrays.asList(arguments));
        return ToolRun.of(command, "linkspan", all.toArray(new String[0]));
    }

    /** Lets a receiver of the tool get these messages as its credit allows, and keeps the outcomes. */
    private List<DeliveryState> serve(Message... messages) {
        List<DeliveryState> outcomes = Collections.synchronizedList(new ArrayList<>());
        router.onSender = sender -> {
            sender.open();
            int[] next = {0};
            sender.sendQueueDrainHandler(link -> {
                while (next[0] < messages.length && link.getCredit() > 0) {
                    Message message = messages[next[0]];
                    link.send(
                            ProtonHelper.tag("m" + next[0]),
                            message,
                            delivery -> outcomes.add(delivery.getRemoteState()));
                    next[0]++;
                }
            });
        };
        return outcomes;
    }

    private static Message text(String text) {
        Message message = Proton.message();
        message.setBody(new AmqpValue(text));
        return message;
    }

    @Test
    void eachMessageIsSentInTurnAndItsOutcomePrinted() {
        ToolRun run = send("cities.london", "17 degrees", "rain", "-n", "2");
        assertThat(run).isEqualTo(new ToolRun(0, "accepted\naccepted\naccepted\naccepted\n", ""));
        assertThat(router.targets).containsExactly("cities.london");
        assertThat(router.requests)
                .extracting(message -> ((AmqpValue) message.getBody()).getValue())
                .containsExactly("17 degrees", "rain", "17 degrees", "rain");
    }

    @Test
    void aDashSendsTheLinesOfStandardInput() {
        ToolRun run = send("log", "zero", "-");
        assertThat(run.code()).isZero();
        assertThat(router.requests)
                .extracting(message -> ((AmqpValue) message.getBody()).getValue())
                .containsExactly("zero", "one", "two");
    }

    @Test
    void anyOutcomeButAcceptedIsPrintedAndFailsTheRun() {
        Rejected rejected = new Rejected();
        rejected.setError(new ErrorCondition(Symbol.valueOf("amqp:not-allowed"), "not today"));
        Modified modified = new Modified();
        modified.setDeliveryFailed(true);
        List<DeliveryState> states =
                new ArrayList<>(List.of(Accepted.getInstance(), rejected, Released.getInstance(), modified));
        router.settle = (link, delivery) -> delivery.disposition(states.remove(0), true);
        ToolRun run = send("q", "1", "2", "3", "4");
        assertThat(run)
                .isEqualTo(new ToolRun(1, "accepted\nrejected amqp:not-allowed: not today\nreleased\nmodified\n", ""));
    }

    @Test
    void aSettledMessageHasNoOutcome() {
        List<Boolean> settled = Collections.synchronizedList(new ArrayList<>());
        router.settle = (link, delivery) -> settled.add(delivery.remotelySettled());
        ToolRun run = send("--settled", "q", "1", "2");
        assertThat(run).isEqualTo(new ToolRun(0, "", ""));
        assertThat(settled).containsExactly(true, true);
    }

    @Test
    void optionsBecomePropertiesOfTheMessage() {
        send(
                "--durable",
                "--priority=7",
                "--ttl=1.5",
                "--subject=s",
                "--content-type=text/plain",
                "--reply-to=r",
                "--correlation-id=c",
                "--property",
                "a=b",
                "--property",
                "x=1",
                "--data",
                "--anonymous",
                "q",
                "hi");
        assertThat(router.targets).containsExactly("null");
        Message sent = router.requests.get(0);
        assertThat(sent.isDurable()).isTrue();
        assertThat(sent.getPriority()).isEqualTo((short) 7);
        assertThat(sent.getTtl()).isEqualTo(1500);
        assertThat(sent.getSubject()).isEqualTo("s");
        assertThat(sent.getContentType()).isEqualTo("text/plain");
        assertThat(sent.getReplyTo()).isEqualTo("r");
        assertThat(sent.getCorrelationId()).isEqualTo("c");
        assertThat(sent.getAddress()).isEqualTo("q");
        assertThat(sent.getApplicationProperties().getValue()).isEqualTo(Map.of("a", "b", "x", "1"));
        assertThat(((Data) sent.getBody()).getValue()).isEqualTo(new Binary("hi".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void withoutAReceiverThereIsNoCreditAndTheUserIsToldSo() {
        router.onReceiver = receiver -> {
            receiver.setPrefetch(0);
            receiver.open();
        };
        ToolRun run = send("-t", "2", "q", "1");
        assertThat(run)
                .isEqualTo(new ToolRun(
                        1,
                        "",
                        "linkspan: Timeout: Connection amqp://" + bus
                                + " timed out: no credit for q (does anybody receive there?)\n"));
    }

    @Test
    void anOutcomeThatDoesNotComeEndsTheRun() {
        router.settle = (link, delivery) -> {};
        ToolRun run = send("-t", "2", "q", "1");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("timed out: no outcome from the receiver");
    }

    @Test
    void receivedMessagesAreOneLineEachAndAccepted() {
        Message addressed = text("second\nline\u001b[31m");
        addressed.setAddress("cities.rome");
        Message data = Proton.message();
        data.setBody(new Data(new Binary("bytes".getBytes(StandardCharsets.UTF_8))));
        Message map = Proton.message();
        map.setBody(new AmqpValue(Map.of("t", 17)));
        List<DeliveryState> outcomes = serve(text("17 degrees"), addressed, data, map, Proton.message());
        ToolRun run = receive("cities.london", "--count", "5");
        assertThat(run).isEqualTo(new ToolRun(0, """
                cities.london 17 degrees
                cities.rome second\\nline\\x1b[31m
                cities.london bytes
                cities.london {"t": 17}
                cities.london\s
                """, ""));
        assertThat(outcomes).hasSize(5).allMatch(Accepted.class::isInstance);
    }

    @Test
    void verboseLinesHaveTheProperties() {
        Message message = text("17");
        message.setDurable(true);
        message.setSubject("temperature");
        message.setMessageId("m1");
        message.setApplicationProperties(new ApplicationProperties(Map.of("unit", "celsius")));
        serve(message);
        ToolRun run = receive("q", "-n", "1", "-v");
        assertThat(run.out())
                .isEqualTo("q 17 {\"durable\": true, \"message-id\": \"m1\", \"subject\": \"temperature\","
                        + " \"unit\": \"celsius\"}\n");
    }

    @Test
    void noMoreCreditIsGivenThanMessagesAreWanted() {
        List<DeliveryState> outcomes = serve(text("1"), text("2"), text("3"), text("4"));
        ToolRun run = receive("q", "-n", "3", "--credit", "2");
        assertThat(run).isEqualTo(new ToolRun(0, "q 1\nq 2\nq 3\n", ""));
        assertThat(outcomes).hasSize(3);
    }

    @Test
    void theOutcomeIsTheUsersChoiceInAnyLetterCase() {
        List<DeliveryState> outcomes = serve(text("1"));
        ToolRun run = receive("q", "-n", "1", "--outcome", "Rejected", "--delay", "0.05");
        assertThat(run.code()).isZero();
        assertThat(outcomes).hasSize(1);
        assertThat((Object) ((Rejected) outcomes.get(0)).getError().getCondition())
                .hasToString("amqp:not-allowed");
        List<DeliveryState> released = serve(text("1"));
        receive("q", "-n", "1", "--outcome", "released");
        assertThat(released).containsExactly(Released.getInstance());
        List<DeliveryState> modified = serve(text("1"));
        receive("q", "-n", "1", "--outcome", "modified");
        assertThat(((Modified) modified.get(0)).getDeliveryFailed()).isTrue();
    }

    @Test
    void aPatternIsAskedForByACapabilityOfTheSource() {
        List<Symbol> capabilities = Collections.synchronizedList(new ArrayList<>());
        router.onSender = sender -> {
            Symbol[] wanted = ((Source) sender.getRemoteSource()).getCapabilities();
            capabilities.addAll(wanted == null ? List.of() : Arrays.asList(wanted));
            sender.open();
        };
        receive("--pattern", "cities.*", "--wait", "0.1");
        assertThat(capabilities).containsExactly(Symbol.valueOf("topic-pattern"));
    }

    @Test
    void missingMessagesAreCountedAndFailTheRun() {
        serve(text("1"));
        ToolRun run = receive("q", "-n", "3", "--wait", "2");
        assertThat(run).isEqualTo(new ToolRun(1, "q 1\n", "linkspan: 1 of 3 messages came\n"));
    }

    @Test
    void aRefusedSourceIsReportedOnStandardError() {
        router.onSender = sender -> {
            sender.setSource(null);
            sender.open();
            sender.setCondition(new ErrorCondition(Symbol.valueOf("amqp:not-found"), "Node not found"));
            sender.close();
        };
        ToolRun run = receive("q");
        assertThat(run)
                .isEqualTo(new ToolRun(
                        1,
                        "",
                        "linkspan: LinkDetached: receiver from q closed due to:"
                                + " Condition('amqp:not-found', 'Node not found')\n"));
    }

    @Test
    void aConnectionThatBreaksEndsAReceiverThatWaits() {
        router.onSender = sender -> {
            sender.open();
            sender.sendQueueDrainHandler(MessageToolsIT::breakConnection);
        };
        ToolRun run = receive("q");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains("disconnected: Condition('amqp:connection:framing-error', 'connection aborted')");
    }

    private static void breakConnection(ProtonSender sender) {
        sender.getSession().getConnection().disconnect();
    }
}
