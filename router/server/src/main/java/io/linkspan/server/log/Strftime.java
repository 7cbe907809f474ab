// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.log;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Times in the words of strftime(3), with {@code %%06lu} for the microseconds as the original has it.
 *
 * <p>Names are those of the C locale. Immutable.
 */
final class Strftime {
    /** The format of the original: {@code 2026-11-20 19:06:31.123456 +0100}. */
    static final String DEFAULT = "%Y-%m-%d %H:%M:%S.%%06lu %z";

    private static final String MICROSECONDS = "%%06lu";

    private final List<BiConsumer<StringBuilder, ZonedDateTime>> parts = new ArrayList<>();
    private final Function<Instant, ZonedDateTime> place;

    Strftime(String pattern, ZoneId zone) {
        this(pattern, instant -> instant.atZone(zone));
    }

    /**
     * Times of that zone. Only where the name of the zone is written does this need the rules of all zones, which every
     * jar may add to: to look for them takes a third of the time in which a router starts.
     */
    static Strftime of(String pattern, TimeZone zone) {
        return pattern.contains("%Z")
                ? new Strftime(pattern, zone.toZoneId())
                : new Strftime(
                        pattern,
                        instant -> instant.atZone(ZoneOffset.ofTotalSeconds(
                                Math.floorDiv(zone.getOffset(instant.toEpochMilli()), 1000))));
    }

    private Strftime(String pattern, Function<Instant, ZonedDateTime> place) {
        this.place = place;
        int i = 0;
        while (i < pattern.length()) {
            if (pattern.startsWith(MICROSECONDS, i)) {
                parts.add((text, time) -> number(text, time.get(ChronoField.MICRO_OF_SECOND), 6, '0'));
                i += MICROSECONDS.length();
            } else if (pattern.charAt(i) == '%' && i + 1 < pattern.length()) {
                conversion(pattern.charAt(i + 1));
                i += 2;
            } else {
                char literal = pattern.charAt(i);
                parts.add((text, time) -> text.append(literal));
                i++;
            }
        }
    }

    void format(Instant instant, StringBuilder to) {
        ZonedDateTime time = place.apply(instant);
        parts.forEach(part -> part.accept(to, time));
    }

    private void conversion(char c) {
        switch (c) {
            case 'Y' -> field(ChronoField.YEAR, 1, '0');
            case 'C' -> parts.add((text, time) -> number(text, time.getYear() / 100, 2, '0'));
            case 'y' -> parts.add((text, time) -> number(text, time.getYear() % 100, 2, '0'));
            case 'm' -> field(ChronoField.MONTH_OF_YEAR, 2, '0');
            case 'd' -> field(ChronoField.DAY_OF_MONTH, 2, '0');
            case 'e' -> field(ChronoField.DAY_OF_MONTH, 2, ' ');
            case 'j' -> field(ChronoField.DAY_OF_YEAR, 3, '0');
            case 'H' -> field(ChronoField.HOUR_OF_DAY, 2, '0');
            case 'k' -> field(ChronoField.HOUR_OF_DAY, 2, ' ');
            case 'I' -> field(ChronoField.CLOCK_HOUR_OF_AMPM, 2, '0');
            case 'l' -> field(ChronoField.CLOCK_HOUR_OF_AMPM, 2, ' ');
            case 'M' -> field(ChronoField.MINUTE_OF_HOUR, 2, '0');
            case 'S' -> field(ChronoField.SECOND_OF_MINUTE, 2, '0');
            case 's' -> parts.add((text, time) -> text.append(time.toEpochSecond()));
            case 'u' -> field(ChronoField.DAY_OF_WEEK, 1, '0');
            case 'w' ->
                parts.add((text, time) -> text.append(time.getDayOfWeek().getValue() % 7));
            case 'V' -> parts.add((text, time) -> number(text, time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, '0'));
            case 'G' -> parts.add((text, time) -> text.append(time.get(IsoFields.WEEK_BASED_YEAR)));
            case 'a' -> java("EEE");
            case 'A' -> java("EEEE");
            case 'b', 'h' -> java("MMM");
            case 'B' -> java("MMMM");
            case 'p' -> java("a");
            case 'z' -> java("xx");
            case 'Z' -> java("z");
            case 'T', 'X' -> java("HH:mm:ss");
            case 'R' -> java("HH:mm");
            case 'r' -> java("hh:mm:ss a");
            case 'F' -> java("uuuu-MM-dd");
            case 'D', 'x' -> java("MM/dd/uu");
            case 'c' -> {
                java("EEE MMM ");
                conversion('e');
                java(" HH:mm:ss uuuu");
            }
            case 'n' -> parts.add((text, time) -> text.append('\n'));
            case 't' -> parts.add((text, time) -> text.append('\t'));
            case '%' -> parts.add((text, time) -> text.append('%'));
            default -> parts.add((text, time) -> text.append('%').append(c));
        }
    }

    private void field(ChronoField field, int width, char pad) {
        parts.add((text, time) -> number(text, time.get(field), width, pad));
    }

    private void java(String pattern) {
        DateTimeFormatter formatter = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
        parts.add((text, time) -> formatter.formatTo(time, text));
    }

    private static void number(StringBuilder text, int number, int width, char pad) {
        String digits = Integer.toString(number);
        for (int i = digits.length(); i < width; i++) {
            text.append(pad);
        }
        text.append(digits);
    }
}
