// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.management.config.ConfigurationReader;
import io.linkspan.management.config.ConfigurationResult;
import io.linkspan.management.config.Surroundings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the configuration comes from: a file, or the environment variable {@code QDROUTERD_CONF} as the original's
 * container images have it. It can be read more than once.
 *
 * <p>{@code QDROUTERD_CONF} is the configuration itself if there are braces in it, otherwise paths between {@code :} or
 * {@code ,}: files, or directories whose {@code *.conf} are taken in the order of their names; all of it is one text. In
 * that text {@code $NAME} and {@code ${NAME}} of the environment are replaced, and {@code ${NAME:-default}}; other names
 * stay as they are. {@code QDROUTERD_CONF_TYPE=json} makes it raw JSON. Blocks on files.
 */
final class ConfigurationSource {
    static final String VARIABLE = "QDROUTERD_CONF";
    static final String TYPE_VARIABLE = "QDROUTERD_CONF_TYPE";

    private static final Pattern BRACES = Pattern.compile("\\{.*}", Pattern.DOTALL);
    private static final Pattern REFERENCE =
            Pattern.compile("\\$(?:(\\w+)|\\{(\\w+)(?::-([^}\\n]*))?})", Pattern.UNICODE_CHARACTER_CLASS);

    /** Words with a dollar that mean something in a configuration themselves. */
    private static final Set<String> ROUTERS_OWN = Set.of("default", "connector", "management");

    private final String file;
    private final Surroundings surroundings;
    private final Consumer<String> notices;

    /**
     * A source.
     *
     * @param file path of a file; empty for {@code QDROUTERD_CONF}
     * @param notices told of paths that do not exist and of names that are not in the environment
     */
    ConfigurationSource(String file, Surroundings surroundings, Consumer<String> notices) {
        this.file = file;
        this.surroundings = surroundings;
        this.notices = notices;
    }

    /** Reads it. */
    ConfigurationResult read() {
        if (!file.isEmpty()) {
            return ConfigurationReader.readFile(file, surroundings);
        }
        String json =
                surroundings.variable(TYPE_VARIABLE).filter("json"::equals).isPresent() ? ".json" : "";
        return ConfigurationReader.read(VARIABLE + json, text(), surroundings);
    }

    private String text() {
        String value = surroundings.variable(VARIABLE).orElse("");
        return expanded(BRACES.matcher(value).find() ? value : files(value));
    }

    private String files(String paths) {
        StringBuilder text = new StringBuilder();
        for (String item : paths.split("[:,]", -1)) {
            if (item.isBlank()) {
                continue;
            }
            for (Path path : named(item.strip())) {
                try {
                    // The last line of one file and the first of the next are two.
                    text.append(Files.readString(path, StandardCharsets.UTF_8)).append('\n');
                } catch (IOException e) {
                    notices.accept(VARIABLE + ": " + path + " cannot be read");
                }
            }
        }
        return text.toString();
    }

    /** The files that a path stands for. */
    private List<Path> named(String item) {
        try {
            Path path = Path.of(item);
            if (!Files.isDirectory(path)) {
                return List.of(path);
            }
            TreeSet<Path> files = new TreeSet<>();
            try (DirectoryStream<Path> found = Files.newDirectoryStream(path, "*.conf")) {
                found.forEach(files::add);
            }
            return new ArrayList<>(files);
        } catch (IOException | InvalidPathException e) {
            notices.accept(VARIABLE + ": " + item + " cannot be read");
            return List.of();
        }
    }

    /** The text with names of the environment replaced, but not in lines that begin with {@code #}. */
    private String expanded(String text) {
        StringBuilder all = new StringBuilder(text.length());
        TreeSet<String> unknown = new TreeSet<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            all.append(number == 1 ? "" : "\n");
            if (line.startsWith("#") || line.indexOf('$') < 0) {
                all.append(line);
                continue;
            }
            Matcher reference = REFERENCE.matcher(line);
            while (reference.find()) {
                String name = reference.group(1) != null ? reference.group(1) : reference.group(2);
                Optional<String> value = surroundings.variable(name);
                String instead = value.orElse(reference.group(3) == null ? reference.group() : reference.group(3));
                if (value.isEmpty() && reference.group(3) == null && !ROUTERS_OWN.contains(name) && unknown.add(name)) {
                    notices.accept(VARIABLE + ", line " + number + ": there is no " + name + " in the environment");
                }
                reference.appendReplacement(all, Matcher.quoteReplacement(instead));
            }
            reference.appendTail(all);
        }
        return all.toString();
    }
}
