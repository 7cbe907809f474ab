// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.fake;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.Admission;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.Route;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.delivery.AmqpBytes;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.Destination;
import io.linkspan.core.delivery.MessageStream;
import io.linkspan.core.link.InboundLink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A peer that sends. Remembers everything the core tells it. */
public final class FakeSender extends InboundLink {

    /** What the peer was told about one delivery, in order. */
    public record Told(@Nullable DeliveryState state, boolean settled) {
        @Override
        public String toString() {
            return state + (settled ? " settled" : "");
        }
    }

    private record Where(Destination to, int outKey) {}

    public final List<Integer> issued = new ArrayList<>();
    public final Map<Integer, List<Told>> told = new HashMap<>();
    private final Map<Integer, Where> where = new HashMap<>();
    public int drains;
    public boolean holding;
    public boolean contentWithOne;
    public boolean fallback;
    public @Nullable AmqpError detached;
    private int nextKey = 100;

    FakeSender(Connection connection, String name) {
        super(connection, name);
    }

    /** Attaches to an address, or as an anonymous sender. */
    public FakeSender attach(@Nullable String address) {
        RouterCore core = connection().core();
        Admission admission = core.producer(this, address == null ? null : core.senderKey(address, 0));
        if (admission instanceof Admission.Refused refused) {
            throw new IllegalStateException("refused " + refused.error());
        }
        return this;
    }

    @Override
    public boolean isFallback() {
        return fallback;
    }

    /** A message to the link's target; the key. */
    public int send(String body, boolean settled) {
        int key = nextKey++;
        borrow(body, content -> deliver(content, key, settled));
        return key;
    }

    /** Unsettled messages, one after the other; the key of the first. */
    public int send(int count) {
        int first = nextKey;
        for (int i = 0; i < count; i++) {
            send("m" + i, false);
        }
        return first;
    }

    /** A message of an anonymous sender. */
    public int sendTo(String address, String body, boolean settled) {
        int key = nextKey++;
        borrow(body, content -> deliverTo(connection().core().route(address), content, key, settled));
        return key;
    }

    /** Content in a buffer that is overwritten after the call, so that nobody keeps it without holding it. */
    private static void borrow(String body, java.util.function.Consumer<Content> use) {
        ByteBuf bytes = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
        try {
            use.accept(new AmqpBytes(bytes));
        } finally {
            bytes.setZero(0, bytes.capacity());
            bytes.release();
        }
    }

    /** Begins a stream with its first bytes; go on with the stream. */
    public MessageStream stream(int key, String first, boolean settled) {
        MessageStream stream = new MessageStream(0);
        stream.append(Unpooled.copiedBuffer(first, StandardCharsets.UTF_8));
        deliver(stream, key, settled);
        stream.release();
        return stream;
    }

    /** Begins a stream of an anonymous sender. */
    public MessageStream stream(int key, Route to) {
        MessageStream stream = new MessageStream(0);
        deliverTo(to, stream, key, false);
        stream.release();
        return stream;
    }

    public int newKey() {
        return nextKey++;
    }

    public void rejectNext(boolean settled, AmqpError error) {
        reject(nextKey++, settled, error);
    }

    /** The peer sets a state or settles. */
    public void set(int key, @Nullable DeliveryState state, boolean settled) {
        Where now = settled ? where.remove(key) : where.get(key);
        senderState(key, now == null ? null : now.to, now == null ? 0 : now.outKey, state, settled);
    }

    /** A state that an adaptor sends to where the delivery was, without asking whether it is still there. */
    public Runnable lateState(int key, DeliveryState state) {
        Where then = where.get(key);
        if (then == null) {
            throw new AssertionError("delivery " + key + " is nowhere");
        }
        return () -> then.to.originState(then.outKey, state, true, 0);
    }

    /** Whether no receiver has it yet. */
    public boolean isWaiting(int key) {
        Where now = where.get(key);
        return now != null && now.to.isWaiting(now.outKey);
    }

    /** The settled outcome of a delivery, or a complaint. */
    public @Nullable DeliveryState outcomeOf(int key) {
        List<Told> all = told.getOrDefault(key, List.of());
        if (all.size() != 1 || !all.get(0).settled()) {
            throw new AssertionError("delivery " + key + ": " + all);
        }
        return all.get(0).state();
    }

    public boolean knowsNothingOf(int key) {
        return !told.containsKey(key);
    }

    @Override
    protected void issueCredit(int more) {
        issued.add(more);
    }

    @Override
    protected void drain() {
        drains++;
    }

    @Override
    protected void onOutcome(int key, @Nullable DeliveryState state, boolean settled) {
        List<Told> all = told.computeIfAbsent(key, k -> new ArrayList<>());
        if (!all.isEmpty() && all.get(all.size() - 1).settled()) {
            throw new AssertionError("delivery " + key + " settled twice: " + all + ", then " + state);
        }
        all.add(new Told(state, settled));
        if (settled) {
            where.remove(key);
        }
    }

    @Override
    protected void onForwarded(int key, Destination to, int outKey) {
        where.put(key, new Where(to, outKey));
    }

    @Override
    protected void detach(AmqpError error) {
        detached = error;
        lost();
    }

    @Override
    public boolean firstAcceptedSuffices() {
        return contentWithOne;
    }

    @Override
    public void holdStream(boolean hold) {
        holding = hold;
    }
}
