// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.log;

import io.linkspan.management.config.LogLevel;
import io.linkspan.management.config.LogSettings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The router's log: {@code TIME MODULE (level) TEXT[ (FILE:LINE)]}, one line per event.
 *
 * <p>Whether a level is on costs two look-ups. Lines are counted by module and level, whether they are written or
 * not, and the last {@link #KEPT_ENTRIES} written ones are kept for management. Control characters in a text, which may
 * be a peer's, are written as {@code \xNN}, so that an event stays one line. May be used from any thread; a line is
 * written to its file before the call returns, as the original does.
 *
 * <p>Settings may change at any time ({@link #apply}); whoever keeps something that depends on them asks to be told
 * ({@link #onChange}).
 */
public final class Log {
    /** Written lines that are kept for GET-LOG. */
    public static final int KEPT_ENTRIES = 1000;

    /** Longest text of a line, in characters; the rest is cut off. */
    public static final int MAX_TEXT_CHARS = 8192;

    /** Output of the system's log. Where it cannot be reached its lines go to standard error, without time. */
    public static final String SYSLOG = "syslog";

    private static final String STDERR = "stderr";
    private static final String STDOUT = "stdout";
    private static final StackWalker STACK = StackWalker.getInstance();

    private final InstantSource clock;
    private final Runnable broken;
    private final Map<String, LogOutput> outputs = new HashMap<>();
    private final Map<LogModule, Source> sources = new EnumMap<>(LogModule.class);
    private final ArrayDeque<LogEntry> entries = new ArrayDeque<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Strftime times = Strftime.of(Strftime.DEFAULT, TimeZone.getDefault());

    /** Where the lines of a module go, and which. */
    private record Target(
            Set<LogLevel> levels, String outputName, LogOutput output, boolean timestamp, boolean source) {}

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
        LogOutput standardError = LogOutput.stream(stderr);
        outputs.put(STDERR, standardError);
        outputs.put(STDOUT, LogOutput.stream(stdout));
        Target initial =
                new Target(EnumSet.range(LogLevel.INFO, LogLevel.CRITICAL), STDERR, standardError, true, false);
        for (LogModule module : LogModule.values()) {
            sources.put(module, new Source(initial));
        }
    }

    // ---- settings ----

    /** How times are written from now on: strftime pattern, null for the usual one, in UTC or local time. */
    public void times(@Nullable String format, boolean utc) {
        String pattern = format == null ? Strftime.DEFAULT : format;
        times = utc ? new Strftime(pattern, ZoneOffset.UTC) : Strftime.of(pattern, TimeZone.getDefault());
    }

    /**
     * Takes settings at once, all of them or none.
     *
     * @param settings by module, what a module takes from DEFAULT filled in; a module without settings has those of
     *     {@code DEFAULT}, and keeps what it had if there are none either
     * @return the file that cannot be opened, if there is one; then nothing has changed
     */
    public Optional<String> apply(Map<String, LogSettings> settings) {
        synchronized (outputs) {
            Map<String, LogOutput> opened = new HashMap<>();
            Map<Source, Target> changed = new HashMap<>();
            LogSettings ofDefault = settings.get(LogModule.DEFAULT.name());
            for (LogModule module : LogModule.values()) {
                LogSettings own = settings.getOrDefault(module.name(), ofDefault);
                if (own == null) {
                    continue;
                }
                try {
                    changed.put(source(module), target(own, opened));
                } catch (IOException e) {
                    opened.values().forEach(Log::close);
                    return Optional.of(own.outputFile());
                }
            }
            outputs.putAll(opened);
            changed.forEach((source, target) -> source.target = target);
            closeUnused();
        }
        listeners.forEach(Runnable::run);
        return Optional.empty();
    }

    private Target target(LogSettings settings, Map<String, LogOutput> opened) throws IOException {
        String name = settings.outputFile();
        LogOutput output = outputs.getOrDefault(name, opened.get(name));
        if (output == null) {
            output = open(name);
            opened.put(name, output);
        }
        // The original leaves the time to the system's log.
        boolean timestamp = settings.includeTimestamp() && !name.equals(SYSLOG);
        return new Target(settings.levels(), name, output, timestamp, settings.includeSource());
    }

    private LogOutput open(String name) throws IOException {
        return name.equals(SYSLOG)
                ? SystemLog.at(SystemLog.SOCKET, clock).orElse(Objects.requireNonNull(outputs.get(STDERR)))
                : LogOutput.file(name);
    }

    private void closeUnused() {
        Set<String> used = new HashSet<>(Set.of(STDERR, STDOUT));
        for (Source source : sources.values()) {
            used.add(source.target.outputName());
        }
        outputs.entrySet().removeIf(output -> {
            boolean unused = !used.contains(output.getKey());
            if (unused) {
                close(output.getValue());
            }
            return unused;
        });
    }

    private static void close(LogOutput output) {
        try {
            output.close();
        } catch (IOException e) {
            // What was written to it has been flushed; there is nothing left to lose.
        }
    }

    /**
     * Opens all files anew: what was moved away is left alone from now on.
     *
     * @return the file that cannot be opened, if there is one; it is written to where it was before
     */
    public Optional<String> reopen() {
        synchronized (outputs) {
            String failed = null;
            for (Map.Entry<String, LogOutput> output : outputs.entrySet()) {
                try {
                    output.getValue().reopen();
                } catch (IOException e) {
                    failed = output.getKey();
                }
            }
            return Optional.ofNullable(failed);
        }
    }

    /** Has a task run after each change of settings, by the thread that changes them. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    // ---- lines ----

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
        write(module, level, text, null);
    }

    /** As {@link #write(LogModule, LogLevel, String)}, with an exception and its stack in the lines that follow. */
    public void write(LogModule module, LogLevel level, String text, @Nullable Throwable thrown) {
        Source source = source(module);
        source.count(level).incrementAndGet();
        if (source.target.levels().contains(level)) {
            put(source, module, level, thrown == null ? plain(text) : plain(text) + ": " + Stacks.text(thrown));
        }
    }

    /** Counts and writes a line whether its level is on or not: somebody has asked for it in another way. */
    public void always(LogModule module, LogLevel level, String text) {
        Source source = source(module);
        source.count(level).incrementAndGet();
        put(source, module, level, plain(text));
    }

    private void put(Source source, LogModule module, LogLevel level, String text) {
        Target target = source.target;
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
        try {
            while (!target.output().write(level, line(entry, target.timestamp()))) {
                target = source.target; // It changed in between.
            }
        } catch (IOException e) {
            broken.run();
        }
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
            times.format(entry.time(), line);
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

    /** The text in one line, and not longer than may be. */
    private static String plain(String text) {
        String cut = text.length() <= MAX_TEXT_CHARS ? text : text.substring(0, MAX_TEXT_CHARS) + "...";
        for (int i = 0; i < cut.length(); i++) {
            if (Character.isISOControl(cut.charAt(i))) {
                return escaped(cut);
            }
        }
        return cut;
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) {
                escaped.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
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
