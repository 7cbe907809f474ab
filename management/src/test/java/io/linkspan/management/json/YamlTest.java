// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlTest {
    @Test
    void mapsAndListsAreBlocks() {
        Map<String, @Nullable Object> group = new LinkedHashMap<>();
        group.put("users", "*");
        group.put("hosts", List.of("10.0.0.1", 5, List.of()));
        Map<String, @Nullable Object> entity = new LinkedHashMap<>();
        entity.put("name", "vhost/$default");
        entity.put("maxConnections", 99L);
        entity.put("pattern", null);
        entity.put("groups", Map.of("$default", group));
        entity.put("none", Map.of());
        assertThat(Yaml.write(List.of(entity, "x", List.of(1, List.of("a", "b")))))
                .isEqualTo("""
                - name: vhost/$default
                  maxConnections: 99
                  pattern: null
                  groups:
                    $default:
                      users: "*"
                      hosts:
                        - "10.0.0.1"
                        - 5
                        - []
                  none: {}
                - x
                - - 1
                  - - a
                    - b
                """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "yes | \"yes\"",
                "Null | \"Null\"",
                "5672 | \"5672\"",
                "1e3 | \"1e3\"",
                "a: b | \"a: b\"",
                "a b | a b",
                "-x | \"-x\"",
                "tür | \"t\\u00fcr\"",
                "amqp://h:1 | \"amqp://h:1\"",
                "/etc/x.conf | /etc/x.conf"
            })
    void textsThatCouldBeSomethingElseAreQuoted(String text, String written) {
        assertThat(Yaml.write(text)).isEqualTo(written + "\n");
    }

    @Test
    void scalarsAndEmptyThings() {
        List<@Nullable Object> values = new ArrayList<>(List.of(true, 1.5, Double.NaN, Double.NEGATIVE_INFINITY, ""));
        values.add(null);
        assertThat(Yaml.write(values)).isEqualTo("- true\n- 1.5\n- .nan\n- -.inf\n- \"\"\n- null\n");
        assertThat(Yaml.write(Map.of())).isEqualTo("{}\n");
        assertThat(Yaml.write(List.of())).isEqualTo("[]\n");
    }
}
