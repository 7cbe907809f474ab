// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import io.linkspan.management.json.Json;
import io.linkspan.management.json.JsonException;
import io.linkspan.management.json.Yaml;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Sends one management operation to a router and prints the answer as JSON: the options, requests and messages of
 * qdmanage 1.19.
 *
 * <p>The server's command line derives from it and gives it a connection.
 */
@Command(
        name = "manage",
        description = {
            "Send a management operation to a router and print the answer as JSON.",
            "",
            "Operations:",
            "  query [ATTRIBUTE...]                print all entities of the --type",
            "  create [ATTRIBUTE=VALUE...]         create an entity",
            "  read                                print the entity with the --name or --identity",
            "  update [ATTRIBUTE=VALUE...]         change an entity; an attribute without value is removed",
            "  delete                              delete an entity",
            "  edit                                change an entity in your editor ($VISUAL or $EDITOR)",
            "  get-types, get-operations, get-attributes, get-annotations [TYPE]",
            "  get-mgmt-nodes                      print the routers of the network",
            "  get-log [limit=N]                   print recent log entries",
            "  get-json-schema [indent=N]          print the schema",
            "Any other operation is sent as it is, with its arguments as properties.",
            "",
            "Arguments and options:"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
public class ManageCommand extends Tool {
    /** Languages of answers. */
    enum Format {
        JSON,
        YAML
    }

    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;

    private static final List<String> WATCHED =
            List.of("query", "read", "get-mgmt-nodes", "get-log", "get-types", "get-attributes", "get-operations");

    @Parameters(index = "0", arity = "0..1", paramLabel = "OPERATION", description = "What to do, in any letter case.")
    private @Nullable String operation;

    @Parameters(index = "1..*", paramLabel = "ARGS", description = "Arguments of the operation.")
    private List<String> arguments = new ArrayList<>();

    @Option(names = "--type", paramLabel = "TYPE", description = "Type of the entity, with or without its prefix.")
    private @Nullable String type;

    @Option(names = "--name", paramLabel = "NAME", description = "Name of the entity.")
    private @Nullable String name;

    @Option(names = "--identity", paramLabel = "ID", description = "Identity of the entity.")
    private @Nullable String identity;

    @Option(
            names = "--indent",
            paramLabel = "N",
            defaultValue = "2",
            description = "Indent of the printed JSON; -1 prints it on one line (default ${DEFAULT-VALUE}).")
    private int indent = 2;

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            defaultValue = "json",
            description = "Print json or yaml (default ${DEFAULT-VALUE}).")
    private Format format = Format.JSON;

    @Option(
            names = "--stdin",
            description = "Read the attributes from standard input, as a JSON map or a list of such.")
    private boolean fromInput;

    @Option(names = "--body", paramLabel = "BODY", description = "Body of an operation of another kind, in JSON.")
    private @Nullable String body;

    @Option(
            names = "--properties",
            paramLabel = "PROPERTIES",
            description = "Application properties of an operation of another kind, a JSON map.")
    private @Nullable String properties;

    @ArgGroup(exclusive = true, heading = "Target:%n")
    private TargetOptions target = new TargetOptions();

    /** Makes the command; the terminal's input is read with {@code --stdin} alone. */
    protected ManageCommand(NodeConnector connector, Terminal terminal) {
        super(connector, terminal);
    }

    @Override
    final String record() {
        return "manage.options";
    }

    @Override
    final Object holder(String name) {
        return name.equals("target") ? target : super.holder(name);
    }

    @Override
    final int run(PrintWriter out) {
        if (operation == null) {
            throw new WrongUse("No operation specified");
        }
        String chosen = operation.toLowerCase(Locale.ROOT);
        refuseSurplusArguments(chosen);
        if (watch.watching() && !WATCHED.contains(chosen)) {
            throw new WrongUse("--watch goes with " + String.join(", ", WATCHED) + " alone");
        }
        try (ManagementNode node = connect(target.address())) {
            ManagementClient client = new ManagementClient(node);
            switch (chosen) {
                case "query" -> printJson(out, query(client));
                case "create" -> printJson(out, eachOf(this::givenAttributes, map -> create(client, map)));
                case "read" -> printJson(out, client.call(toEntity("READ", Map.of()), Map.of(), OK));
                case "update" ->
                    printJson(
                            out,
                            eachOf(
                                    this::givenAttributes,
                                    map -> client.call(
                                            toEntity("UPDATE", map), AttributeArguments.withBooleans(map), OK)));
                case "delete" -> client.call(toEntity("DELETE", Map.of()), Map.of(), NO_CONTENT);
                case "get-types", "get-operations", "get-attributes", "get-annotations" ->
                    printJson(out, client.get(chosen.toUpperCase(Locale.ROOT), typeOrArgument()));
                case "get-mgmt-nodes" -> printJson(out, client.managementNodes());
                case "edit" -> new Editing(client, terminal.editor()).edit(toEntity("READ", Map.of()), out);
                default -> printBody(out, other(client, chosen));
            }
        }
        return 0;
    }

    private void refuseSurplusArguments(String chosen) {
        int most =
                switch (chosen) {
                    case "read", "delete", "edit", "get-mgmt-nodes" -> 0;
                    case "get-types", "get-operations", "get-attributes", "get-annotations" -> 1;
                    default -> Integer.MAX_VALUE;
                };
        if (arguments.size() > most) {
            throw new WrongUse("Unexpected arguments: " + String.join(" ", arguments.subList(most, arguments.size())));
        }
    }

    private List<?> query(ManagementClient client) {
        return client.query(longType(), arguments, ManagementClient.UNLIMITED).rows().stream()
                .map(QueryResult.Row::attributes)
                .toList();
    }

    private @Nullable Object create(ManagementClient client, Map<String, @Nullable Object> attributes) {
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        request.put("operation", "CREATE");
        putFirst(request, "type", longType(), attributes.get("type"));
        putFirst(request, "name", name, attributes.get("name"));
        return client.call(request, attributes, CREATED);
    }

    /** Application properties of a request for one entity; the identity wins over the name. */
    private Map<String, @Nullable Object> toEntity(String request, Map<String, ? extends @Nullable Object> attributes) {
        Map<String, @Nullable Object> to = new LinkedHashMap<>();
        to.put("operation", request);
        putFirst(to, "type", longType(), attributes.get("type"));
        if (identity != null) {
            to.put("identity", identity);
        } else if (name != null) {
            to.put("name", name);
        } else if (attributes.get("identity") != null) {
            to.put("identity", attributes.get("identity"));
        } else {
            putFirst(to, "name", attributes.get("name"), null);
        }
        return to;
    }

    private @Nullable Object other(ManagementClient client, String chosen) {
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        request.put("operation", chosen);
        putFirst(request, "type", longType(), null);
        putFirst(request, "name", name, null);
        putFirst(request, "identity", identity, null);
        request.putAll(AttributeArguments.parseStrings(arguments));
        if (properties != null) {
            ManagementClient.asMap(json(properties)).forEach((key, value) -> request.put(String.valueOf(key), value));
        }
        return client.call(request, body == null ? Map.of() : json(body), OK);
    }

    /** The attributes in the arguments, or the maps on standard input. */
    private Object givenAttributes() {
        if (fromInput) {
            try {
                return Objects.requireNonNullElse(
                        json(new String(terminal.input().readAllBytes(), StandardCharsets.UTF_8)), List.of());
            } catch (IOException e) {
                throw new ToolFailure("OSError", "cannot read standard input: " + e.getMessage(), e);
            }
        }
        if (arguments.isEmpty()) {
            throw new ToolFailure("AttributeError", "'Namespace' object has no attribute 'attributes'");
        }
        return AttributeArguments.parse(arguments, longType());
    }

    private static @Nullable Object eachOf(
            Supplier<Object> given, Function<Map<String, @Nullable Object>, @Nullable Object> request) {
        Object attributes = given.get();
        if (!(attributes instanceof List<?> list)) {
            return request.apply(withTextKeys(ManagementClient.asMap(attributes)));
        }
        List<@Nullable Object> answers = new ArrayList<>();
        for (Object element : list) {
            answers.add(request.apply(withTextKeys(ManagementClient.asMap(element))));
        }
        return answers;
    }

    private static Map<String, @Nullable Object> withTextKeys(Map<?, ?> map) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(String.valueOf(key), value));
        return copy;
    }

    private @Nullable String longType() {
        return type == null ? null : AttributeArguments.longType(type);
    }

    private @Nullable String typeOrArgument() {
        return type == null && !arguments.isEmpty() ? AttributeArguments.longType(arguments.get(0)) : longType();
    }

    private static void putFirst(
            Map<String, @Nullable Object> map, String key, @Nullable Object first, @Nullable Object second) {
        Object value = first == null ? second : first;
        if (value != null) {
            map.put(key, value);
        }
    }

    private static @Nullable Object json(String text) {
        try {
            return Json.parse(text);
        } catch (JsonException e) {
            throw new ToolFailure(
                    "JSONDecodeError", e.getMessage() + ": line " + e.line() + " column " + e.column(), e);
        }
    }

    private void printBody(PrintWriter out, @Nullable Object answer) {
        if (answer instanceof String text) {
            out.print(text.isEmpty() ? "" : text + "\n");
        } else {
            printJson(out, answer);
        }
    }

    private void printJson(PrintWriter out, @Nullable Object value) {
        out.print(format == Format.YAML ? Yaml.write(value) : Json.write(value, indent) + "\n");
    }
}
