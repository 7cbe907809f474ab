// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import io.linkspan.management.schema.AttributeType;
import io.linkspan.management.schema.EntityType;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes log settings for every module of the log sections. */
final class LogRules {
    private static final String DEFAULT = "DEFAULT";
    private static final Set<LogLevel> DEFAULT_LEVELS = EnumSet.range(LogLevel.INFO, LogLevel.CRITICAL);

    private LogRules() {}

    static Map<String, LogSettings> read(List<ConfiguredEntity> logs, EntityType type, Problems problems) {
        Map<String, ConfiguredEntity> byModule = new HashMap<>();
        for (ConfiguredEntity log : logs) {
            if (log.isGiven("module")) {
                byModule.putIfAbsent(log.text("module"), log);
            }
        }
        AttributeType module = Objects.requireNonNull(type.attribute("module"));
        LogSettings builtIn = new LogSettings(DEFAULT, DEFAULT_LEVELS, true, false, "stderr");
        LogSettings ofDefault = settings(DEFAULT, byModule.get(DEFAULT), builtIn, problems);
        Map<String, LogSettings> all = new LinkedHashMap<>();
        for (String name : module.type().tags()) {
            all.put(name, name.equals(DEFAULT) ? ofDefault : settings(name, byModule.get(name), ofDefault, problems));
        }
        return Collections.unmodifiableMap(all);
    }

    private static LogSettings settings(
            String module, @Nullable ConfiguredEntity log, LogSettings inherited, Problems problems) {
        if (log == null) {
            return new LogSettings(
                    module,
                    inherited.levels(),
                    inherited.includeTimestamp(),
                    inherited.includeSource(),
                    inherited.outputFile());
        }
        return new LogSettings(
                module,
                levels(log, inherited, problems),
                log.isGiven("includeTimestamp") ? log.flag("includeTimestamp") : inherited.includeTimestamp(),
                log.isGiven("includeSource") ? log.flag("includeSource") : inherited.includeSource(),
                log.isGiven("outputFile") ? log.text("outputFile") : inherited.outputFile());
    }

    private static Set<LogLevel> levels(ConfiguredEntity log, LogSettings inherited, Problems problems) {
        if (!log.isGiven("enable")) {
            return inherited.levels();
        }
        LogLevel.Enable enable = LogLevel.parse(log.text("enable"));
        if (enable instanceof LogLevel.Enable.Levels levels) {
            return levels.levels();
        }
        if (enable instanceof LogLevel.Enable.Unknown unknown) {
            problems.about(
                    log,
                    "enable",
                    Severity.FATAL,
                    "Configuration: '" + unknown.item()
                            + "' is not a valid log level. Should be one of {none, trace, debug, info, notice, warning,"
                            + " error, critical}.",
                    "levels between commas, each with or without +");
        }
        return inherited.levels();
    }
}
