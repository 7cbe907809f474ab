// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.fake;

import io.linkspan.amqp.AmqpError;
import io.linkspan.core.RouterCore;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionFacts;
import io.linkspan.core.connection.ConnectionRole;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection of no protocol. */
public final class FakeConnection extends Connection {

    private final List<FakeSender> senders = new ArrayList<>();
    private final List<FakeReceiver> receivers = new ArrayList<>();
    public @Nullable AmqpError closedWith;
    public boolean saidGoodbye;

    public FakeConnection(RouterCore core) {
        this(core, ConnectionRole.NORMAL, DEFAULT_LINK_CAPACITY);
    }

    public FakeConnection(RouterCore core, ConnectionRole role, int linkCapacity) {
        super(core, role, linkCapacity, ConnectionFacts.plain("127.0.0.1:1", "fake", true));
        core.connected(this);
    }

    public FakeSender sender(String name) {
        FakeSender sender = new FakeSender(this, name);
        senders.add(sender);
        return sender;
    }

    public FakeReceiver receiver(String name) {
        FakeReceiver receiver = new FakeReceiver(this, name);
        receivers.add(receiver);
        return receiver;
    }

    /** The socket is gone. */
    public void lose() {
        senders.forEach(FakeSender::lost);
        receivers.forEach(FakeReceiver::lost);
        core().disconnected(this);
    }

    @Override
    protected void close(@Nullable AmqpError error) {
        closedWith = error;
        saidGoodbye = true;
        lose();
    }

    @Override
    protected void drop() {
        lose();
    }

    @Override
    protected void tracingChanged(boolean on) {}
}
