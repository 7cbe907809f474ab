// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.log;

import io.linkspan.management.config.LogLevel;
import io.netty.util.internal.logging.AbstractInternalLogger;
import io.netty.util.internal.logging.FormattingTuple;
import io.netty.util.internal.logging.MessageFormatter;
import org.jspecify.annotations.Nullable;

/** The lines of one class of a library, named after it. */
final class LibraryLogger extends AbstractInternalLogger {
    private static final long serialVersionUID = 1L;

    private final String title;

    LibraryLogger(String name) {
        super(name);
        this.title = name.substring(name.lastIndexOf('.') + 1) + ": ";
    }

    private static boolean takes(LogLevel level) {
        return LibraryLines.place().takes(level);
    }

    private void line(LogLevel level, String text, @Nullable Throwable thrown) {
        LibraryLines.Place place = LibraryLines.place();
        if (place.takes(level)) {
            place.write(level, title + text, thrown);
        }
    }

    private void format(LogLevel level, String format, Object... arguments) {
        if (takes(level)) {
            FormattingTuple made = MessageFormatter.arrayFormat(format, arguments);
            line(level, made.getMessage(), made.getThrowable());
        }
    }

    @Override
    public boolean isTraceEnabled() {
        return takes(LogLevel.TRACE);
    }

    @Override
    public void trace(String text) {
        line(LogLevel.TRACE, text, null);
    }

    @Override
    public void trace(String format, Object argument) {
        format(LogLevel.TRACE, format, argument);
    }

    @Override
    public void trace(String format, Object first, Object second) {
        format(LogLevel.TRACE, format, first, second);
    }

    @Override
    public void trace(String format, Object... arguments) {
        format(LogLevel.TRACE, format, arguments);
    }

    @Override
    public void trace(String text, Throwable thrown) {
        line(LogLevel.TRACE, text, thrown);
    }

    @Override
    public boolean isDebugEnabled() {
        return takes(LogLevel.DEBUG);
    }

    @Override
    public void debug(String text) {
        line(LogLevel.DEBUG, text, null);
    }

    @Override
    public void debug(String format, Object argument) {
        format(LogLevel.DEBUG, format, argument);
    }

    @Override
    public void debug(String format, Object first, Object second) {
        format(LogLevel.DEBUG, format, first, second);
    }

    @Override
    public void debug(String format, Object... arguments) {
        format(LogLevel.DEBUG, format, arguments);
    }

    @Override
    public void debug(String text, Throwable thrown) {
        line(LogLevel.DEBUG, text, thrown);
    }

    @Override
    public boolean isInfoEnabled() {
        return takes(LogLevel.INFO);
    }

    @Override
    public void info(String text) {
        line(LogLevel.INFO, text, null);
    }

    @Override
    public void info(String format, Object argument) {
        format(LogLevel.INFO, format, argument);
    }

    @Override
    public void info(String format, Object first, Object second) {
        format(LogLevel.INFO, format, first, second);
    }

    @Override
    public void info(String format, Object... arguments) {
        format(LogLevel.INFO, format, arguments);
    }

    @Override
    public void info(String text, Throwable thrown) {
        line(LogLevel.INFO, text, thrown);
    }

    @Override
    public boolean isWarnEnabled() {
        return takes(LogLevel.WARNING);
    }

    @Override
    public void warn(String text) {
        line(LogLevel.WARNING, text, null);
    }

    @Override
    public void warn(String format, Object argument) {
        format(LogLevel.WARNING, format, argument);
    }

    @Override
    public void warn(String format, Object first, Object second) {
        format(LogLevel.WARNING, format, first, second);
    }

    @Override
    public void warn(String format, Object... arguments) {
        format(LogLevel.WARNING, format, arguments);
    }

    @Override
    public void warn(String text, Throwable thrown) {
        line(LogLevel.WARNING, text, thrown);
    }

    @Override
    public boolean isErrorEnabled() {
        return takes(LogLevel.ERROR);
    }

    @Override
    public void error(String text) {
        line(LogLevel.ERROR, text, null);
    }

    @Override
    public void error(String format, Object argument) {
        format(LogLevel.ERROR, format, argument);
    }

    @Override
    public void error(String format, Object first, Object second) {
        format(LogLevel.ERROR, format, first, second);
    }

    @Override
    public void error(String format, Object... arguments) {
        format(LogLevel.ERROR, format, arguments);
    }

    @Override
    public void error(String text, Throwable thrown) {
        line(LogLevel.ERROR, text, thrown);
    }
}
