// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.core.RouterCore;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionRole;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What management may do to a connection: end it and switch the tracing of its frames (management protocol, 6.1; routing
 * CON-11). Confined to the core's loop.
 */
public final class ConnectionLifecycle implements EntityLifecycle {
    private static final String NOT_ALLOWED = "You are not allowed to perform this operation.";

    private final RouterCore core;

    /** Makes a lifecycle of the core's connections. */
    public ConnectionLifecycle(RouterCore core) {
        this.core = core;
    }

    @Override
    public String type() {
        return "connection";
    }

    @Override
    public void create(Map<String, @Nullable Object> attributes, Consumer<Outcome> outcome) {
        throw new IllegalStateException("connections are not made by management");
    }

    @Override
    public void update(String identity, Map<String, @Nullable Object> attributes, Consumer<Outcome> outcome) {
        Connection connection = find(identity);
        Object status = attributes.get("adminStatus");
        Object trace = attributes.get("enableProtocolTrace");
        boolean known = status == null || "deleted".equals(status) || "enabled".equals(status);
        if (connection == null || !known) {
            outcome.accept(EntityLifecycle.bad(Status.BAD_REQUEST.description()));
            return;
        }
        ConnectionRole role = connection.role();
        if ("deleted".equals(status) && (role == ConnectionRole.INTER_ROUTER || role == ConnectionRole.EDGE)) {
            outcome.accept(new Refused(Status.FORBIDDEN, NOT_ALLOWED));
            return;
        }
        if (attributes.containsKey("enableProtocolTrace")) {
            connection.trace(Boolean.TRUE.equals(trace)); // A text does not count as true.
        }
        if ("deleted".equals(status) && !connection.isClosing()) {
            connection.forceClose();
        }
        outcome.accept(EntityLifecycle.done(identity));
    }

    private @Nullable Connection find(String identity) {
        return identity.matches("[0-9]{1,18}") ? core.connection(Long.parseLong(identity)) : null;
    }
}
