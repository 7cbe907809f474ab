// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts an engine in the place of one end of a recorded connection: gives it the frames of the other end as they were, and
 * the commands that lead to the frames of its own end, in the recorded order.
 */
final class Mirror implements ConnectionHandler, IncomingLink.Handler, OutgoingLink.Handler {
    private final Capture capture;
    private final String ours;
    final TestWire wire = new TestWire();
    private final AmqpEngine engine;
    private final List<AmqpSession> sessions = new ArrayList<>();
    private final Map<String, AmqpLink> links = new HashMap<>();
    private final Map<AmqpLink, Integer> granted = new HashMap<>();
    private final Map<String, IncomingLink> deliveries = new HashMap<>();
    private final Map<String, OutgoingLink> sent = new HashMap<>();
    private final Map<AmqpLink, Integer> going = new HashMap<>();
    private final Map<String, Open> opens = new HashMap<>();
    final List<String> problems = new ArrayList<>();

    Mirror(Capture capture, boolean initiator) {
        this.capture = capture;
        String first = capture.initiator();
        ours = initiator
                ? first
                : first.substring(first.indexOf('>') + 1) + ">" + first.substring(0, first.indexOf('>'));
        Open open = ourOpen();
        AmqpSettings settings = AmqpSettings.DEFAULT
                .withMaxFrameSize((int) Math.min(open.maxFrameSize(), Integer.MAX_VALUE))
                .withChannelMax(open.channelMax())
                .withIdleTimeoutMs((int) open.idleTimeOutMs() * 2);
        boolean sasl = capture.lines().stream().anyMatch(line -> line.type().equals("sasl"));
        engine = initiator
                ? AmqpEngine.client(settings, wire, this, sasl ? new RecordedClient() : null)
                : AmqpEngine.server(settings, wire, this, sasl ? new RecordedServer() : null);
    }

    private Open ourOpen() {
        for (Capture.Line line : capture.lines()) {
            if (line.dir().equals(ours) && line.performative().equals("open")) {
                FieldReader fields = new FieldReader();
                fields.open(Unpooled.wrappedBuffer(line.bytes()), 8, line.bytes().length);
                return Open.read(fields);
            }
        }
        return Open.local("", null, null, null, null);
    }

    /** Plays the whole recording; gives what the engine wrote. */
    byte[] play() {
        opens.put("ours", ourOpen());
        if (capture.initiator().equals(ours)) {
            engine.connect(ourOpen());
        }
        for (Capture.Line line : capture.lines()) {
            if (line.dir().equals(ours)) {
                if (line.type().equals("amqp") && line.bytes().length > 8) {
                    act(line);
                }
            } else {
                ByteBuf in = wire.buffer(line.bytes());
                engine.receive(in);
                in.release();
            }
            flush();
        }
        byte[] written = wire.take();
        engine.transportClosed();
        assertThat(wire.held()).as("octets not given back").isZero();
        return written;
    }

    private void flush() {
        while (wire.flushRequested) {
            wire.flushRequested = false;
            engine.flush();
        }
    }

    /** Gives the command that leads to a frame of ours. */
    private void act(Capture.Line line) {
        Frame frame = line.frame();
        int channel = frame.channel();
        String link = channel + "/" + (frame.fields().isEmpty() ? "" : frame.field(0));
        switch (frame.descriptor()) {
            case Descriptors.BEGIN -> {
                if (frame.field(0) == null) {
                    AmqpSession session = Objects.requireNonNull(engine.begin());
                    assertThat(session.localChannel()).isEqualTo(channel);
                    sessions.add(session);
                }
            }
            case Descriptors.ATTACH -> attach(line, frame);
            case Descriptors.FLOW -> flow(frame);
            case Descriptors.TRANSFER -> transfer(link, frame);
            case Descriptors.DISPOSITION -> disposition(frame, line);
            case Descriptors.DETACH -> Objects.requireNonNull(links.get(link)).detach(frame.flag(1), error(frame, 2));
            case Descriptors.END -> session(channel).end(error(frame, 0));
            case Descriptors.CLOSE -> engine.close(error(frame, 0));
            default -> {}
        }
    }

    private AmqpSession session(int channel) {
        return sessions.stream()
                .filter(session -> session.localChannel() == channel)
                .reduce((older, newer) -> newer)
                .orElseThrow();
    }

