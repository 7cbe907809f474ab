// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.log;

import io.netty.util.internal.logging.InternalLogger;
import io.vertx.core.spi.logging.LogDelegate;
import io.vertx.core.spi.logging.LogDelegateFactory;

/** Has Vert.x write its lines as Netty does: to {@link LibraryLines}. Vert.x makes it by its name. */
public final class VertxLines implements LogDelegateFactory {
    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public LogDelegate createDelegate(String name) {
        return new Delegate(new LibraryLogger(name));
    }

    private record Delegate(InternalLogger to) implements LogDelegate {
        @Override
        public String implementation() {
            return LibraryLines.class.getSimpleName();
        }

        @Override
        public void trace(Object text) {
            to.trace(String.valueOf(text));
        }

        @Override
        public void trace(Object text, Throwable thrown) {
            to.trace(String.valueOf(text), thrown);
        }

        @Override
        public boolean isTraceEnabled() {
            return to.isTraceEnabled();
        }

        @Override
        public void debug(Object text) {
            to.debug(String.valueOf(text));
        }

        @Override
        public void debug(Object text, Throwable thrown) {
            to.debug(String.valueOf(text), thrown);
        }

        @Override
        public boolean isDebugEnabled() {
            return to.isDebugEnabled();
        }

        @Override
        public void info(Object text) {
            to.info(String.valueOf(text));
        }

        @Override
        public void info(Object text, Throwable thrown) {
            to.info(String.valueOf(text), thrown);
        }

        @Override
        public boolean isInfoEnabled() {
            return to.isInfoEnabled();
        }

        @Override
        public void warn(Object text) {
            to.warn(String.valueOf(text));
        }

        @Override
        public void warn(Object text, Throwable thrown) {
            to.warn(String.valueOf(text), thrown);
        }

        @Override
        public boolean isWarnEnabled() {
            return to.isWarnEnabled();
        }

        @Override
        public void error(Object text) {
            to.error(String.valueOf(text));
        }

        @Override
        public void error(Object text, Throwable thrown) {
            to.error(String.valueOf(text), thrown);
        }
    }
}
