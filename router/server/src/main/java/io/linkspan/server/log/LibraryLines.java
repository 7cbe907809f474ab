// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.log;

import io.linkspan.management.config.LogLevel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The lines of the libraries, Netty and Vert.x: to the log as lines of {@link LogModule#SERVER} in a router, warnings to
 * standard error in a tool.
 *
 * <p>They do not go by the logging of the JDK: that looks for what may stand in for it in every jar, which takes longer
 * than all that a tool does. What a library writes goes to one place in a process. May be used from any thread.
 */
public final class LibraryLines extends InternalLoggerFactory {
    private static final String VERTX_LOGGING = "vertx.logger-delegate-factory-class-name";

    private static volatile Place place = new StandardError();

    /** Where lines go. */
    interface Place {
        /** Whether lines of that level are worth making. */
        boolean takes(LogLevel level);

        void write(LogLevel level, String text, @Nullable Throwable thrown);
    }

    LibraryLines() {}

    /** Takes the lines of libraries. To be called before Vert.x and Netty are loaded. */
    public static void take() {
        InternalLoggerFactory.setDefaultFactory(new LibraryLines());
        System.setProperty(VERTX_LOGGING, VertxLines.class.getName());
    }

    /** Makes this log the place for lines of libraries from now on. */
    public static void into(Log log) {
        place = new OfServer(log);
    }

    static Place place() {
        return place;
    }

    @Override
    protected InternalLogger newInstance(String name) {
        return new LibraryLogger(name);
    }

    /** What a user of a tool may want to know. */
    private record StandardError() implements Place {
        @Override
        public boolean takes(LogLevel level) {
            return level.compareTo(LogLevel.WARNING) >= 0;
        }

        @Override
        public void write(LogLevel level, String text, @Nullable Throwable thrown) {
            System.err.println(text + (thrown == null ? "" : ": " + Stacks.text(thrown)));
        }
    }

    private record OfServer(Log log) implements Place {
        /** Lines that tell of something are counted though they may not be written. */
        @Override
        public boolean takes(LogLevel level) {
            return level.compareTo(LogLevel.INFO) >= 0 || log.enabled(LogModule.SERVER, level);
        }

        @Override
        public void write(LogLevel level, String text, @Nullable Throwable thrown) {
            log.write(LogModule.SERVER, level, text, thrown);
        }
    }
}
