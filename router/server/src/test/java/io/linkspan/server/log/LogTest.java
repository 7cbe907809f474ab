// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.management.config.LogLevel;
import io.linkspan.management.config.LogSettings;
import io.netty.util.internal.logging.InternalLogger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogTest {
    private static final Instant NOW = Instant.parse("2026-03-05T09:07:08.000042Z");

    @TempDir
    Path directory;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final AtomicInteger broken = new AtomicInteger();
    private final Log log = new Log(InstantSource.fixed(NOW), broken::incrementAndGet, err, out);

    private static LogSettings settings(String module, String output, LogLevel... levels) {
        EnumSet<LogLevel> set = EnumSet.noneOf(LogLevel.class);
        set.addAll(List.of(levels));
        return new LogSettings(module, set, true, false, output);
    }

    private void configure(LogSettings... settings) {
        Map<String, LogSettings> all = new java.util.HashMap<>();
        for (LogSettings one : settings) {
            all.put(one.module(), one);
        }
        log.times(null, true);
        assertThat(log.apply(all)).isEmpty();
    }

    @Test
    void untilConfiguredInfoAndAboveGoToStandardError() {
        log.debug(LogModule.SERVER, "no");
        log.info(LogModule.SERVER, "yes");
        assertThat(err.toString(StandardCharsets.UTF_8))
                .endsWith(" SERVER (info) yes\n")
                .doesNotContain("no");
    }

    @Test
    void lineHasTimeModuleAndLevelAsTheOriginals() {
        configure(settings("DEFAULT", "stdout", LogLevel.NOTICE));
        log.notice(LogModule.MAIN, "text");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("2026-03-05 09:07:08.000042 +0000 MAIN (notice) text\n");
    }

    @Test
    void eachModuleHasItsOwnLevelsAndOutput() throws IOException {
        Path file = directory.resolve("server.log");
        Files.writeString(file, "before\n");
        configure(settings("DEFAULT", "stderr", LogLevel.ERROR), settings("SERVER", file.toString(), LogLevel.TRACE));
        log.trace(LogModule.SERVER, "t");
        log.error(LogModule.SERVER, "not enabled");
        log.error(LogModule.AGENT, "e");
        assertThat(Files.readString(file))
                .startsWith("before\n")
                .endsWith(" SERVER (trace) t\n")
                .doesNotContain("enabled");
        assertThat(err.toString(StandardCharsets.UTF_8)).endsWith("AGENT (error) e\n");
        assertThat(log.enabled(LogModule.SERVER, LogLevel.TRACE)).isTrue();
        assertThat(log.enabled(LogModule.AGENT, LogLevel.TRACE)).isFalse();
    }

    @Test
    void fileThatCannotBeOpenedIsNamedAndNothingChanges() {
        String missing = directory.resolve("no/such/dir.log").toString();
        Path file = directory.resolve("opened.log");
        Map<String, LogSettings> settings = new LinkedHashMap<>();
        settings.put("ROUTER", settings("ROUTER", file.toString(), LogLevel.ERROR));
        settings.put("DEFAULT", settings("DEFAULT", missing, LogLevel.ERROR));
        assertThat(log.apply(settings)).contains(missing);
        log.info(LogModule.SERVER, "still here");
        log.info(LogModule.ROUTER, "and here");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("still here", "and here");
    }

    @Test
    void sourceIsThePlaceOfTheCaller() {
        assertThat(log.apply(Map.of(
                        "DEFAULT", new LogSettings("DEFAULT", EnumSet.of(LogLevel.INFO), false, true, "stdout"))))
                .isEmpty();
        log.info(LogModule.SERVER, "text");
        assertThat(out.toString(StandardCharsets.UTF_8)).matches("SERVER \\(info\\) text \\(LogTest.java:\\d+\\)\n");
    }

    @Test
    void lastThousandWrittenLinesAreKeptAndAllAreCounted() {
        for (int i = 0; i <= Log.KEPT_ENTRIES; i++) {
            log.info(LogModule.SERVER, "line " + i);
            log.debug(LogModule.SERVER, "not written");
        }
        assertThat(log.entries()).hasSize(Log.KEPT_ENTRIES);
        assertThat(log.entries().get(0).text()).isEqualTo("line 1");
        assertThat(log.count(LogModule.SERVER, LogLevel.INFO)).isEqualTo(Log.KEPT_ENTRIES + 1);
        assertThat(log.count(LogModule.SERVER, LogLevel.DEBUG)).isEqualTo(Log.KEPT_ENTRIES + 1);
    }

    @Test
    void lineThatCannotBeWrittenIsReported() {
        Log full = new Log(
                InstantSource.fixed(NOW),
                broken::incrementAndGet,
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("No space left on device");
                    }
                },
                out);
        full.info(LogModule.SERVER, "text");
        assertThat(broken).hasValue(1);
    }

    @Test
    void changeTakesEffectAtOnceAndIsTold() throws IOException {
        Path first = directory.resolve("first.log");
        Path second = directory.resolve("second.log");
        configure(settings("SERVER", first.toString(), LogLevel.INFO));
        log.info(LogModule.SERVER, "one");
        List<Boolean> told = new ArrayList<>();
        log.onChange(() -> told.add(log.enabled(LogModule.SERVER, LogLevel.DEBUG)));
        configure(settings("SERVER", second.toString(), LogLevel.DEBUG));
        log.debug(LogModule.SERVER, "two");
        log.info(LogModule.SERVER, "off");
        assertThat(told).containsExactly(true);
        assertThat(Files.readString(first)).endsWith(" SERVER (info) one\n");
        assertThat(Files.readString(second)).endsWith(" SERVER (debug) two\n").doesNotContain("off");
    }

    @Test
    void moduleWithoutSettingsKeepsWhatItHadUnlessDefaultHasSome() {
        configure(settings("SERVER", "stdout", LogLevel.TRACE));
        configure(settings("AGENT", "stdout", LogLevel.ERROR));
        assertThat(log.enabled(LogModule.SERVER, LogLevel.TRACE)).isTrue();
        configure(settings("DEFAULT", "stdout", LogLevel.ERROR));
        assertThat(log.enabled(LogModule.SERVER, LogLevel.TRACE)).isFalse();
        assertThat(log.enabled(LogModule.MAIN, LogLevel.ERROR)).isTrue();
    }

    @Test
    void fileThatWasMovedAwayIsLeftAloneAfterReopening() throws IOException {
        Path file = directory.resolve("rotated.log");
        configure(settings("SERVER", file.toString(), LogLevel.INFO));
        log.info(LogModule.SERVER, "old");
        Path moved = Files.move(file, directory.resolve("rotated.log.1"));
        log.info(LogModule.SERVER, "still old");
        assertThat(log.reopen()).isEmpty();
        log.info(LogModule.SERVER, "new");
        assertThat(Files.readString(moved)).contains("old\n").endsWith("still old\n");
        assertThat(Files.readString(file)).endsWith(" SERVER (info) new\n").doesNotContain("old");
    }

    @Test
    void fileThatCannotBeReopenedIsNamedAndWrittenToWhereItIs() throws IOException {
        Path place = Files.createDirectory(directory.resolve("place"));
        Path file = place.resolve("router.log");
        configure(settings("SERVER", file.toString(), LogLevel.INFO));
        Path moved = Files.move(place, directory.resolve("moved"));
        assertThat(log.reopen()).contains(file.toString());
        log.info(LogModule.SERVER, "kept");
        assertThat(Files.readString(moved.resolve("router.log"))).endsWith(" SERVER (info) kept\n");
    }

    @Test
    void whatSomebodyAskedForIsWrittenThoughItsLevelIsOff() {
        configure(settings("DEFAULT", "stdout", LogLevel.ERROR));
        log.always(LogModule.PROTOCOL, LogLevel.TRACE, "frame");
        assertThat(out.toString(StandardCharsets.UTF_8)).endsWith(" PROTOCOL (trace) frame\n");
        assertThat(log.count(LogModule.PROTOCOL, LogLevel.TRACE)).isEqualTo(1);
    }

    @Test
    void textOfPeersStaysOneLineAndIsCutAtItsLimit() {
        configure(settings("DEFAULT", "stdout", LogLevel.INFO));
        log.info(LogModule.SERVER, "a\nSERVER (info) forged\u001b[2J\u0085");
        assertThat(log.entries().get(0).text()).isEqualTo("a\\x0aSERVER (info) forged\\x1b[2J\\x85");
        log.info(LogModule.SERVER, "x".repeat(Log.MAX_TEXT_CHARS));
        assertThat(log.entries().get(1).text()).hasSize(Log.MAX_TEXT_CHARS);
        log.info(LogModule.SERVER, "x".repeat(Log.MAX_TEXT_CHARS + 1));
        assertThat(log.entries().get(2).text()).endsWith("x...").hasSize(Log.MAX_TEXT_CHARS + 3);
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(3);
    }

    @Test
    void exceptionFollowsItsTextInLinesOfItsOwn() {
        configure(settings("DEFAULT", "stdout", LogLevel.ERROR));
        log.write(LogModule.ERROR, LogLevel.ERROR, "failed", new IllegalStateException("why"));
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("ERROR (error) failed: java.lang.IllegalStateException: why\n\tat "
                        + getClass().getName());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "%Y-%m-%d %H:%M:%S.%%06lu %z|2026-03-05 10:07:08.000042 +0100",
                "%a %b %e %T %Y|Thu Mar  5 10:07:08 2026",
                "%A %B %d|Thursday March 05",
                "%F %R %p %I|2026-03-05 10:07 AM 10",
                "%D %y %j %C|03/05/26 26 064 20",
                "%s %u %w %V %G|1772701628 4 4 10 2026",
                "%c|Thu Mar  5 10:07:08 2026",
                "100%% %q %|100% %q %",
                "%Z|CET"
            })
    void timesHaveTheFormatAskedFor(String pattern, String expected) {
        StringBuilder text = new StringBuilder();
        new Strftime(pattern, ZoneId.of("Europe/Berlin")).format(NOW, text);
        assertThat(text).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "%F %T %z|2026-03-29T00:59:59Z|2026-03-29 01:59:59 +0100",
                "%F %T %z|2026-03-29T01:00:00Z|2026-03-29 03:00:00 +0200",
                "%T %Z|2026-03-29T01:00:00Z|03:00:00 CEST",
                "%F %T|1969-12-31T23:59:59Z|1970-01-01 00:59:59"
            })
    void timesOfAZoneFollowItsSummerTime(String pattern, Instant instant, String expected) {
        StringBuilder text = new StringBuilder();
        Strftime.of(pattern, TimeZone.getTimeZone("Europe/Berlin")).format(instant, text);
        assertThat(text).hasToString(expected);
    }

    @Test
    void linesOfLibrariesAreLinesOfServer() {
        LibraryLines.into(log);
        LibraryLines libraries = new LibraryLines();
        InternalLogger netty = libraries.newInstance("io.netty.channel.Something");
        netty.warn("{} of {} are open", 3, 4);
        netty.debug("not written, not counted");
        netty.error("it broke: {}", "here", new IllegalStateException("why"));
        new VertxLines().createDelegate("io.vertx.core.Other").info("hello");
        assertThat(log.entries().stream().map(entry -> entry.module() + " " + entry.level() + " " + entry.text()))
                .hasSize(3)
                .satisfies(lines -> {
                    assertThat(lines.get(0)).isEqualTo("SERVER WARNING Something: 3 of 4 are open");
                    assertThat(lines.get(1))
                            .startsWith("SERVER ERROR Something: it broke: here: java.lang.IllegalState");
                    assertThat(lines.get(2)).isEqualTo("SERVER INFO Other: hello");
                });
        assertThat(netty.isDebugEnabled()).isFalse();
        assertThat(log.count(LogModule.SERVER, LogLevel.DEBUG)).isZero();
    }
}
