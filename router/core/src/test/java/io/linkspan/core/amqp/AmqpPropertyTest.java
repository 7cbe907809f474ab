// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.link.Link;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random conversations of several AMQP clients, byte by byte through real connections. */
class AmqpPropertyTest {

    private static final String[] ADDRESSES = {"q.a", "q.b", "fan.a", "topic.a", "topic.b"};
    private static final DeliveryState[] STATES = {
        DeliveryState.ACCEPTED,
        DeliveryState.RELEASED,
        DeliveryState.MODIFIED_FAILED,
        DeliveryState.rejected(ErrorCondition.NOT_ALLOWED.error("no"))
    };

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final Network network = new Network(allocator);
    private final List<Client> clients = new ArrayList<>();
    private final List<Source> sources = new ArrayList<>();
    private final List<Sink> sinks = new ArrayList<>();
    private SplittableRandom random = new SplittableRandom();
    private int numbers;

    private record Client(Peer peer) {}

    /** A sending link, what it has sent, and a message it is in the middle of. */
    private static final class Source {
        private final Client client;
        private final Peer.Sender link;
        private final int number;
        private final Set<Integer> unsettled = new HashSet<>();
        private int next;
        private @Nullable ByteBuf streaming;
        private int streamId;
        private boolean streamSettled;

        Source(Client client, Peer.Sender link, int number) {
            this.client = client;
            this.link = link;
            this.number = number;
        }
    }

    private record Sink(Client client, Peer.Receiver link, Set<Integer> settled) {}

    static LongStream seeds() {
        return LongStream.range(1, 11);
    }

    @DisplayName("whole messages in order, every unsettled one with exactly one settled outcome, nothing left")
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void conversations(long seed) {
        random = new SplittableRandom(seed);
        network.core.createAddress(AddressEntities.Request.prefix("fan", "multicast"));
        for (int i = 0; i < 3; i++) {
            clients.add(new Client(network.client()));
        }
        for (int step = 0; step < 400; step++) {
            step();
        }
        settleEverything();
        check();
        clients.forEach(client -> client.peer.wire.cut());
        assertThat(network.core.links()).isEmpty();
        assertThat(network.core.connections()).isEmpty();
        assertThat(network.core.table().patternCount()).isZero();
        assertThat(allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory())
                .isZero();
    }

    private void step() {
        switch (random.nextInt(16)) {
            case 0 -> addSource();
            case 1 -> addSink();
            case 2 -> {
                if (random.nextInt(5) == 0) {
                    replaceClient();
                }
            }
            case 3 -> {
                if (!sources.isEmpty() && random.nextInt(3) == 0) {
                    Source source = any(sources);
                    sources.remove(source);
                    source.link.link().detach(true, null);
                    network.run();
                }
            }
            case 4 -> {
                if (!sinks.isEmpty() && random.nextInt(3) == 0) {
                    Sink sink = any(sinks);
                    sinks.remove(sink);
                    checkOrder(sink);
                    sink.link.link().detach(true, null);
                    network.run();
                }
            }
            case 5, 6 -> {
                if (!sinks.isEmpty()) {
                    any(sinks).link.link().issueCredit(random.nextInt(1, 10));
                    network.run();
                }
            }
            case 7, 8 -> settleSome();
            case 9 -> stream();
            default -> send();
        }
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private String address() {
        return ADDRESSES[random.nextInt(ADDRESSES.length)];
    }

    private void addSource() {
        if (sources.size() < 6) {
            Client client = any(clients);
            Peer.Sender sender = client.peer.sender(random.nextInt(4) == 0 ? null : address());
            sources.add(new Source(client, sender, ++numbers));
        }
    }

    private void addSink() {
        if (sinks.size() > 7) {
            return;
        }
        Client client = any(clients);
        Terminus source = random.nextInt(3) == 0
                ? Terminus.source("topic.*").withCapabilities(List.of(new Symbol("topic-pattern")))
                : Terminus.source(address());
        Peer.Receiver receiver = client.peer.receiver(source, random.nextInt(20));
        receiver.answers = random.nextInt(3) == 0 ? DeliveryState.ACCEPTED : null;
        sinks.add(new Sink(client, receiver, new HashSet<>()));
    }

    private void replaceClient() {
        Client client = any(clients);
        clients.remove(client);
        sources.removeIf(source -> source.client.equals(client));
        sinks.stream().filter(sink -> sink.client.equals(client)).forEach(this::checkOrder);
        sinks.removeIf(sink -> sink.client.equals(client));
        client.peer.wire.cut();
        network.run();
        clients.add(new Client(network.client()));
    }

    private ByteBuf message(Source source, int length) {
        byte[] body = new byte[length];
        ByteBuffer.wrap(body).putInt(source.number).putInt(source.next).putInt(length);
        for (int i = 12; i < length; i++) {
            body[i] = (byte) (i * 7 + source.next);
        }
        ByteBuf data = AmqpConnectionTest.section(0x75, new Binary(body));
        return Unpooled.wrappedBuffer(AmqpConnectionTest.section(0x73, toProperty()), data);
    }

    private List<@Nullable Object> toProperty() {
        List<@Nullable Object> fields = new ArrayList<>();
        fields.add(null);
        fields.add(null);
        fields.add(address());
        return fields;
    }

    private void send() {
        if (sources.isEmpty()) {
            return;
        }
        Source source = any(sources);
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            if (source.streaming != null || source.link.link().credit() <= 0) {
                return;
            }
            boolean settled = random.nextInt(3) == 0;
            int key = ++source.next;
            if (!settled) {
                source.unsettled.add(key);
            }
            source.link.send(message(source, random.nextInt(12, random.nextInt(6) == 0 ? 60_000 : 200)), settled, key);
        }
    }

