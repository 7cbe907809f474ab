// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.interop;

import static io.linkspan.tests.client.ClientProgram.PROTONJ2;
import static io.linkspan.tests.client.ClientProgram.PROTON_PYTHON;
import static io.linkspan.tests.client.ClientProgram.QPID_JMS;
import static io.linkspan.tests.client.ClientProgram.RHEA;
import static io.linkspan.tests.client.ClientProgram.VERTX_PROTON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.linkspan.tests.client.ClientEvent;
import io.linkspan.tests.client.ClientProcess;
import io.linkspan.tests.client.ClientProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each AMQP client against the router: with itself, and with the next one as its partner. */
class AmqpInteropSystemIT {

    private static final List<ClientProgram> PROGRAMS = List.of(VERTX_PROTON, QPID_JMS, PROTONJ2, PROTON_PYTHON, RHEA);
    private static final int MANY = 50;

    @RegisterExtension
    static final InteropRouter router = new InteropRouter();

    @RegisterExtension
    static final Clients clients = new Clients();

    /** Each client as sender with itself and with the next as receiver. */
    static Stream<Arguments> pairs() {
        return IntStream.range(0, PROGRAMS.size())
                .boxed()
                .flatMap(i -> Stream.of(
                        Arguments.of(PROGRAMS.get(i), PROGRAMS.get(i)),
                        Arguments.of(PROGRAMS.get(i), PROGRAMS.get((i + 1) % PROGRAMS.size()))));
    }

    /** Each client as sender with the next as receiver. */
    static Stream<Arguments> neighbours() {
        return IntStream.range(0, PROGRAMS.size())
                .mapToObj(i -> Arguments.of(PROGRAMS.get(i), PROGRAMS.get((i + 1) % PROGRAMS.size())));
    }

    private static ClientProcess open(ClientProgram program) {
        return clients.amqp(program, router.url("amqp"));
    }

    private static ClientProcess openOther(ClientProgram program, ClientProcess first) {
        return program == first.program() ? first : open(program);
    }

    private static void closeBoth(ClientProcess one, ClientProcess other) {
        Clients.close(one);
        if (other != one) {
            Clients.close(other);
        }
    }

    private static List<Object> column(List<ClientEvent> events, String key) {
        return events.stream()
                .map(event -> String.valueOf(event.get(key)))
                .map(Object.class::cast)
                .toList();
    }

