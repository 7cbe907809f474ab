// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** {@code --log}: the newest log entries of the router in local time, oldest first; no heading lines. */
final class LogView implements View {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH);
    private static final int FIELDS = 6;

    @Override
    public void show(Screen screen) {
        List<?> entries = screen.client().log(screen.limitGiven() ? screen.limit() : null);
        Table table = new Table("Log", List.of("time", "module", "level", "text"));
        for (Object entry : entries) {
            List<?> fields = ManagementClient.asList(entry);
            if (fields.size() < FIELDS || !(fields.get(FIELDS - 1) instanceof Number seconds)) {
                throw new ToolFailure("TypeError", "a log entry is " + PythonText.repr(entry));
            }
            ZonedDateTime time = Instant.ofEpochSecond(seconds.longValue())
                    .atZone(screen.clock().getZone());
            table.row(seconds, fields.get(0), fields.get(1), fields.get(2));
            screen.line(TIME.format(time) + " " + PythonText.str(fields.get(0)) + " (" + PythonText.str(fields.get(1))
                    + ") " + PythonText.str(fields.get(2)));
        }
        if (screen.presentation().isJson()) {
            screen.print(table);
        }
    }
}
