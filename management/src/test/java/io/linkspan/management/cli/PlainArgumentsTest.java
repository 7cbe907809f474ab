// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What is recorded of picocli's model of the tools is that model, and does what picocli does. */
class PlainArgumentsTest {
    private static final int LISTS = 250;
    private static final Map<Class<?>, String> HOLDERS = Map.of(
            BusOptions.class, "bus.",
            WatchOptions.class, "watch.",
            StatCommand.Display.class, "display.",
            StatCommand.Target.class, "target.",
            TargetOptions.class, "target.");

    /** Words that are no option of any tool, or only look like one; and values. */
    private static final List<String> WORDS = List.of(
            "query",
            "name=x",
            "-",
            "--",
            "---",
            "-x",
            "--nothing",
            "@file",
            "@@",
            "",
            " ",
            "0",
            "1",
            "007",
            "-1",
            "0x10",
            "99999999999",
            "1.5",
            ".",
            "1e3",
            "NaN",
            "auto",
            "ALWAYS",
            "Json",
            "yaml",
            "127.0.0.1:5672",
            "amqps://u:p@h/x",
            "ftp://h",
            "h:99999",
            "a\0b",
            "--links=1",
            "--typ",
            "--type=",
            "--type=a=b",
            "--type=-b",
            "-lv",
            "-t5",
            "--no-json");

    private static Tool tool(String program) {
        NodeConnector nobody = (bus, address) -> {
            throw new ToolFailure("ConnectionException", address);
        };
        Terminal terminal = Terminal.plain(Clock.systemUTC(), InputStream.nullInputStream());
        return program.equals("qdstat") ? new StatCommand(nobody, terminal) {} : new ManageCommand(nobody, terminal) {};
    }

    @ParameterizedTest
    @ValueSource(strings = {"qdstat", "qdmanage"})
    void theRecordIsPicoclisModelOfTheTool(String program) throws IOException {
        Tool tool = tool(program);
        StringBuilder model = new StringBuilder();
        CommandSpec spec = ToolLine.of(tool, program).getCommandSpec();
        spec.options().stream()
                .filter(option -> !place(option).isEmpty())
                .forEach(option -> model.append(place(option))
                        .append(' ')
                        .append(String.join(" ", option.names()))
                        .append('\n'));
        spec.positionalParameters()
                .forEach(parameter -> model.append(place(parameter))
                        .append(' ')
                        .append(parameter.index())
                        .append('\n'));
        try (InputStream in = Tool.class.getResourceAsStream(tool.record())) {
            assertThat(in).as("%s should be:%n%s", tool.record(), model).isNotNull();
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(model.toString());
        }
    }

