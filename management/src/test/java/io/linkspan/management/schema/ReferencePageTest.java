// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

/** Keeps docs/configuration.md equal to the schema. */
class ReferencePageTest {
    private static final Path PAGE = Path.of("../docs/configuration.md");

    private static final List<String> SECTIONS =
            List.of("router", "listener", "connector", "mqtt", "sslProfile", "address", "log", "policy");

    @Test
    void thePageSaysWhatTheSchemaSays() throws IOException {
        String page = page(Schema.standard());
        if (Boolean.getBoolean("update.golden")) {
            Files.writeString(PAGE, page, StandardCharsets.UTF_8);
        }
        assertThat(Files.readString(PAGE, StandardCharsets.UTF_8))
                .as("docs/configuration.md; write it anew with -Dtest.jvm.extra=-Dupdate.golden=true")
                .isEqualTo(page);
    }

    private static String page(Schema schema) {
        StringBuilder out = new StringBuilder("""
                # Configuration reference

                <!-- Made of schema.txt by ReferencePageTest; change it there. -->

                A configuration file has the form of `qdrouterd.conf(5)`: sections in braces, one `attribute: value` on a
                line, `#` for comments. A file named `*.json` is a list of `["section", {attributes}]` instead. Names may be
                written with dashes (`max-frame-size`). `linkspan check FILE` tells everything that is wrong with a file.
                [differences.md](differences.md) lists what differs from qdrouterd 1.19.

                Every section may have a `name`, unique among all sections of the file.
                """);
        for (String section : SECTIONS) {
            section(schema.type(section), out);
        }
        out.append("\n## Recognised, not acted upon\n\n");
        out.append("These sections are checked and warned about, and do nothing in this version: ");
        StringJoiner later = new StringJoiner(", ", "", ".\n");
        for (EntityType type : schema.managedTypes()) {
            if (type.is(EntityType.Word.LATER)) {
                later.add('`' + type.shortName() + '`');
            }
        }
        out.append(later);
        StringJoiner adaptors =
                new StringJoiner(", ", "Sections of the adaptors of releases 1.16 to 1.18 too: ", ".\n");
        for (EntityType type : schema.types()) {
            if (type.is(EntityType.Word.ADAPTOR)) {
                adaptors.add('`' + type.shortName() + '`');
            }
        }
        return out.append(adaptors).toString();
    }

    private static void section(EntityType type, StringBuilder out) {
        out.append("\n## ")
                .append(type.shortName())
                .append("\n\n")
                .append(type.description())
                .append("\n\n");
        out.append("| Attribute | Values | Default | |\n|---|---|---|---|\n");
        for (AttributeType attribute : type.attributes()) {
            boolean inherited = List.of("name", "identity", "type").contains(attribute.name());
            boolean configurable =
                    attribute.is(AttributeType.Word.CREATE) || type.shortName().equals("log");
            if (inherited || !configurable) {
                continue;
            }
            out.append("| `")
                    .append(attribute.name())
                    .append("` | ")
                    .append(values(attribute))
                    .append(" | ");
            Object value = attribute.defaultValue();
            out.append(value == null || value.equals("") ? "" : "`" + value + "`")
                    .append(" | ");
            out.append(notes(attribute)).append(" |\n");
        }
    }

    private static String values(AttributeType attribute) {
        if (!attribute.type().tags().isEmpty()) {
            StringJoiner tags =
                    new StringJoiner(", ", attribute.type().kind() == ValueType.Kind.WORDS ? "some of " : "", "");
            attribute.type().tags().forEach(tag -> tags.add('`' + tag + '`'));
            return tags.toString();
        }
        String name = String.valueOf(attribute.type().schemaName());
        return attribute.range() == null ? name : name + ", " + attribute.range();
    }

    private static String notes(AttributeType attribute) {
        List<String> notes = new ArrayList<>();
        notes.add(attribute.description().replace("|", "\\|"));
        if (attribute.is(AttributeType.Word.REQUIRED)) {
            notes.add("Required.");
        }
        if (attribute.is(AttributeType.Word.DEPRECATED)) {
            notes.add("Deprecated.");
        }
        if (attribute.is(AttributeType.Word.LATER)) {
            notes.add("*Not acted upon by this version.*");
        }
        if (attribute.is(AttributeType.Word.UNAVAILABLE)) {
            notes.add("*Not available in this version: start refuses any other value.*");
        }
        if (attribute.deprecatedName() != null) {
            notes.add("Formerly `" + attribute.deprecatedName() + "`.");
        }
        return String.join(" ", notes);
    }
}
