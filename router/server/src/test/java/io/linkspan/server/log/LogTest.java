// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.management.config.LogLevel;
import io.linkspan.management.config.LogSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.Map;
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
        set.addAll(java.util.List.of(levels));
        return new LogSettings(module, set, true, false, output);
    }

    private void configure(LogSettings... settings) {
        Map<String, LogSettings> all = new java.util.HashMap<>();
        for (LogSettings one : settings) {
            all.put(one.module(), one);
        }
        assertThat(log.configure(all, true, null)).isEmpty();
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
        assertThat(log.configure(Map.of("DEFAULT", settings("DEFAULT", missing, LogLevel.ERROR)), true, null))
                .contains(missing);
        log.info(LogModule.SERVER, "still here");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("still here");
    }

    @Test
    void sourceIsThePlaceOfTheCaller() {
        assertThat(log.configure(
                        Map.of("DEFAULT", new LogSettings("DEFAULT", EnumSet.of(LogLevel.INFO), false, true, "stdout")),
                        true,
                        null))
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
}
