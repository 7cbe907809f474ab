// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.log;

import io.linkspan.management.config.LogLevel;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Takes the lines of libraries (Vert.x, Netty and others that log by java.util.logging) into the log, as lines of {@link
 * LogModule#SERVER}.
 */
public final class JulLines extends Handler {
    private static final String VERTX_LOGGING = "vertx.logger-delegate-factory-class-name";

    private final Log log;
    private final Formatter message = new SimpleFormatter();

    private JulLines(Log log) {
        this.log = log;
    }

    /** Makes this log the only place for lines of libraries. To be called before Vert.x and Netty are loaded. */
    public static void into(Log log) {
        System.setProperty(VERTX_LOGGING, "io.vertx.core.logging.JULLogDelegateFactory");
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.addHandler(new JulLines(log));
        log.onChange(() -> root.setLevel(level(log)));
        root.setLevel(level(log));
    }

    /** Details of libraries cost time even when they are thrown away here. */
    private static Level level(Log log) {
        if (log.enabled(LogModule.SERVER, LogLevel.TRACE)) {
            return Level.ALL;
        }
        return log.enabled(LogModule.SERVER, LogLevel.DEBUG) ? Level.FINE : Level.INFO;
    }

    @Override
    public void publish(LogRecord record) {
        StringBuilder text = new StringBuilder();
        String name = String.valueOf(record.getLoggerName());
        text.append(name, name.lastIndexOf('.') + 1, name.length()).append(": ").append(message.formatMessage(record));
        log.write(LogModule.SERVER, level(record.getLevel().intValue()), text.toString(), record.getThrown());
    }

    private static LogLevel level(int level) {
        if (level >= Level.SEVERE.intValue()) {
            return LogLevel.ERROR;
        }
        if (level >= Level.WARNING.intValue()) {
            return LogLevel.WARNING;
        }
        if (level >= Level.INFO.intValue()) {
            return LogLevel.INFO;
        }
        return level >= Level.FINE.intValue() ? LogLevel.DEBUG : LogLevel.TRACE;
    }

    @Override
    public void flush() {
        // Every line is flushed when it is written.
    }

    @Override
    public void close() {
        // The log outlives this.
    }
}