    private void attach(Capture.Line line, Frame frame) {
        FieldReader fields = new FieldReader();
        fields.open(Unpooled.wrappedBuffer(line.bytes()), 8, line.bytes().length);
        String name = fields.requiredString("name");
        fields.requiredUint("handle");
        boolean receiver = fields.requiredBool("role");
        Attach attach = Attach.read(name, fields);
        String key = frame.channel() + "/" + name + "/" + receiver;
        AmqpLink asked = links.get(key);
        AmqpLink link;
        if (asked instanceof IncomingLink incoming && asked.state() == AmqpLink.State.ASKED) {
            incoming.accept(this, attach);
            link = asked;
        } else if (asked instanceof OutgoingLink outgoing && asked.state() == AmqpLink.State.ASKED) {
            outgoing.accept(this, attach);
            link = asked;
        } else if (receiver) {
            link = Objects.requireNonNull(session(frame.channel()).attachIncoming(attach, this));
        } else {
            link = Objects.requireNonNull(session(frame.channel()).attachOutgoing(attach, this));
        }
        links.put(frame.channel() + "/" + frame.field(1), link);
        granted.put(link, 0);
    }

    private void flow(Frame frame) {
        if (frame.field(4) == null) {
            return;
        }
        AmqpLink link = Objects.requireNonNull(links.get(frame.channel() + "/" + frame.field(4)));
        if (link instanceof IncomingLink incoming) {
            int grant = (int) (frame.number(5) + frame.number(6));
            int more = grant - Objects.requireNonNull(granted.get(link));
            if (more > 0) {
                incoming.issueCredit(more);
                granted.put(link, grant);
            }
            if (frame.flag(8)) {
                incoming.drain();
            }
        } else if (link instanceof OutgoingLink outgoing && frame.flag(8) && frame.number(6) == 0) {
            outgoing.drained();
        }
    }

    private void transfer(String key, Frame frame) {
        OutgoingLink link = (OutgoingLink) Objects.requireNonNull(links.get(key));
        ByteBuf payload = Unpooled.wrappedBuffer(frame.payloadBytes());
        int length = payload.readableBytes();
        Integer current = going.get(link);
        if (current == null) {
            if (frame.field(2) instanceof Binary tag) {
                link.withTag(Unpooled.wrappedBuffer(tag.octets()), 0, tag.length());
            }
            link.withState(frame.field(7) == null ? null : DeliveryState.of(RawValue.of(frame.field(7))));
            int format = frame.field(3) == null ? 0 : (int) frame.number(3);
            if (!link.sendable()) {
                problems.add("not sendable: " + link);
                return;
            }
            int id = frame.flag(5)
                    ? link.begin(payload, 0, length, format, frame.flag(4), "o", 0)
                    : link.send(payload, 0, length, format, frame.flag(4), "o", 0);
            assertThat(id).isEqualTo((int) frame.number(1));
            sent.put(link.session().localChannel() + "/" + id, link);
            if (frame.flag(5)) {
                going.put(link, id);
            }
        } else if (frame.flag(9)) {
            link.abort(current);
            going.remove(link);
        } else {
            assertThat(link.part(current, payload, 0, length, !frame.flag(5))).isTrue();
            if (!frame.flag(5)) {
                going.remove(link);
            }
        }
    }

    private void disposition(Frame frame, Capture.Line line) {
        FieldReader fields = new FieldReader();
        fields.open(Unpooled.wrappedBuffer(line.bytes()), 8, line.bytes().length);
        boolean receiver = fields.requiredBool("role");
        int first = fields.requiredUint("first");
        int last = fields.uint(first);
        boolean settled = fields.bool(false);
        DeliveryState state = DeliveryState.of(fields.raw());
        for (int id = first; id != last + 1; id++) {
            String key = frame.channel() + "/" + id;
            if (receiver) {
                Objects.requireNonNull(deliveries.get(key)).dispose(id, state, settled);
            } else {
                Objects.requireNonNull(sent.get(key)).senderState(id, state, settled);
            }
        }
    }

    private static @Nullable AmqpError error(Frame frame, int field) {
        return frame.field(field) == null ? null : AmqpError.of(RawValue.of(frame.field(field)));
    }

    // ---- Meaning of what was written and what was recorded.

