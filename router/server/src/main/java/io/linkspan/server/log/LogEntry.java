// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.log;

import io.linkspan.management.config.LogLevel;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of the log, as GET-LOG tells it (management protocol, 7).
 *
 * @param file source file of the caller; null unless {@code includeSource} is on
 * @param line line in that file; 0 without a file
 */
public record LogEntry(
        LogModule module,
        LogLevel level,
        String text,
        @Nullable String file,
        int line,
        Instant time) {}
