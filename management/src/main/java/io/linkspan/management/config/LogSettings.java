// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What one module writes to the log, with what it does not set taken from module DEFAULT.
 *
 * @param module the module
 * @param levels levels that are written
 * @param includeTimestamp whether lines begin with the time
 * @param includeSource whether lines end with their place in the source
 * @param outputFile stderr, stdout, syslog or a file
 */
public record LogSettings(
        String module, Set<LogLevel> levels, boolean includeTimestamp, boolean includeSource, String outputFile) {
    /** Copies the levels. */
    public LogSettings {
        EnumSet<LogLevel> copy = EnumSet.noneOf(LogLevel.class);
        copy.addAll(levels);
        levels = Collections.unmodifiableSet(copy);
    }
}
