// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core;

import io.linkspan.amqp.AmqpError;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionFacts;
import io.linkspan.core.connection.ConnectionRole;
import org.jspecify.annotations.Nullable;

/** What the router's own ends hang on; management does not show it. */
final class InProcessConnection extends Connection {

    /** The router's own ends answer at once, so their window is never used up. */
    private static final int UNLIMITED = 1 << 30;

    InProcessConnection(RouterCore core) {
        super(core, ConnectionRole.NORMAL, UNLIMITED, ConnectionFacts.plain("", "", true));
    }

    @Override
    public boolean isInProcess() {
        return true;
    }

    @Override
    protected void close(@Nullable AmqpError error) {
        throw new IllegalStateException("the router's own end cannot be closed");
    }

    @Override
    protected void drop() {
        throw new IllegalStateException("the router's own end cannot be dropped");
    }

    @Override
    protected void tracingChanged(boolean on) {
        throw new IllegalStateException("the router's own end has no frames");
    }
}
