// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How values, units and tables are written (section 3.1 of qdstat's description). */
class TextTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.00 KiB",
        "10239, 10.0 KiB",
        "1887436, 1.80 MiB",
        "1048575, 1024 KiB",
        "185032704, 176 MiB",
        "1047527424, 999 MiB",
        "1072693248, 1023 MiB",
        "1073741824, 1.00 GiB",
        "9223372036854775807, 8.00 EiB"
    })
    void sizesHaveThreeSignificantDigits(long bytes, String text) {
        assertThat(Units.size(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 000:00:00:00", "23, 000:00:00:23", "93784, 001:02:03:04", "86400000, 1000:00:00:00"})
    void durationsHaveDaysHoursMinutesAndSeconds(long seconds, String text) {
        assertThat(Units.dayTime(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, -", "1, 00:00:01", "3661, 01:01:01", "360000, 100:00:00"})
    void blockedTimesAreADashWhenThereIsNone(long seconds, String text) {
        assertThat(Units.blockedTime(seconds)).isEqualTo(text);
    }

    @Test
    void valuesAreWrittenAsPythonDoes() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("a", null);
        map.put("b'", Arrays.asList(1L, 2.5, true, false, "x\\y\n\r\t\u0001\u007f\u00e9"));
        assertThat(PythonText.str(map))
                .isEqualTo("{'a': None, \"b'\": [1, 2.5, True, False, 'x\\\\y\\n\\r\\t\\x01\\x7f\u00e9']}");
        assertThat(PythonText.str("plain 'text'")).isEqualTo("plain 'text'");
        assertThat(PythonText.repr("both ' and \"")).isEqualTo("'both \\' and \"'");
        assertThat(PythonText.str(List.of())).isEqualTo("[]");
    }

    private static String printed(Table table, Table.Layout layout) {
        StringWriter out = new StringWriter();
        table.print(new PrintWriter(out, true), layout);
        return out.toString();
    }

    @Test
    void columnsAreAsWideAsTheirLongestCellInCodePoints() {
        Table table = new Table("T", List.of("a", "long header", "z"))
                .row("\ud83d\ude00\ud83d\ude00", null, 3)
                .row("x", "y", null);
        assertThat(printed(table, Table.Layout.CLASSIC)).isEqualTo("""
                T
                  a   long header  z
                  ====================
                  \ud83d\ude00\ud83d\ude00               3
                  x   y           \s
                """);
    }

    @Test
    void csvQuotesWhatIsNotEmptyAndDoublesQuotes() {
        Table table = new Table("T", List.of("a", "b,c")).row("say \"x\"", null).row("", 7);
        assertThat(printed(table, Table.Layout.CSV)).isEqualTo("T\n\"a\",\"b,c\"\n\"say \"\"x\"\"\",\n,\"7\"\n");
    }

    @Test
    void sortingIsStableAndByCodePoint() {
        Table table = new Table("T", List.of("k", "n"))
                .row("\uffee", 1)
                .row("\ud83d\ude00", 2)
                .row("a", 3)
                .row("B", 4)
                .row("a", 5)
                .sortedBy("k");
        assertThat(printed(table, Table.Layout.CSV).lines().skip(2))
                .extracting(line -> line.substring(line.length() - 2, line.length() - 1))
                .containsExactly("4", "3", "5", "1", "2");
    }

    @Test
    void aRowOfTheWrongLengthIsABug() {
        Table table = new Table("T", List.of("a"));
        assertThatThrownBy(() -> table.row(1, 2)).isInstanceOf(IllegalStateException.class);
    }
}