    /** The recorded frames of our end, as a stream. */
    byte[] recorded() {
        return Frame.join(capture.lines().stream()
                .filter(line -> line.dir().equals(ours))
                .map(Capture.Line::bytes)
                .toArray(byte[][]::new));
    }

    /**
     * What a stream of frames means: what comes and goes in its order, deliveries with their whole payload by link, the
     * outcome of each delivery, the credit given in the end. How it is cut into frames makes no difference.
     */
    static Map<String, Object> meaning(byte[] stream) {
        Map<String, Object> meaning = new HashMap<>();
        List<String> order = new ArrayList<>();
        meaning.put("order", order);
        Map<Object, StringBuilder> payloads = new HashMap<>();
        for (Frame frame : Frame.readAll(stream)) {
            String channel = frame.channel() + "/";
            switch (frame.descriptor()) {
                case Descriptors.FLOW -> {
                    if (frame.field(4) != null) {
                        meaning.put("grant " + channel + frame.field(4), (int) (frame.number(5) + frame.number(6)));
                    }
                }
                case Descriptors.TRANSFER -> {
                    Object link = channel + frame.field(0);
                    StringBuilder payload = payloads.computeIfAbsent(link, key -> new StringBuilder());
                    if (frame.field(1) != null && payload.isEmpty()) {
                        payload.append(frame.field(1)).append(' ').append(frame.field(2));
                        payload.append(frame.flag(4) ? " settled " : " ")
                                .append(frame.field(7))
                                .append(' ');
                    }
                    payload.append(new Binary(frame.payloadBytes()));
                    if (!frame.flag(5)) {
                        payload.append(frame.flag(9) ? " aborted" : "");
                        meaning.merge("deliveries " + link, payload.toString(), (a, b) -> a + "\n" + b);
                        payloads.remove(link);
                    }
                }
                case Descriptors.DISPOSITION -> {
                    long last = frame.field(2) == null ? frame.number(1) : frame.number(2);
                    for (long id = frame.number(1); id <= last; id++) {
                        String key = (frame.flag(0) ? "receiver " : "sender ") + channel + id;
                        meaning.merge(
                                key, state(frame.field(4)) + (frame.flag(3) ? " settled" : ""), (a, b) -> a + ", " + b);
                    }
                }
                case Frame.EMPTY -> {
                    if (frame.type() == Frame.HEADER) {
                        order.add(brief(frame));
                    }
                }
                default -> order.add(brief(frame));
            }
        }
        return meaning;
    }

    /** What a frame says that is neither delivery, outcome nor credit; fields that others may choose left out. */
    static String brief(Frame frame) {
        String channel = frame.channel() + "/";
        return switch (frame.descriptor()) {
            case Frame.EMPTY -> new Binary(frame.payloadBytes()).toString();
            case Descriptors.OPEN -> {
                List<@Nullable Object> fields = new ArrayList<>(frame.fields());
                if (fields.size() > 2 && fields.get(2) != null && frame.number(2) >= Integer.MAX_VALUE) {
                    fields.set(2, null); // "No limit" cannot be a setting of ours.
                }
                yield "open " + trimmed(fields);
            }
            case Descriptors.BEGIN -> "begin " + channel + frame.field(0);
            case Descriptors.ATTACH ->
                "attach " + channel
                        + trimmed(frame.fields()
                                .subList(0, Math.min(7, frame.fields().size())));
            default -> frame.descriptor() + " " + channel + trimmed(frame.fields());
        };
    }

    private static List<@Nullable Object> trimmed(List<?> fields) {
        List<@Nullable Object> some = new ArrayList<>(fields);
        while (!some.isEmpty() && some.get(some.size() - 1) == null) {
            some.remove(some.size() - 1);
        }
        some.replaceAll(field -> field instanceof Described described && described.value() instanceof List<?> list
                ? described.descriptor() + " " + trimmed(list)
                : field);
        return some;
    }

    private static String state(@Nullable Object state) {
        if (!(state instanceof Described described)) {
            return String.valueOf(state);
        }
        List<Object> fields = new ArrayList<>((List<?>) Objects.requireNonNull(described.value()));
        while (!fields.isEmpty()
                && (fields.get(fields.size() - 1) == null || Boolean.FALSE.equals(fields.get(fields.size() - 1)))) {
            fields.remove(fields.size() - 1);
        }
        return described.descriptor() + " " + fields;
    }

