// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.amqp.FrameTracer;
import io.linkspan.core.RouterCore;
import io.linkspan.core.amqp.AmqpConnection;
import io.linkspan.core.connection.Connection;
import io.linkspan.management.config.ConnectionSettings;
import io.linkspan.management.config.LogLevel;
import io.linkspan.server.log.Log;
import io.linkspan.server.log.LogModule;
import io.linkspan.server.loop.Loop;
import io.linkspan.server.trace.FrameLines;
import io.linkspan.server.trace.MessageLines;

/**
 * What is traced. Frames: those of all connections while module PROTOCOL writes trace, otherwise of those that management
 * asks for, and of those whose listener or connector says so. Messages: of connections whose listener or connector says so. A connection that is not traced costs nothing.
 * Confined to the core's loop.
 */
final class Tracing {
    private final Log log;
    private final RouterCore core;
    private boolean all;

    Tracing(Log log, Loop loop, RouterCore core) {
        this.log = log;
        this.core = core;
        this.all = isLevelOn();
        log.onChange(() -> loop.execute(this::levelChanged));
    }

    /** A connection has come to life. */
    void known(Connection connection) {
        if (all) {
            connection.trace(true);
        }
    }

    /** Where the frames of a connection go. */
    FrameTracer lines(Connection connection) {
        return new FrameLines(log, connection);
    }

    /** Traces of a new connection what its listener or connector says. */
    void begin(AmqpConnection connection, ConnectionSettings settings) {
        if (settings.protocolTrace()) {
            connection.trace(true);
        }
        if (!settings.messageLogging().isEmpty()) {
            connection.traceMessages(new MessageLines(log, settings.messageLogging()));
        }
    }

    private boolean isLevelOn() {
        return log.enabled(LogModule.PROTOCOL, LogLevel.TRACE);
    }

    private void levelChanged() {
        boolean on = isLevelOn();
        if (on != all) {
            all = on;
            core.connections().forEach(connection -> connection.trace(on));
        }
    }
}
