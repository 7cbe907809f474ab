// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.management.config.ConfigurationResult;
import io.linkspan.management.config.RouterConfiguration;
import io.linkspan.management.config.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationSourceTest {
    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private final List<String> notices = new ArrayList<>();

    private ConfigurationResult result(String file) {
        return new ConfigurationSource(file, Surroundings.of(environment), notices::add).read();
    }

    private RouterConfiguration ofEnvironment(String value) {
        environment.put(ConfigurationSource.VARIABLE, value);
        ConfigurationResult result = result("");
        return result.configuration().orElseThrow(() -> new AssertionError(result.problems()));
    }

    private String listener(String name) {
        return "listener {\n  host: 127.0.0.1\n  name: " + name + "\n  port: 0\n}";
    }

    @Test
    void textWithBracesIsTheConfigurationItself() {
        assertThat(ofEnvironment("router {\n  id: Env\n}\n").router().id()).isEqualTo("Env");
        assertThat(notices).isEmpty();
    }

    @Test
    void otherTextNamesFilesAndDirectoriesThatAreReadAsOne() throws IOException {
        Path many = Files.createDirectory(directory.resolve("conf.d"));
        Files.writeString(many.resolve("20.conf"), listener("two"));
        Files.writeString(many.resolve("10.conf"), listener("one"));
        Files.writeString(many.resolve("README"), "not a configuration");
        Path single = Files.writeString(directory.resolve("router.txt"), "router {\n  id: Files\n}");
        String missing = directory.resolve("missing").toString();
        RouterConfiguration read = ofEnvironment(many + ":" + single + "," + missing);
        assertThat(read.router().id()).isEqualTo("Files");
        assertThat(read.listeners()).extracting("name").containsExactly("one", "two");
        assertThat(notices).containsExactly("QDROUTERD_CONF: " + missing + " cannot be read");
    }

    @Test
    void jsonIsReadWhenTheTypeSaysSo() {
        environment.put(ConfigurationSource.TYPE_VARIABLE, "json");
        assertThat(ofEnvironment("[[\"router\", {\"id\": \"Json\"}]]").router().id())
                .isEqualTo("Json");
    }

    @Test
    void namesOfTheEnvironmentAreReplacedOnce() {
        environment.put("HOSTNAME", "pod-0");
        environment.put("NESTED", "${HOSTNAME}");
        assertThat(ofEnvironment("# ${UNKNOWN} in a comment\nrouter {\n  id: ${HOSTNAME}.$HOSTNAME.${NONE:-x.y}\n}\n")
                        .router()
                        .id())
                .isEqualTo("pod-0.pod-0.x.y");
        assertThat(notices).isEmpty();
        assertThat(ofEnvironment("router {\n  id: a\n  metadata: $NESTED ${MISSING} $MISSING $ 5$\n}\n")
                        .router()
                        .metadata())
                .isEqualTo("${HOSTNAME} ${MISSING} $MISSING $ 5$");
        assertThat(notices).containsExactly("QDROUTERD_CONF, line 3: there is no MISSING in the environment");
    }

    @Test
    void fileIsReadAsItIsWhateverTheEnvironmentSays() throws IOException {
        environment.put(ConfigurationSource.VARIABLE, "router {\n  id: Env\n}");
        environment.put("HOSTNAME", "pod-0");
        Path file = Files.writeString(directory.resolve("a.conf"), "router {\n  id: $HOSTNAME\n}");
        assertThat(result(file.toString())
                        .configuration()
                        .orElseThrow()
                        .router()
                        .id())
                .isEqualTo("$HOSTNAME");
    }

    @Test
    void problemsNameTheVariable() {
        environment.put(ConfigurationSource.VARIABLE, "router {\n  mode: strange\n}\n");
        assertThat(result("").problems())
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.render()).contains("Cannot load configuration file QDROUTERD_CONF: "));
    }
}