    private static List<Object> numbers(String before, int count) {
        return IntStream.range(0, count).mapToObj(n -> (Object) (before + n)).toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"VERTX_PROTON", "PROTONJ2", "PROTON_PYTHON", "RHEA"})
    @DisplayName("ANO-01, CON-01: the OPEN names the router and offers an anonymous relay")
    void openNamesTheRouterAndOffersAnAnonymousRelay(ClientProgram program) {
        ClientProcess client = clients.start(program);
        client.tell("connect " + router.url("amqp"));
        ClientEvent open = client.await("open");
        assertThat(open.get("offered")).asInstanceOf(LIST).startsWith("ANONYMOUS-RELAY", "qd.streaming-links");
        if (program != PROTONJ2) {
            assertThat(open.text("container")).isEqualTo(InteropRouter.ID);
        }
        assertThat(open.text("product")).startsWith("linkspan");
        Clients.close(client);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("OUT-01: unsettled messages arrive in order and the sender sees them accepted")
    void unsettledMessagesArriveInOrderAndAreAccepted(ClientProgram from, ClientProgram to) {
        String address = InteropRouter.address("unsettled.");
        ClientProcess sender = open(from);
        ClientProcess receiver = openOther(to, sender);
        receiver.tell("receiver in " + address);
        assertThat(receiver.await("attached", "link", "in").text("address")).isEqualTo(address);
        sender.tell("sender out " + address);
        sender.await("attached", "link", "out");
        sender.tell("send out " + MANY);
        List<ClientEvent> messages = receiver.await(MANY, "message", "link", "in");
        assertThat(column(messages, "body")).isEqualTo(numbers("out-", MANY));
        assertThat(column(messages, "settled")).doesNotContain("true");
        List<ClientEvent> outcomes = sender.await(MANY, "outcome", "link", "out");
        assertThat(column(outcomes, "n")).isEqualTo(numbers("", MANY));
        assertThat(column(outcomes, "state")).containsOnly("accepted");
        closeBoth(sender, receiver);
        assertThat(receiver.left("message")).as("one copy of each").isEmpty();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("OUT-16: pre-settled messages stay pre-settled and arrive in order")
    void presettledMessagesArriveInOrder(ClientProgram from, ClientProgram to) {
        String address = InteropRouter.address("settled.");
        ClientProcess sender = open(from);
        ClientProcess receiver = openOther(to, sender);
        receiver.tell("receiver in " + address);
        receiver.await("attached", "link", "in");
        sender.tell("sender out " + address + " --settled");
        sender.await("attached", "link", "out");
        sender.tell("send out " + MANY + " --settled");
        sender.await(MANY, "sent", "link", "out");
        List<ClientEvent> messages = receiver.await(MANY, "message", "link", "in");
        assertThat(column(messages, "body")).isEqualTo(numbers("out-", MANY));
        if (to != QPID_JMS) {
            assertThat(column(messages, "settled")).containsOnly("true");
        }
        closeBoth(sender, receiver);
    }

    @ParameterizedTest
    @MethodSource("neighbours")
    @DisplayName("OUT-17: a receiver that asks for it gets pre-settled transfers, and the sender sees accepted")
    void receiverMayAskForPresettledTransfers(ClientProgram from, ClientProgram to) {
        String address = InteropRouter.address("asked.");
        ClientProcess sender = open(from);
        ClientProcess receiver = open(to);
        receiver.tell("receiver in " + address + " --settled");
        receiver.await("attached", "link", "in");
        sender.tell("sender out " + address);
        sender.await("attached", "link", "out");
        sender.tell("send out 3");
        List<ClientEvent> messages = receiver.await(3, "message", "link", "in");
        if (to != QPID_JMS) {
            assertThat(column(messages, "settled")).containsOnly("true");
        }
        assertThat(column(sender.await(3, "outcome", "link", "out"), "state")).containsOnly("accepted");
        closeBoth(sender, receiver);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("OUT-02, OUT-03: the sender sees what the receiver decided")
    void senderSeesWhatTheReceiverDecided(ClientProgram from, ClientProgram to) {
        String address = InteropRouter.address("decided.");
        ClientProcess sender = open(from);
        ClientProcess receiver = openOther(to, sender);
        receiver.tell("receiver in " + address + " --manual");
        receiver.await("attached", "link", "in");
        sender.tell("sender out " + address);
        sender.await("attached", "link", "out");
        sender.tell("send out 4");
        receiver.await(4, "message", "link", "in");
        assertThat(sender.left("outcome"))
                .as("no outcome before the receiver decided")
                .isEmpty();

        receiver.tell("dispose in accepted 1");
        sender.await("outcome", "n", 0, "state", "accepted");
        receiver.tell("dispose in rejected 1 --condition=test:no --description=because");
        ClientEvent rejected = sender.await("outcome", "n", 1, "state", "rejected");
        if (to != QPID_JMS) { // JMS has no way to say why.
            assertThat(rejected.text("condition")).isEqualTo("test:no");
            assertThat(rejected.text("description")).isEqualTo("because");
        }
        receiver.tell("dispose in released 1");
        sender.await("outcome", "n", 2, "state", "released");
        receiver.tell("dispose in modified 1 --failed --undeliverable");
        ClientEvent modified = sender.await("outcome", "n", 3, "state", "modified");
        assertThat(modified.get("failed")).isEqualTo(true);
        assertThat(modified.get("undeliverable")).isEqualTo(true);
        closeBoth(sender, receiver);
    }

    @ParameterizedTest
    @MethodSource("neighbours")
    @DisplayName("OUT-07: what a receiver leaves unsettled comes back modified")
    void whatALeavingReceiverHoldsComesBackModified(ClientProgram from, ClientProgram to) {
        String address = InteropRouter.address("left.");
        ClientProcess sender = open(from);
        ClientProcess receiver = open(to);
        receiver.tell("receiver in " + address + " --manual");
        receiver.await("attached", "link", "in");
        sender.tell("sender out " + address);
        sender.await("attached", "link", "out");
        sender.tell("send out 2");
        receiver.await(2, "message", "link", "in");
        Clients.close(receiver);
        List<ClientEvent> outcomes = sender.await(2, "outcome", "link", "out");
        assertThat(column(outcomes, "state")).containsOnly("modified");
        assertThat(column(outcomes, "failed")).containsOnly("true");
        assertThat(column(outcomes, "undeliverable")).containsOnly("false");
        Clients.close(sender);
    }

    @ParameterizedTest
    @MethodSource("neighbours")
    @DisplayName("CRD-02, CRD-09: a sender has no credit until a receiver comes")
    void senderHasNoCreditUntilAReceiverComes(ClientProgram from, ClientProgram to) {
        String address = InteropRouter.address("credit.");
        ClientProcess sender = open(from);
        sender.tell("sender out " + address);
        sender.await("attached", "link", "out");
        sender.tell("send out 1");
        // The answer to a later attach on the connection comes behind any credit that the first attach was given.
        sender.tell("sender later " + address);
        sender.await("attached", "link", "later");
        if (from != QPID_JMS && from != PROTONJ2) {
            sender.tell("status out");
            assertThat(sender.await("status").number("credit")).isZero();
        }
        assertThat(sender.left("outcome")).isEmpty();
        ClientProcess receiver = open(to);
        receiver.tell("receiver in " + address);
        assertThat(receiver.await("message", "link", "in").text("body")).isEqualTo("out-0");
        sender.await("outcome", "n", 0, "state", "accepted");
        closeBoth(sender, receiver);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("ANO-02, ANO-03: a sender without address reaches the address in each message")
    void anonymousSenderReachesTheAddressInTheMessage(ClientProgram from, ClientProgram to) {
        String one = InteropRouter.address("one.");
        String two = InteropRouter.address("two.");
        ClientProcess sender = open(from);
        ClientProcess receiver = openOther(to, sender);
        receiver.tell("receiver first " + one);
        receiver.await("attached", "link", "first");
        receiver.tell("receiver second " + two);
        receiver.await("attached", "link", "second");
        sender.tell("sender out -");
        sender.await("attached", "link", "out");
        sender.tell("send out 2 --to=" + one);
        sender.tell("send out 1 --to=" + two);
        assertThat(column(receiver.await(2, "message", "link", "first"), "body"))
                .isEqualTo(numbers("out-", 2));
        ClientEvent second = receiver.await("message", "link", "second");
        assertThat(second.text("body")).isEqualTo("out-2");
        assertThat(second.text("to")).isEqualTo(two);
        assertThat(column(sender.await(3, "outcome", "link", "out"), "state")).containsOnly("accepted");
        closeBoth(sender, receiver);
    }

    @ParameterizedTest
    @EnumSource(names = {"VERTX_PROTON", "QPID_JMS", "PROTONJ2", "PROTON_PYTHON", "RHEA"})
    @DisplayName("ANO-05: a message to an address without receiver is released")
    void messageToAnAddressWithoutReceiverIsReleased(ClientProgram program) {
        ClientProcess sender = open(program);
        sender.tell("sender out -");
        sender.await("attached", "link", "out");
        sender.tell("send out 2 --to=" + InteropRouter.address("empty."));
        assertThat(column(sender.await(2, "outcome", "link", "out"), "state")).containsOnly("released");
        Clients.close(sender);
    }

    @ParameterizedTest
    @EnumSource(names = {"VERTX_PROTON", "QPID_JMS", "PROTONJ2", "PROTON_PYTHON", "RHEA"})
    @DisplayName("DST-40, ANO-16: an unavailable address is refused by name")
    void unavailableAddressIsRefused(ClientProgram program) {
        ClientProcess client = open(program);
        for (String role : List.of("sender", "receiver")) {
            client.tell(role + " " + role + "-link nowhere.1");
            ClientEvent detached = client.await("detached", "link", role + "-link");
            assertThat(detached.text("condition")).isEqualTo("amqp:not-found");
            assertThat(detached.text("description")).isEqualTo("Node not found");
        }
        assertThat(client.left("attached")).isEmpty();
        Clients.close(client);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("ANO-09..11: a request is answered to a dynamic address")
    void requestIsAnsweredToADynamicAddress(ClientProgram from, ClientProgram to) {
        String address = InteropRouter.address("service.");
        ClientProcess requester = open(from);
        ClientProcess responder = openOther(to, requester);
        responder.tell("receiver requests " + address);
        responder.await("attached", "link", "requests");
        responder.tell("sender answers -");
        responder.await("attached", "link", "answers");
        requester.tell("receiver replies -");
        String replyTo = requester.await("attached", "link", "replies").text("address");
        requester.tell("sender calls " + address);
        requester.await("attached", "link", "calls");
        requester.tell("send calls 1 --reply-to=%s --correlation-id=call-1", replyTo);

        ClientEvent request = responder.await("message", "link", "requests");
        assertThat(request.text("replyTo")).isEqualTo(replyTo);
        responder.tell("send answers 1 --to=%s --correlation-id=call-1", request.text("replyTo"));
        ClientEvent answer = requester.await("message", "link", "replies");
        assertThat(answer.text("body")).isEqualTo("answers-0");
        assertThat(answer.text("correlationId")).isEqualTo("call-1");
        responder.await("outcome", "link", "answers", "state", "accepted");
        requester.tell("detach replies");
        requester.await("detached", "link", "replies");
        closeBoth(requester, responder);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("STR-01: a message of 1 MiB arrives whole")
    void largeMessageArrivesWhole(ClientProgram from, ClientProgram to) {
        int size = 1024 * 1024;
        String address = InteropRouter.address("large.");
        ClientProcess sender = open(from);
        ClientProcess receiver = openOther(to, sender);
        receiver.tell("receiver in " + address);
        receiver.await("attached", "link", "in");
        sender.tell("sender out " + address);
        sender.await("attached", "link", "out");
        sender.tell("send out 3 --body=data --size=" + size);
        for (int n = 0; n < 3; n++) {
            assertThat(receiver.await("message", "link", "in").get("body")).isEqualTo(Shown.large("out-" + n, size));
        }
        assertThat(column(sender.await(3, "outcome", "link", "out"), "state")).containsOnly("accepted");
        closeBoth(sender, receiver);
    }

    @ParameterizedTest
    @MethodSource("neighbours")
    @DisplayName("CRD-11: a drain is answered, and credit flows again after it")
    void drainIsAnswered(ClientProgram from, ClientProgram to) {
        String address = InteropRouter.address("drain.");
        ClientProcess sender = open(from);
        ClientProcess receiver = open(to);
        receiver.tell("receiver in " + address + " --credit=0");
        receiver.await("attached", "link", "in");
        sender.tell("sender out " + address);
        sender.await("attached", "link", "out");
        if (to != QPID_JMS) { // JMS grants credit as it likes; its drain asks for what is there.
            receiver.tell("credit in 10");
        }
        receiver.tell("drain in");
        receiver.await("drained", "link", "in");
        assertThat(receiver.left("message")).isEmpty();
        sender.tell("send out 3");
        if (to == QPID_JMS) {
            drainUntil(3, receiver);
        } else {
            // The router answers a drain with what it has, which may be nothing yet: no drain before the three came.
            receiver.tell("credit in 10");
            receiver.await(3, "message", "link", "in");
            receiver.tell("drain in");
            receiver.await("drained", "link", "in");
        }
        assertThat(column(sender.await(3, "outcome", "link", "out"), "state")).containsOnly("accepted");
        closeBoth(sender, receiver);
    }

    @Test
    @DisplayName("ANN-07: every byte of a message passes, with sections and types no client library would write")
    void everyByteOfAMessagePasses() {
        String address = InteropRouter.address("bytes.");
        ClientProcess client = open(PROTON_PYTHON);
        client.tell("receiver in " + address);
        client.await("attached", "link", "in");
        client.tell("sender out " + address);
        client.await("attached", "link", "out");
        for (String message : RawMessages.all()) {
            client.tell("send-raw out " + message);
            assertThat(client.await("message", "link", "in").text("raw")).isEqualTo(message);
            client.await("outcome", "link", "out", "state", "accepted");
        }
        Clients.close(client);
    }

    private static void drainUntil(int count, ClientProcess receiver) {
        int received = 0;
        while (received < count) {
            receiver.tell("drain in");
            receiver.await("drained", "link", "in");
            received = receiver.left("message", "link", "in").size();
        }
        assertThat(received).isEqualTo(count);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("ANN-07, OUT-08: header, properties and application properties pass unchanged")
    void headerAndPropertiesPassUnchanged(ClientProgram from, ClientProgram to) {
        String address = InteropRouter.address("properties.");
        ClientProcess sender = open(from);
        ClientProcess receiver = openOther(to, sender);
        receiver.tell("receiver in " + address);
        receiver.await("attached", "link", "in");
        sender.tell("sender out " + address);
        sender.await("attached", "link", "out");
        sender.tell("send out 1 --durable --priority=7 --ttl=60000 --message-id=ID:m-1 --subject=weather"
                + " --reply-to=some.where --correlation-id=c-1 --content-type=text/plain --group-id=g-1"
                + " --property=text:s:wörd --property=number:i:-5 --property=yes:b:true --property=half:d:0.5");
        ClientEvent message = receiver.await("message", "link", "in");
        assertThat(message.get("durable")).isEqualTo(true);
        assertThat(message.number("priority")).isEqualTo(7);
        assertThat(message.text("subject")).isEqualTo("weather");
        assertThat(message.text("replyTo")).isEqualTo("some.where");
        assertThat(message.text("correlationId")).isEqualTo("c-1");
        assertThat(message.text("groupId")).isEqualTo("g-1");
        if (from != QPID_JMS) { // JMS makes its own message id and has no content type.
            assertThat(message.text("messageId")).isEqualTo("ID:m-1");
        }
        if (to != QPID_JMS) {
            assertThat(message.number("ttl")).isEqualTo(60_000);
        }
        if (from != QPID_JMS && to != QPID_JMS) {
            assertThat(message.text("contentType")).isEqualTo("text/plain");
        }
        assertThat(message.get("properties"))
                .isEqualTo(Map.of("text", "wörd", "number", -5L, "yes", true, "half", 0.5));
        sender.await("outcome", "n", 0, "state", "accepted");
        closeBoth(sender, receiver);
    }

    @ParameterizedTest
    @MethodSource("neighbours")
    @DisplayName("ANN-07: each kind of body passes unchanged")
    void bodiesPassUnchanged(ClientProgram from, ClientProgram to) {
        String address = InteropRouter.address("bodies.");
        ClientProcess sender = open(from);
        ClientProcess receiver = open(to);
        receiver.tell("receiver in " + address);
        receiver.await("attached", "link", "in");
        sender.tell("sender out " + address);
        sender.await("attached", "link", "out");
        List<String> kinds = new ArrayList<>(List.of("text", "data"));
        if (from != QPID_JMS && to != QPID_JMS) {
            kinds.addAll(List.of("map", "list", "sequence", "integer", "boolean"));
            if (from != PROTON_PYTHON) { // It leaves a body of null out.
                kinds.add("null");
            }
        }
        for (int n = 0; n < kinds.size(); n++) {
            sender.tell("send out 1 --body=" + kinds.get(n));
            expect(kinds.get(n), n, to, receiver.await("message", "link", "in"));
            sender.await("outcome", "n", n, "state", "accepted");
        }
        closeBoth(sender, receiver);
    }

    private static void expect(String kind, int n, ClientProgram to, ClientEvent message) {
        if (to != QPID_JMS) {
            String section = kind.equals("data") || kind.equals("sequence") ? kind : "value";
            assertThat(message.text("section")).as(kind).isEqualTo(section);
        }
        String text = "out-" + n;
        Object expected =
                switch (kind) {
                    case "text" -> text;
                    case "data" -> Shown.binary(text);
                    case "map" -> Map.of("text", "x", "number", 5L, "yes", true);
                    case "integer" -> 42L;
                    case "boolean" -> true;
                    case "null" -> null;
                    default -> List.of("one", 2L, true);
                };
        assertThat(message.get("body")).as(kind).isEqualTo(expected);
    }

    @Test
    @DisplayName("DST-30, OUT-11: a multicast message reaches every client, and the sender sees one outcome")
    void multicastReachesEveryClient() {
        String address = InteropRouter.address("everyone.");
        List<ClientProcess> all =
                PROGRAMS.stream().map(AmqpInteropSystemIT::open).toList();
        for (ClientProcess receiver : all) {
            receiver.tell("receiver in " + address);
            receiver.await("attached", "link", "in");
        }
        ClientProcess sender = all.get(0);
        sender.tell("sender out " + address);
        sender.await("attached", "link", "out");
        sender.tell("send out 5");
        for (ClientProcess receiver : all) {
            assertThat(column(receiver.await(5, "message", "link", "in"), "body"))
                    .as(receiver.program().name())
                    .isEqualTo(numbers("out-", 5));
        }
        assertThat(column(sender.await(5, "outcome", "link", "out"), "state")).containsOnly("accepted");
        all.forEach(Clients::close);
        assertThat(sender.left("outcome")).isEmpty();
    }

    @Test
    @DisplayName("DST-20..23: a balanced address gives each idle client its share")
    void balancedAddressGivesEachClientItsShare() {
        String address = InteropRouter.address("balanced.");
        List<ClientProcess> all =
                PROGRAMS.stream().map(AmqpInteropSystemIT::open).toList();
        for (ClientProcess receiver : all) {
            receiver.tell("receiver in " + address);
            receiver.await("attached", "link", "in");
        }
        ClientProcess sender = all.get(0);
        sender.tell("sender out " + address);
        sender.await("attached", "link", "out");
        for (int n = 0; n < 2 * all.size(); n++) {
            sender.tell("send out 1");
            sender.await("outcome", "n", n, "state", "accepted");
        }
        for (ClientProcess receiver : all) {
            receiver.await(2, "message", "link", "in");
        }
        all.forEach(Clients::close);
    }
}