    private void stream() {
        if (sources.isEmpty()) {
            return;
        }
        Source source = any(sources);
        ByteBuf open = source.streaming;
        if (open == null) {
            if (source.link.link().credit() > 0) {
                source.streamSettled = random.nextInt(3) == 0;
                int key = ++source.next;
                if (!source.streamSettled) {
                    source.unsettled.add(key);
                }
                ByteBuf message = message(source, random.nextInt(100_000, 500_000));
                int first = random.nextInt(1, 200_000);
                first = Math.min(first, message.readableBytes() - 1);
                source.streamId = source.link
                        .link()
                        .begin(message, message.readerIndex(), first, 0, source.streamSettled, source.link, key);
                message.skipBytes(first);
                source.streaming = message;
            }
        } else if (random.nextInt(4) == 0) {
            source.streaming = null;
            source.link.link().abort(source.streamId);
            source.unsettled.remove(source.next);
        } else {
            continueStream(source, open, random.nextBoolean());
        }
        network.run();
    }

    private void continueStream(Source source, ByteBuf open, boolean toTheEnd) {
        if (!source.link.link().partSendable()) {
            return;
        }
        int length = toTheEnd ? open.readableBytes() : Math.min(open.readableBytes() - 1, random.nextInt(1, 100_000));
        if (length == 0) {
            return;
        }
        source.link.link().part(source.streamId, open, open.readerIndex(), length, toTheEnd);
        open.skipBytes(length);
        if (toTheEnd) {
            source.streaming = null;
        }
    }

    private void settleSome() {
        if (!sinks.isEmpty()) {
            Sink sink = any(sinks);
            settle(sink, random.nextInt(1, 6));
        }
    }

    private void settle(Sink sink, int most) {
        Peer.Receiver link = sink.link;
        if (link.answers != null) {
            return;
        }
        int done = 0;
        for (int i = 0; i < link.ids.size() && done < most; i++) {
            if (!link.settled.get(i) && sink.settled.add(link.ids.get(i))) {
                link.settle(link.ids.get(i), STATES[random.nextInt(STATES.length)]);
                done++;
            }
        }
    }

    private void settleEverything() {
        for (int round = 0; round < 30; round++) {
            for (Source source : sources) {
                if (source.streaming != null) {
                    continueStream(source, source.streaming, true);
                    network.run();
                }
            }
            for (Sink sink : sinks) {
                if (sink.link.link().credit() < 500) {
                    sink.link.link().issueCredit(500);
                }
                network.run();
                settle(sink, Integer.MAX_VALUE);
            }
        }
    }

    private void check() {
        for (Source source : sources) {
            assertThat(source.streaming)
                    .as("source %s still streams", source.number)
                    .isNull();
            Map<Integer, Integer> outcomes = new HashMap<>();
            for (String outcome : source.link.outcomes) {
                if (outcome.endsWith(" settled")) {
                    outcomes.merge(Integer.parseInt(outcome.substring(0, outcome.indexOf(' '))), 1, Integer::sum);
                }
            }
            assertThat(outcomes.keySet()).as("source " + source.number).isEqualTo(source.unsettled);
            assertThat(outcomes.values()).allMatch(count -> count == 1);
        }
        sinks.forEach(this::checkOrder);
        for (Link link : network.core.links()) {
            assertThat(link.undeliveredCount() + link.unsettledCount()).isZero();
            if (link instanceof InboundLink inbound) {
                assertThat(inbound.credit() + inbound.owedCredit()).isEqualTo(inbound.capacity());
            }
        }
    }

    /** CRD-16 and wholeness: from each source rising numbers, and every byte where it was. */
    private void checkOrder(Sink sink) {
        Map<Integer, Integer> last = new HashMap<>();
        for (byte[] message : sink.link.messages) {
            List<@Nullable Object> sections = MessageSections.of(message).values();
            byte[] body = ((Binary) Objects.requireNonNull(sections.get(1))).octets();
            ByteBuffer head = ByteBuffer.wrap(body);
            int source = head.getInt();
            int number = head.getInt();
            assertThat(head.getInt()).isEqualTo(body.length);
            assertThat(number).as("from source " + source).isGreaterThan(last.getOrDefault(source, 0));
            last.put(source, number);
            for (int i = 12; i < body.length; i++) {
                if (body[i] != (byte) (i * 7 + number)) {
                    throw new AssertionError("byte " + i + " of message " + number + " from source " + source);
                }
            }
        }
    }
}
