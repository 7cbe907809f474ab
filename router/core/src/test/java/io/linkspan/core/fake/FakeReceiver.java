// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.fake;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.Admission;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Member;
import io.linkspan.core.address.Pattern;
import io.linkspan.core.address.PatternSyntax;
import io.linkspan.core.address.Subscription;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.MessageStream;
import io.linkspan.core.delivery.Origin;
import io.linkspan.core.link.OutboundLink;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A peer that receives. Remembers everything the core tells it. */
public final class FakeReceiver extends OutboundLink {

    /** One delivery as the peer saw it. */
    public static final class Got {
        public final int number;
        public final boolean settled;
        public final Member via;
        public final @Nullable AddressKey address;
        private final StringBuilder body = new StringBuilder();
        public boolean complete;
        public boolean aborted;

        Got(int number, boolean settled, Member via, @Nullable AddressKey address) {
            this.number = number;
            this.settled = settled;
            this.via = via;
            this.address = address;
        }

        public String body() {
            return body.toString();
        }
    }

    private record Tracked(Origin origin, int key) {}

    public final List<Got> got = new ArrayList<>();
    public final List<FakeSender.Told> senderTold = new ArrayList<>();
    private final Map<Integer, Tracked> unsettled = new LinkedHashMap<>();
    public int credit;
    public boolean transportBlocked;
    public boolean takesSettled;
    public boolean atMostOnce;
    public boolean skips;
    public boolean slowReader;
    public @Nullable DeliveryState doneWith;
    public @Nullable AmqpError detached;
    private int nextNumber;
    private MessageStream.@Nullable Reader reading;
    private @Nullable Tracked readingFor;

    FakeReceiver(Connection connection, String name) {
        super(connection, name);
    }

    /** A plain receiver. */
    public FakeReceiver attach(String address) {
        RouterCore core = connection().core();
        return subscribe(Subscription.plain(core.receiverKey(address, 0)));
    }

    /** A receiver of what nobody else takes. */
    public FakeReceiver fallback(String address) {
        RouterCore core = connection().core();
        return subscribe(Subscription.plain(core.receiverKey(address, 0).inPhase(AddressKey.FALLBACK_PHASE)));
    }

    /** A receiver on a pattern between dots. */
    public FakeReceiver pattern(String pattern) {
        return subscribe(Subscription.alone(Pattern.parse(pattern, PatternSyntax.DOTS)));
    }

    public FakeReceiver subscribe(Subscription subscription) {
        Admission admission = connection().core().subscribe(this, subscription);
        if (admission instanceof Admission.Refused refused) {
            throw new IllegalStateException("refused " + refused.error());
        }
        return this;
    }

    /** Grants credit. */
    public FakeReceiver credit(int more) {
        credit += more;
        resume();
        return this;
    }

    /** The socket takes bytes again. */
    public void unblock() {
        transportBlocked = false;
        resume();
    }

    public List<String> bodies() {
        return got.stream().map(Got::body).toList();
    }

    /** Settles the oldest unsettled delivery. */
    public void settle(@Nullable DeliveryState state) {
        Map.Entry<Integer, Tracked> first = unsettled.entrySet().iterator().next();
        settle(first.getKey(), state);
    }

    public void settle(int number, @Nullable DeliveryState state) {
        Tracked tracked = unsettled.remove(number);
        if (tracked == null) {
            throw new AssertionError("number " + number + " is not unsettled");
        }
        outcome(tracked.origin, tracked.key, state, true);
    }

    public void settleAll(DeliveryState state) {
        List.copyOf(unsettled.keySet()).forEach(number -> settle(number, state));
    }

    /** Tells a state without settling. */
    public void tell(int number, @Nullable DeliveryState state) {
        Tracked tracked = unsettled.get(number);
        if (tracked == null) {
            throw new AssertionError("number " + number + " is not unsettled");
        }
        outcome(tracked.origin, tracked.key, state, false);
    }

    /** Tells a state about the oldest unsettled delivery. */
    public void tellFirst(DeliveryState state) {
        tell(unsettled.keySet().iterator().next(), state);
    }

    public int unsettledHere() {
        return unsettled.size();
    }

    @Override
    protected long send(Content content, Member via, Origin origin, int key, boolean settled) {
        if (skips) {
            return SKIPPED;
        }
        if (transportBlocked || credit == 0 || reading != null) {
            return NOT_NOW;
        }
        credit--;
        int number = nextNumber++;
        boolean done = settled || takesSettled || atMostOnce || doneWith != null;
        Got delivery = new Got(number, done, via, content.sentTo());
        got.add(delivery);
        Tracked tracked = new Tracked(origin, key);
        if (!done) {
            unsettled.put(number, tracked);
        }
        if (!content.complete() && content instanceof MessageStream stream) {
            readingFor = done ? null : tracked;
            reading = stream.reader(reader -> read(reader, number));
            read(reading, number);
        } else {
            delivery.body.append(content.amqpBytes().toString(StandardCharsets.UTF_8));
            delivery.complete = true;
        }
        if (!settled && doneWith != null) {
            return done(doneWith);
        }
        return done ? DONE : number & 0xffff_ffffL;
    }

    /** Reads on after {@link #slowReader} was switched off. */
    public void readOn() {
        if (reading != null) {
            read(reading, nextNumber - 1);
        }
    }

    private void read(MessageStream.Reader reader, int number) {
        Got delivery = got.get(number);
        if (reader.aborted()) {
            delivery.aborted = true;
            endReading(reader);
            if (readingFor != null && unsettled.remove(number) != null) {
                aborted(readingFor.origin, readingFor.key);
            }
            resume();
            return;
        }
        ByteBuf bytes;
        while (!slowReader && (bytes = reader.next(7)) != null) {
            delivery.body.append(bytes.toString(StandardCharsets.UTF_8));
            bytes.release();
        }
        if (reader.finished()) {
            delivery.complete = true;
            endReading(reader);
            resume();
        }
    }

    private void endReading(MessageStream.Reader reader) {
        reader.close();
        reading = null;
    }

    @Override
    protected boolean hasCredit() {
        return credit > 0;
    }

    @Override
    public int creditAvailable() {
        return credit;
    }

    @Override
    public boolean contributes(Member via) {
        return !atMostOnce;
    }

    @Override
    protected void senderState(int outKey, @Nullable DeliveryState state, boolean settled) {
        senderTold.add(new FakeSender.Told(state, settled));
        Tracked tracked = settled ? unsettled.remove(outKey) : unsettled.get(outKey);
        if (tracked == null) {
            throw new AssertionError("number " + outKey + " is not unsettled");
        }
    }

    @Override
    protected void forEachUnsettled(UnsettledVisitor visitor) {
        if (reading != null) {
            endReading(reading);
        }
        List<Tracked> all = List.copyOf(unsettled.values());
        unsettled.clear();
        all.forEach(tracked -> visitor.unsettled(tracked.origin, tracked.key));
    }

    @Override
    protected void detach(@Nullable AmqpError error) {
        detached = error;
        lost();
    }
}