    // ---- SASL as it was recorded.

    private List<Frame> saslFrames(int descriptor) {
        return capture.lines().stream()
                .filter(line -> line.type().equals("sasl"))
                .map(Capture.Line::frame)
                .filter(frame -> frame.descriptor() == descriptor)
                .toList();
    }

    private static byte[] octets(@Nullable Object value) {
        return value instanceof Binary binary ? binary.octets() : new byte[0];
    }

    private final class RecordedServer implements SaslServer {
        private int challenges;

        @Override
        public List<Symbol> mechanisms() {
            return Terminus.symbols(
                    RawValue.of(saslFrames(Descriptors.SASL_MECHANISMS).get(0).field(0)));
        }

        @Override
        public SaslStep init(Symbol mechanism, byte @Nullable [] initialResponse, @Nullable String hostname) {
            return next();
        }

        @Override
        public SaslStep response(byte[] response) {
            return next();
        }

        private SaslStep next() {
            List<Frame> all = saslFrames(Descriptors.SASL_CHALLENGE);
            if (challenges < all.size()) {
                return new SaslStep.Challenge(octets(all.get(challenges++).field(0)));
            }
            Frame outcome = saslFrames(Descriptors.SASL_OUTCOME).get(0);
            return new SaslStep.Outcome(
                    (int) outcome.number(0), outcome.field(1) == null ? null : octets(outcome.field(1)));
        }
    }

    private final class RecordedClient implements SaslClient {
        private int responses;

        @Override
        public Symbol choose(List<Symbol> offered) {
            return (Symbol) Objects.requireNonNull(
                    saslFrames(Descriptors.SASL_INIT).get(0).field(0));
        }

        @Override
        public byte @Nullable [] initialResponse() {
            Object response = saslFrames(Descriptors.SASL_INIT).get(0).field(1);
            return response == null ? null : octets(response);
        }

        @Override
        public byte @Nullable [] respond(byte[] challenge) {
            return octets(saslFrames(Descriptors.SASL_RESPONSE).get(responses++).field(0));
        }
    }

    // ---- Events.

    @Override
    public void onOpen(Open remote) {
        if (!capture.initiator().equals(ours)) {
            engine.open(Objects.requireNonNull(opens.get("ours")));
        }
    }

    @Override
    public void onSession(AmqpSession session) {
        sessions.add(session);
    }

    @Override
    public void onIncomingAttach(IncomingLink link, Attach remote) {
        links.put(link.session().localChannel() + "/" + link.name() + "/true", link);
    }

    @Override
    public void onOutgoingAttach(OutgoingLink link, Attach remote) {
        links.put(link.session().localChannel() + "/" + link.name() + "/false", link);
    }

    @Override
    public void onTransfer(IncomingLink link, Transfer transfer) {
        deliveries.put(link.session().localChannel() + "/" + transfer.deliveryId(), link);
    }

    @Override
    public void onSenderState(
            IncomingLink link,
            int id,
            @Nullable Object peer,
            int key,
            @Nullable DeliveryState state,
            boolean settled) {}

    @Override
    public void onFlow(IncomingLink link) {}

    @Override
    public void onSendable(OutgoingLink link) {}

    @Override
    public void onReceiverState(
            OutgoingLink link,
            int id,
            @Nullable Object origin,
            int key,
            @Nullable DeliveryState state,
            boolean settled) {}

    @Override
    public void onDetached(IncomingLink link, Cause cause, boolean closed, @Nullable AmqpError error) {
        noteViolation(cause, error);
    }

    @Override
    public void onDetached(OutgoingLink link, Cause cause, boolean closed, @Nullable AmqpError error) {
        noteViolation(cause, error);
    }

    @Override
    public void onWithdrawn(AmqpLink link, Cause cause, @Nullable AmqpError error) {
        noteViolation(cause, error);
    }

    @Override
    public void onSessionEnded(AmqpSession session, Cause cause, @Nullable AmqpError error) {
        noteViolation(cause, error);
    }

    @Override
    public void onClosed(Cause cause, @Nullable AmqpError error) {
        noteViolation(cause, error);
    }

    private void noteViolation(Cause cause, @Nullable AmqpError error) {
        if (cause == Cause.VIOLATION || cause == Cause.STOLEN) {
            problems.add(cause + " " + error);
        }
    }
}
