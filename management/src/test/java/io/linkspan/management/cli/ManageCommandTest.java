// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** qdmanage 1.19: operations, arguments and printed answers (section 5 of its description). */
class ManageCommandTest {
    private final ToolFixture tools = new ToolFixture();

    private Map<String, @Nullable Object> sent() {
        assertThat(tools.requests).hasSize(1);
        return tools.requests.get(0).properties();
    }

    private @Nullable Object body() {
        assertThat(tools.requests).hasSize(1);
        return tools.requests.get(0).body();
    }

    private void answer(int status, Object body) {
        tools.otherwise = request -> new ManagementResponse(status, "text", body);
    }

    @ParameterizedTest
    @CsvSource({
        "link, org.apache.qpid.dispatch.router.link",
        "node, org.apache.qpid.dispatch.router.node",
        "linkRoute, org.apache.qpid.dispatch.router.config.linkRoute",
        "address, org.apache.qpid.dispatch.router.config.address",
        "autoLink, org.apache.qpid.dispatch.router.config.autoLink",
        "listener, org.apache.qpid.dispatch.listener",
        "exchange, org.apache.qpid.dispatch.exchange",
        "router.link, router.link",
        "io.linkspan.mqttProfile, io.linkspan.mqttProfile"
    })
    void aTypeNameWithoutDotGetsItsPrefix(String given, String sent) {
        tools.manage("read", "--name=x", "--type", given);
        assertThat(sent().get("type")).isEqualTo(sent);
    }

    @Test
    void theOperationIsTakenInAnyLetterCaseAndAnywhereAmongTheOptions() {
        tools.manage("--name=x", "ReAd", "--type=listener");
        assertThat(sent().get("operation")).isEqualTo("READ");
    }

    @Test
    void theIdentityWinsOverTheName() {
        tools.manage("read", "--name=x", "--identity=7");
        assertThat(sent()).isEqualTo(Map.of("operation", "READ", "identity", "7"));
    }

    @Test
    void anUpdateFindsItsEntityInTheAttributesIfNoOptionNamesIt() {
        tools.manage("update", "identity=7", "name=x");
        assertThat(sent()).isEqualTo(Map.of("operation", "UPDATE", "identity", "7"));
        tools.requests.clear();
        tools.manage("update", "name=log/ROUTER", "enable=debug+");
        assertThat(sent()).isEqualTo(Map.of("operation", "UPDATE", "name", "log/ROUTER"));
    }

    @Test
    void anUpdateTurnsWordsIntoBooleansAndAnAttributeWithoutValueIntoNull() {
        tools.manage("update", "--name=x", "a=yes", "b=TRUE", "c=on", "d=no", "e=false", "f=Off", "g=onward", "h");
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("a", true);
        expected.put("b", true);
        expected.put("c", true);
        expected.put("d", false);
        expected.put("e", false);
        expected.put("f", false);
        expected.put("g", "onward");
        expected.put("h", null);
        assertThat(body()).isEqualTo(expected);
    }

    @Test
    void aCreateKeepsWordsButTrueAndFalseAndReadsIntegersBySchema() {
        answer(201, Map.of());
        tools.manage("create", "--type=listener", "--name=l", "port=5672", "cost=2", "requireSsl=true", "http=no");
        assertThat(sent())
                .isEqualTo(Map.of("operation", "CREATE", "type", "org.apache.qpid.dispatch.listener", "name", "l"));
        assertThat(body()).isEqualTo(Map.of("port", "5672", "cost", 2L, "requireSsl", true, "http", "no"));
    }

    @Test
    void withoutATypeEverythingButTrueAndFalseIsAString() {
        answer(201, Map.of());
        tools.manage("create", "type=listener", "name=l", "cost=2", "a=b=c", "requireSsl=false");
        assertThat(sent()).isEqualTo(Map.of("operation", "CREATE", "type", "listener", "name", "l"));
        assertThat(body())
                .isEqualTo(Map.of("type", "listener", "name", "l", "cost", "2", "a", "b=c", "requireSsl", false));
    }

    @ParameterizedTest
    @CsvSource({
        "listener cost=abc, ValueError: invalid literal for int() with base 10: 'abc'",
        "listener nosuch=1, ValidationError: Unknown attribute 'nosuch' for 'org.apache.qpid.dispatch.listener'",
        "nosuch a=1, ValidationError: No such entity type 'org.apache.qpid.dispatch.nosuch'"
    })
    void wrongArgumentsOfAKnownTypeAreFoundBeforeAnythingIsSent(String arguments, String line) {
        String[] words = arguments.split(" ", -1);
        ToolFixture.Run run = tools.manage("create", "--type=" + words[0], words[1]);
        assertThat(run).isEqualTo(new ToolFixture.Run(1, line + "\n", ""));
        assertThat(tools.requests).isEmpty();
        assertThat(tools.closed).isEqualTo(1);
    }