    /** The place as the record names it; empty for picocli's own options. */
    private static String place(ArgSpec argument) {
        Member member = (Member) argument.userObject();
        Class<?> holder = member.getDeclaringClass();
        String prefix = HOLDERS.getOrDefault(holder, Tool.class.isAssignableFrom(holder) ? "" : null);
        return prefix == null ? "" : prefix + member.getName() + (member instanceof Method ? "()" : "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"qdstat", "qdmanage"})
    void argumentsThatArePlainMeanWhatPicocliSays(String program) throws ReflectiveOperationException {
        List<String> names = new ArrayList<>();
        ToolLine.of(tool(program), program)
                .getCommandSpec()
                .options()
                .forEach(option -> names.addAll(List.of(option.names())));
        Random random = new Random(20_261_128);
        int plain = 0;
        for (int i = 0; i < LISTS; i++) {
            List<String> arguments = new ArrayList<>();
            for (int words = random.nextInt(6); words > 0; words--) {
                List<String> from = random.nextInt(5) < 3 ? names : WORDS;
                arguments.add(from.get(random.nextInt(from.size())));
            }
            plain += compare(() -> tool(program), program, arguments) ? 1 : 0;
        }
        assertThat(plain).as("lists of arguments that are plain").isGreaterThan(LISTS / 20);
    }

    @Test
    void theUsualCallsArePlain() throws ReflectiveOperationException {
        for (String line : List.of(
                "-g",
                "-c -b 127.0.0.1:5672 -t 60",
                "--bus=amqp://a:b@h:1 --links --verbose --limit 5 --sort=name --filter a=b --filter c=d --json",
                "-a -r QDR.B --csv --color never",
                "--all-entities --all-routers",
                "--ssl-trustfile /ca.pem --ssl-disable-peer-name-verify --sasl-mechanisms PLAIN --watch --interval 0.5")) {
            assertThat(compare(() -> tool("qdstat"), "qdstat", List.of(line.split(" "))))
                    .as(line)
                    .isTrue();
        }
        for (String line : List.of(
                "query --type address name distribution",
                "CREATE --type=address --name x prefix=y distribution=closest --indent 4",
                "-b h get-log limit=5 --output yaml",
                "update --stdin --identity router/x -d E1")) {
            assertThat(compare(() -> tool("qdmanage"), "qdmanage", List.of(line.split(" "))))
                    .as(line)
                    .isTrue();
        }
    }

    @Test
    void aPlainCallPrintsAndEndsAsPicocliLetsIt() {
        for (List<String> arguments : List.of(
                List.of("--csv", "--json"), List.of("-g"), List.of("--filter", "nonsense"), List.of("--limit", "3"))) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            Tool tool = tool("qdstat");
            assertThat(PlainArguments.give(tool, arguments)).isTrue();
            int status = ToolCall.run(tool, "qdstat", new PrintWriter(out), new PrintWriter(err));

            StringWriter expectedOut = new StringWriter();
            StringWriter expectedErr = new StringWriter();
            int expected = ToolLine.of(tool("qdstat"), "qdstat")
                    .setOut(new PrintWriter(expectedOut))
                    .setErr(new PrintWriter(expectedErr))
                    .execute(arguments.toArray(String[]::new));
            assertThat(status).as("%s", arguments).isEqualTo(expected);
            assertThat(out.toString()).isEqualTo(expectedOut.toString());
            assertThat(err.toString()).isEqualTo(expectedErr.toString());
        }
    }

    /** True if the arguments are plain; they mean the same to picocli then. If they are not, the tool is as it was. */
    private static boolean compare(Supplier<Tool> fresh, String program, List<String> arguments)
            throws ReflectiveOperationException {
        Tool tool = fresh.get();
        if (!PlainArguments.give(tool, arguments)) {
            assertThat(state(tool)).as("%s", arguments).isEqualTo(state(fresh.get()));
            return false;
        }
        Tool expected = fresh.get();
        CommandLine line = ToolLine.of(expected, program);
        try {
            line.parseArgs(arguments.toArray(String[]::new));
        } catch (ParameterException e) {
            throw new AssertionError(arguments + " are wrong for picocli: " + e.getMessage(), e);
        }
        assertThat(state(tool)).as("%s", arguments).isEqualTo(state(expected));
        return true;
    }

    /** All values of the options of a tool. */
    private static Map<String, @Nullable String> state(Tool tool) throws ReflectiveOperationException {
        Map<String, @Nullable String> state = new TreeMap<>();
        state.put(
                "url",
                tool.bus.url() + " " + tool.bus.url().user() + " "
                        + tool.bus.url().address());
        CommandSpec spec = ToolLine.of(tool, "x").getCommandSpec();
        List<ArgSpec> all = new ArrayList<>(spec.options());
        all.addAll(spec.positionalParameters());
        for (ArgSpec argument : all) {
            String place = place(argument);
            if (argument.userObject() instanceof Field field && !place.isEmpty()) {
                field.setAccessible(true);
                state.put(
                        place,
                        String.valueOf(field.get(tool.holder(place.substring(0, Math.max(0, place.indexOf('.')))))));
            }
        }
        return state;
    }
}
