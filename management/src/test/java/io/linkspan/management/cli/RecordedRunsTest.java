// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.management.schema.AttributeType;
import io.linkspan.management.schema.Schema;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * Runs of the original qdstat and qdmanage, repeated by ours: the same requests go out, and the same bytes are printed.
 */
class RecordedRunsTest {
    private static final Pattern TIME = Pattern.compile("(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6}) UTC\n");
    private static final Pattern EXIT = Pattern.compile("--- exit code (\\d+) ---\n$");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01-qdstat-g",
                "02-qdstat-c",
                "03-qdstat-e",
                "04-qdstat-l",
                "05-qdstat-a",
                "06-qdstat-n",
                "07-qdstat-m",
                "08-qdstat-p",
                "09-qdstat-linkroutes",
                "10-qdstat-autolinks",
                "11-qdstat-vhosts",
                "12-qdstat-vhostgroups",
                "13-qdstat-vhoststats",
                "14-qdstat-log",
                "15-qdstat-l-verbose",
                "16-qdstat-a-verbose",
                "17-qdstat-n-verbose",
                "18-qdstat-c-csv",
                "19-qdstat-l-limit3",
                "20-qdstat-g-router-B",
                "21-qdstat-c-edge-E",
                "22-qdstat-a-all-routers",
                "23-qdstat-all-entities",
                "24-qdmanage-query-router",
                "25-qdmanage-query-listener",
                "26-qdmanage-query-connection",
                "27-qdmanage-query-address-columns",
                "28-qdmanage-read-listener",
                "29-qdmanage-create-address",
                "30-qdmanage-read-address",
                "31-qdmanage-delete-address",
                "32-qdmanage-create-address-short-type",
                "33-qdmanage-delete-address-short-type",
                "34-qdmanage-create-linkRoute",
                "35-qdmanage-delete-linkRoute",
                "36-qdmanage-create-autoLink",
                "37-qdmanage-delete-autoLink",
                "38-qdmanage-create-listener",
                "39-qdmanage-delete-listener",
                "40-qdmanage-create-connector",
                "41-qdmanage-delete-connector",
                "42-qdmanage-update-log",
                "43-qdmanage-update-vhost",
                "44-qdmanage-create-unknown-type",
                "45-qdmanage-create-bad-attribute",
                "46-qdmanage-create-bad-value",
                "47-qdmanage-create-duplicate",
                "48-qdmanage-read-unknown",
                "49-qdmanage-delete-unknown",
                "50-qdmanage-update-not-allowed",
                "51-qdmanage-get-types",
                "52-qdmanage-get-operations",
                "53-qdmanage-get-attributes",
                "54-qdmanage-get-annotations",
                "55-qdmanage-get-mgmt-nodes",
                "56-qdmanage-get-log",
                "58-qdmanage-update-connection-deleted"
            })
    void theOriginalsRunIsRepeatedByteForByte(String run) {
        String recorded = RecordedNode.resource(run + ".txt");
        int endOfCommand = recorded.indexOf('\n');
        String[] words = recorded.substring("$ ".length(), endOfCommand).split(" ", -1);
        Matcher exit = EXIT.matcher(recorded);
        assertThat(exit.find()).isTrue();
        Deque<Map<?, ?>> messages = RecordedNode.messages(run);
        NodeConnector connector = (bus, address) -> {
            assertThat(bus.url()).hasToString("amqp://127.0.0.1:31111");
            return RecordedNode.attach(messages, address, schemaAnswer());
        };

        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = ToolLine.of(command(words[0], connector, clock(recorded)), words[0])
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        int code = line.execute(Arrays.copyOfRange(words, 1, words.length));

        assertThat(out.toString()).isEqualTo(recorded.substring(endOfCommand + 1, exit.start()));
        assertThat(err.toString()).isEmpty();
        assertThat(code).isEqualTo(Integer.parseInt(exit.group(1)));
        assertThat(messages).isEmpty();
    }

    private static Tool command(String program, NodeConnector connector, Clock clock) {
        return program.equals("qdstat")
                ? new StatCommand(connector, Terminal.plain(clock, new ByteArrayInputStream(new byte[0])))
                : new ManageCommand(connector, Terminal.plain(clock, new ByteArrayInputStream(new byte[0])));
    }

    private static Clock clock(String recorded) {
        Matcher time = TIME.matcher(recorded);
        LocalDateTime at = time.find()
                ? LocalDateTime.parse(
                        time.group(1), DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT))
                : LocalDateTime.of(2026, 11, 20, 0, 0);
        return Clock.fixed(at.toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
    }

    /** The part of the answer to GET-SCHEMA that the tools read, in its form: defaults of false, 0 and "" are absent. */
    private static Map<String, Object> schemaAnswer() {
        Map<String, Object> attributes = new LinkedHashMap<>();
        for (AttributeType attribute :
                Schema.standard().type("vhostUserGroupSettings").attributes()) {
            Object preset = attribute.defaultValue();
            boolean shown = preset != null && !preset.equals(false) && !preset.equals(0L) && !preset.equals("");
            attributes.put(attribute.name(), shown ? Map.of("default", preset) : Map.of());
        }
        return Map.of("entityTypes", Map.of("vhostUserGroupSettings", Map.of("attributes", attributes)));
    }
}