    @Test
    void aDeprecatedAttributeNameIsKnown() {
        answer(201, Map.of());
        ToolFixture.Run run = tools.manage("create", "--type=autoLink", "addr=q", "dir=in");
        assertThat(run.code()).isZero();
        assertThat(body()).isEqualTo(Map.of("addr", "q", "dir", "in"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "update"})
    void withoutAttributesThereIsNothingToCreateOrUpdate(String operation) {
        ToolFixture.Run run = tools.manage(operation, "--name=x");
        assertThat(run)
                .isEqualTo(new ToolFixture.Run(
                        1, "AttributeError: 'Namespace' object has no attribute 'attributes'\n", ""));
    }

    @Test
    void aMapOnStandardInputIsOneRequest() {
        tools.input = "{\"type\": \"t\", \"name\": \"n\", \"x\": 1, \"y\": [true, null]}";
        answer(201, Map.of("name", "n"));
        ToolFixture.Run run = tools.manage("create", "--stdin");
        assertThat(run.out()).isEqualTo("{\n  \"name\": \"n\"\n}\n");
        assertThat(sent()).isEqualTo(Map.of("operation", "CREATE", "type", "t", "name", "n"));
        assertThat(body()).isEqualTo(Map.of("type", "t", "name", "n", "x", 1L, "y", Arrays.asList(true, null)));
    }

    @Test
    void aListOnStandardInputIsOneRequestEachAndPrintedAsAList() {
        tools.input = "[{\"name\": \"a\"}, {\"name\": \"b\"}]";
        tools.otherwise = request -> ToolFixture.ok(
                Map.of("done", String.valueOf(request.properties().get("name"))));
        ToolFixture.Run run = tools.manage("update", "--stdin", "--type=log", "--indent=-1");
        assertThat(run.out()).isEqualTo("[{\"done\": \"a\"}, {\"done\": \"b\"}]\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{\"a\": | JSONDecodeError: ", "3 | TypeError: ", "null | "})
    void standardInputThatIsNoMapIsRefused(String input, String line) {
        tools.input = input;
        ToolFixture.Run run = tools.manage("create", "--stdin");
        assertThat(run.out()).startsWith(line == null ? "[]\n" : line);
        assertThat(tools.requests).isEmpty();
    }

    @Test
    void anAnswerKeepsItsNullsButAQueryDropsThem() {
        Map<String, Object> entity = new LinkedHashMap<>();
        entity.put("name", "n");
        entity.put("pattern", null);
        answer(200, entity);
        assertThat(tools.manage("read", "--name=n").out()).isEqualTo("{\n  \"name\": \"n\",\n  \"pattern\": null\n}\n");
        tools.entities("listener", List.of("name", "pattern"), Arrays.asList("n", null));
        assertThat(tools.manage("query", "--type=listener").out()).isEqualTo("[\n  {\n    \"name\": \"n\"\n  }\n]\n");
    }

    @Test
    void aQueryWithoutTypeAsksForAllEntities() {
        answer(200, Map.of("attributeNames", List.of("name"), "results", List.of()));
        assertThat(tools.manage("query", "name", "type").out()).isEqualTo("[]\n");
        assertThat(sent())
                .isEqualTo(Map.of(
                        "name",
                        "self",
                        "type",
                        "org.amqp.management",
                        "operation",
                        "QUERY",
                        "offset",
                        0L,
                        "count",
                        500L));
        assertThat(body()).isEqualTo(Map.of("attributeNames", List.of("name", "type")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"get-types", "get-operations", "get-attributes", "get-annotations"})
    void theTypeOfAGetComesFromItsArgumentOrOption(String operation) {
        answer(200, Map.of());
        assertThat(tools.manage(operation, "listener").out()).isEqualTo("{}\n");
        tools.manage("--type=log", operation);
        tools.manage(operation);
        assertThat(tools.requests)
                .extracting(request -> request.properties().get("entityType"))
                .containsExactly("org.apache.qpid.dispatch.listener", "org.apache.qpid.dispatch.log", null);
    }

    @Test
    void anyOtherOperationIsSentInLowerCaseWithItsArgumentsAsStrings() {
        answer(200, Map.of("a", 1L));
        ToolFixture.Run run = tools.manage(
                "CallMe",
                "x=true",
                "y=7",
                "--properties={\"z\": 8}",
                "--body=[1, \"b\"]",
                "--type=dummy",
                "--name=n",
                "--identity=i");
        assertThat(run.out()).isEqualTo("{\n  \"a\": 1\n}\n");
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("operation", "callme");
        expected.put("type", "org.apache.qpid.dispatch.dummy");
        expected.put("name", "n");
        expected.put("identity", "i");
        expected.put("x", "true");
        expected.put("y", "7");
        expected.put("z", 8L);
        assertThat(sent()).isEqualTo(expected);
        assertThat(body()).isEqualTo(List.of(1L, "b"));
    }

    @Test
    void aTextAnswerIsPrintedAsItIsAndAnEmptyOneNotAtAll() {
        answer(200, "{\"schema\": 1}");
        assertThat(tools.manage("get-json-schema").out()).isEqualTo("{\"schema\": 1}\n");
        answer(200, "");
        assertThat(tools.manage("get-json-schema")).isEqualTo(new ToolFixture.Run(0, "", ""));
    }

    @Test
    void aDeleteExpectsNoContentAndPrintsNothing() {
        answer(204, Map.of());
        assertThat(tools.manage("delete", "--name=x")).isEqualTo(new ToolFixture.Run(0, "", ""));
        answer(200, Map.of());
        assertThat(tools.manage("delete", "--name=x"))
                .isEqualTo(new ToolFixture.Run(
                        1, "ValueError: Response was 200(OK) but expected 204(No Content): text\n", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "--type=listener, No operation specified",
        "read a b, Unexpected arguments: a b",
        "delete x, Unexpected arguments: x",
        "get-mgmt-nodes x, Unexpected arguments: x",
        "get-types a b, Unexpected arguments: b"
    })
    void aWrongCallPrintsTheUsageAndGivesTwo(String arguments, String error) {
        ToolFixture.Run run = tools.manage(arguments.split(" ", -1));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("Usage: qdmanage ").endsWith("\nqdmanage: error: " + error + "\n");
        assertThat(tools.addresses).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--body={", "--properties=[1"})
    void wrongJsonIsReportedWithItsPlace(String option) {
        ToolFixture.Run run = tools.manage("callme", option);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).startsWith("JSONDecodeError: ").contains(": line 1 column ");
    }
}
