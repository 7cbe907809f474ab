// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.log;

import io.linkspan.management.config.LogLevel;
import io.linkspan.management.config.LogSettings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The router's log: {@code TIME MODULE (level) TEXT[ (FILE:LINE)]}, one line per event.
 *
 * <p>Whether a level is on costs two look-ups. Lines are counted by module and level, whether they are written or not,
 * and the last {@link #KEPT_ENTRIES} written ones are kept for management. May be used from any thread; a line is
 * written to its file before the call returns, as the original does.
 */
public final class Log {
    /** Written lines that are kept for GET-LOG. */
    public static final int KEPT_ENTRIES = 1000;

    /** Output of the system's log. There is no way to it from here; its lines go to standard error, without time. */
    public static final String SYSLOG = "syslog";

    private static final StackWalker STACK = StackWalker.getInstance();

    private final InstantSource clock;
    private final Runnable broken;
    private final Map<String, LogOutput> outputs = new HashMap<>();
    private final Map<LogModule, Source> sources = new EnumMap<>(LogModule.class);
    private final ArrayDeque<LogEntry> entries = new ArrayDeque<>();
    private volatile Strftime times;

    /** Where the lines of a module go, and which. */
    private record Target(Set<LogLevel> levels, LogOutput output, boolean timestamp, boolean source) {}

    /** One module. */
    private static final class Source {
        private final Map<LogLevel, AtomicLong> counts = new EnumMap<>(LogLevel.class);
        private volatile Target target;

        Source(Target target) {
            this.target = target;
            for (LogLevel level : LogLevel.values()) {
                counts.put(level, new AtomicLong());
            }
        }

        AtomicLong count(LogLevel level) {
            return Objects.requireNonNull(counts.get(level));
        }
    }

    /**
     * A log that writes info and above to standard error, which is what holds until the configuration is known.
     *
     * @param clock tells the time of lines
     * @param broken called when a line cannot be written, by the thread that logs
     */
    public Log(InstantSource clock, Runnable broken) {
        this(clock, broken, new FileOutputStream(FileDescriptor.err), new FileOutputStream(FileDescriptor.out));
    }

    Log(InstantSource clock, Runnable broken, OutputStream stderr, OutputStream stdout) {
        this.clock = clock;
        this.broken = broken;
        LogOutput standardError = new LogOutput(stderr, broken);
        outputs.put("stderr", standardError);
        outputs.put("stdout", new LogOutput(stdout, broken));
        times = new Strftime(Strftime.DEFAULT, ZoneId.systemDefault());
        Target initial = new Target(EnumSet.range(LogLevel.INFO, LogLevel.CRITICAL), standardError, true, false);
        for (LogModule module : LogModule.values()) {
            sources.put(module, new Source(initial));
        }
    }

    /**
     * Takes the settings of the configuration.
     *
     * @param settings by module; a module without settings has those of {@code DEFAULT}
     * @param utc whether times are in UTC
     * @param format strftime pattern; null for the usual one
     * @return the file that cannot be opened, if there is one; then nothing has changed
     */
    public Optional<String> configure(Map<String, LogSettings> settings, boolean utc, @Nullable String format) {
        Map<LogModule, Target> configured = new EnumMap<>(LogModule.class);
        LogSettings ofDefault = settings.get(LogModule.DEFAULT.name());
        for (LogModule module : LogModule.values()) {
            LogSettings own = settings.getOrDefault(module.name(), ofDefault);
            if (own == null) {
                continue;
            }
            try {
                // The original leaves the time to the system's log.
                boolean timestamp = own.includeTimestamp() && !own.outputFile().equals(SYSLOG);
                configured.put(
                        module, new Target(own.levels(), output(own.outputFile()), timestamp, own.includeSource()));
            } catch (IOException e) {
                return Optional.of(own.outputFile());
            }
        }
        times = new Strftime(format == null ? Strftime.DEFAULT : format, utc ? ZoneOffset.UTC : ZoneId.systemDefault());
        configured.forEach((module, target) -> source(module).target = target);
        return Optional.empty();
    }

    /** Whether lines of that level are written. */
    public boolean enabled(LogModule module, LogLevel level) {
        return source(module).target.levels().contains(level);
    }

    public void trace(LogModule module, String text) {
        write(module, LogLevel.TRACE, text);
    }

    public void debug(LogModule module, String text) {
        write(module, LogLevel.DEBUG, text);
    }

    public void info(LogModule module, String text) {
        write(module, LogLevel.INFO, text);
    }

    public void notice(LogModule module, String text) {
        write(module, LogLevel.NOTICE, text);
    }

    public void warning(LogModule module, String text) {
        write(module, LogLevel.WARNING, text);
    }

    public void error(LogModule module, String text) {
        write(module, LogLevel.ERROR, text);
    }

    public void critical(LogModule module, String text) {
        write(module, LogLevel.CRITICAL, text);
    }

    /** Counts a line, and writes it if its level is on. */
    public void write(LogModule module, LogLevel level, String text) {
        Source source = source(module);
        source.count(level).incrementAndGet();
        Target target = source.target;
        if (!target.levels().contains(level)) {
            return;
        }
        StackWalker.StackFrame caller = target.source() ? caller() : null;
        LogEntry entry = new LogEntry(
                module,
                level,
                text,
                caller == null ? null : caller.getFileName(),
                caller == null ? 0 : caller.getLineNumber(),
                clock.instant());
        synchronized (entries) {
            if (entries.size() == KEPT_ENTRIES) {
                entries.removeFirst();
            }
            entries.addLast(entry);
        }
        target.output().write(line(entry, target.timestamp()));
    }

    /** The last lines that were written, oldest first. */
    public List<LogEntry> entries() {
        synchronized (entries) {
            return new ArrayList<>(entries);
        }
    }

    /** Lines of that module and level since the start, those that were not written included. */
    public long count(LogModule module, LogLevel level) {
        return source(module).count(level).get();
    }

    private StringBuilder line(LogEntry entry, boolean timestamp) {
        StringBuilder line = new StringBuilder(64 + entry.text().length());
        if (timestamp) {
            Instant time = entry.time();
            times.format(time, line);
            line.append(' ');
        }
        line.append(entry.module())
                .append(" (")
                .append(entry.level().name().toLowerCase(Locale.ROOT))
                .append(") ")
                .append(entry.text());
        if (entry.file() != null) {
            line.append(" (")
                    .append(entry.file())
                    .append(':')
                    .append(entry.line())
                    .append(')');
        }
        return line;
    }

    private synchronized LogOutput output(String name) throws IOException {
        String place = name.equals(SYSLOG) ? "stderr" : name;
        LogOutput known = outputs.get(place);
        if (known == null) {
            known = LogOutput.file(place, broken);
            outputs.put(place, known);
        }
        return known;
    }

    private static StackWalker.@Nullable StackFrame caller() {
        String ours = Log.class.getName();
        return STACK.walk(frames -> frames.filter(frame -> !frame.getClassName().equals(ours))
                .findFirst()
                .orElse(null));
    }

    private Source source(LogModule module) {
        return Objects.requireNonNull(sources.get(module));
    }
}
