// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** qdstat 1.19: options, empty answers, missing columns and exit codes (sections 3 and 4 of its description). */
class StatCommandTest {
    private static final List<String> CONNECTION = List.of(
            "identity",
            "host",
            "container",
            "role",
            "protocol",
            "dir",
            "isAuthenticated",
            "isEncrypted",
            "sasl",
            "user",
            "sslProto",
            "sslCipher",
            "tenant",
            "active",
            "lastDlvSeconds",
            "uptimeSeconds");

    private final ToolFixture tools = new ToolFixture().entities("router", List.of("id"), List.of("A"));

    private static final String HEADING = "2026-11-06 09:08:07.000123 UTC\nA\n\n";

    @ParameterizedTest
    @CsvSource({
        "-m, No memory statistics available",
        "-n, Router is Standalone - No Router List",
        "-e, No Edge Router Connections",
        "--vhosts, No Vhosts",
        "--vhostgroups, No Vhosts",
        "--vhoststats, No Vhost Stats",
        "--autolinks, AutoLinks/No AutoLinks found",
        "--linkroutes, Link Routes/No Link Routes found"
    })
    void anEmptyAnswerHasItsOwnTextAndIsNoFailure(String option, String text) {
        for (String type : List.of(
                "allocator",
                "router.node",
                "connection",
                "vhost",
                "vhostStats",
                "router.config.autoLink",
                "router.config.linkRoute")) {
            tools.entities(type, List.of());
        }
        ToolFixture.Run run = tools.stat(option);
        assertThat(run).isEqualTo(new ToolFixture.Run(0, text.replace('/', '\n') + "\n", ""));
    }

    @Test
    void aTableWithoutRowsIsItsTitle() {
        tools.entities("router.link", List.of());
        assertThat(tools.stat("-l").out()).isEqualTo(HEADING + "Router Links\n");
        assertThat(tools.stat("-l", "--csv").out()).isEqualTo(HEADING + "Router Links\n");
    }

    @Test
    void poolsWithoutNumbersAreNoStatistics() {
        tools.entities("allocator", List.of("identity", "totalAllocFromHeap"), Arrays.asList("allocator/x", null));
        assertThat(tools.stat("-m").out()).isEqualTo("No memory statistics available\n");
    }

    @Test
    void securityAuthenticationAndTenantOfConnections() {
        tools.entities(
                "connection",
                CONNECTION,
                connection("1", false, false, null, null, null),
                connection("2", true, false, "ANONYMOUS", "anonymous", "example.com/"),
                connection("3", true, true, "PLAIN", "bob", null),
                connection("4", true, true, "EXTERNAL", "CN=x", null),
                connection("5", true, true, "GSSAPI", "kate", null),
                connection("6", true, false, "SCRAM-SHA-256", null, "t"));
        assertThat(tools.stat("-c").out()).isEqualTo(HEADING + """
                Connections
                  id  host  container  role    proto  dir  security        authentication  tenant       last dlv  uptime
                  ==============================================================================================================
                  1   h:1   c          normal  amqp   in   no-security     no-auth                      -         000:00:00:05
                  2   h:1   c          normal  amqp   in   no-security     anonymous-user  example.com  -         000:00:00:05
                  3   h:1   c          normal  amqp   in   TLSv1.3(TLS_X)  bob(PLAIN)                   -         000:00:00:05
                  4   h:1   c          normal  amqp   in   TLSv1.3(TLS_X)  CN=x(x.509)                  -         000:00:00:05
                  5   h:1   c          normal  amqp   in   Kerberos        kate(Kerberos)               -         000:00:00:05
                  6   h:1   c          normal  amqp   in   no-security     SCRAM-SHA-256   t            -         000:00:00:05
                """);
    }

    @Test
    void connectionsWithoutTheOptionalColumnsHaveFewerColumns() {
        tools.entities("connection", CONNECTION.subList(0, 12), connection("1", false, false, null, null, null));
        assertThat(tools.stat("-c").out()).isEqualTo(HEADING + """
                Connections
                  id  host  container  role    proto  dir  security     authentication  tenant
                  ==============================================================================
                  1   h:1   c          normal  amqp   in   no-security  no-auth        \s
                """);
    }

    @Test
    void connectionsWithoutEdgeRoutersLeaveTheHeadingAlone() {
        tools.entities("connection", CONNECTION, connection("1", false, false, null, null, null));
        assertThat(tools.stat("-e")).isEqualTo(new ToolFixture.Run(0, HEADING, ""));
    }

    @Test
    void aColumnTheToolNeedsEndsTheRunWithoutText() {
        tools.entities("connection", List.of("identity"), List.of("1"));
        assertThat(tools.stat("-c")).isEqualTo(new ToolFixture.Run(1, HEADING + "AttributeError: \n", ""));
    }

    @Test
    void generalLeavesOutWhatIsMissingAndAfterTheFirstMissingCounterTheRest() {
        tools.entities(
                "router",
                List.of(
                        "version",
                        "mode",
                        "id",
                        "area",
                        "linkRouteCount",
                        "autoLinkCount",
                        "linkCount",
                        "nodeCount",
                        "addrCount",
                        "connectionCount",
                        "memoryUsage",
                        "presettledDeliveries",
                        "acceptedDeliveries"),
                List.of("1", "standalone", "A", "0", 1L, 2L, 3L, 0L, 5L, 6L, 0L, 7L, 8L));
        assertThat(tools.stat()).isEqualTo(new ToolFixture.Run(0, HEADING + """
                Router Statistics
                  attr              value
                  ==============================
                  Version           1
                  Mode              standalone
                  Router Id         A
                  Area              0
                  Link Routes       1
                  Auto Links        2
                  Links             3
                  Nodes             0
                  Addresses         5
                  Connections       6
                  Presettled Count  7
                """, ""));
    }

    @Test
    void nodesWithoutPathOrChangeAreShownAsTheOriginalDoes() {
        tools.entities(
                "router.node",
                List.of(
                        "id",
                        "nextHop",
                        "routerLink",
                        "lastTopoChange",
                        "linkState",
                        "validOrigins",
                        "protocolVersion",
                        "cost"),
                Arrays.asList("C", "B", null, null, List.of("B"), List.of(), 1L, 4L),
                Arrays.asList("B", null, 0L, null, List.of("C", "A"), List.of(), 1L, 0L),
                Arrays.asList("A", "(self)", null, 0L, List.of(), null, 1L, null),
                Arrays.asList("D", null, null, null, List.of(), List.of(), 1L, null));
        assertThat(tools.stat("-nv").out()).isEqualTo(HEADING + """
                Routers in the Network
                  router-id  next-hop  link  ver  cost  neighbors   valid-origins
                  =================================================================
                  A          (self)    -     1          []         \s
                  B          -         0     1          ['C', 'A']  []
                  C          B         -     1    4     ['B']       []
                  D          -         None  1          []          []
                """);
    }

    @Test
    void aDayBelowTenIsPaddedInTheChangeTimeAndTheLog() {
        tools.entities(
                "router.node",
                List.of("id", "nextHop", "routerLink", "lastTopoChange", "linkState", "validOrigins"),
                Arrays.asList("A", "(self)", null, 1_793_955_661L, List.of(), List.of()));
        assertThat(tools.stat("-n").out()).contains("Last Topology Change: Friday Nov 06 09:01:01 2026 GMT\n");
        tools.otherwise = request -> ToolFixture.ok(
                "GET-LOG".equals(request.properties().get("operation"))
                        ? List.of(Arrays.asList("ROUTER", "info", "text", null, null, 1_793_955_661L))
                        : List.of());
        assertThat(tools.stat("--log").out()).isEqualTo("Fri Nov  6 10:01:01 2026 ROUTER (info) text\n");
        assertThat(tools.requests.get(tools.requests.size() - 1).properties()).doesNotContainKey("limit");
    }

    @Test
    void anAddressOfAnUnknownClassIsShownAsSuch() {
        tools.entities("router.link", LINK, link("Xa", 0), link("Ma", 75), link("Dl", 3661));
        assertThat(tools.stat("-l", "--csv").out().lines().skip(5))
                .containsExactly(
                        "\"t\",\"in\",\"1\",\"2\",,\"unknown: X\",\"a\",,\"0\",\"4\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"3\",\"0\",\"0\",\"0\",\"-\"",
                        "\"t\",\"in\",\"1\",\"2\",,\"mobile\",,\"a\",\"0\",\"4\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"3\",\"0\",\"0\",\"0\",\"00:01:15\"",
                        "\"t\",\"in\",\"1\",\"2\",,\"link-out\",\"l\",,\"0\",\"4\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"3\",\"0\",\"0\",\"0\",\"01:01:01\"");
    }

    private static final List<String> LINK = List.of(
            "linkType",
            "linkDir",
            "connectionId",
            "identity",
            "peer",
            "owningAddr",
            "capacity",
            "priority",
            "undeliveredCount",
            "unsettledCount",
            "deliveryCount",
            "presettledCount",
            "droppedPresettledCount",
            "acceptedCount",
            "rejectedCount",
            "releasedCount",
            "modifiedCount",
            "settleRate",
            "deliveriesStuck",
            "creditAvailable",
            "deliveriesDelayed1Sec",
            "deliveriesDelayed10Sec",
            "zeroCreditSeconds");

    private static List<?> link(String address, long blockedSeconds) {
        return Arrays.asList(
                "t",
                "in",
                "1",
                "2",
                null,
                address,
                0L,
                4L,
                0L,
                0L,
                0L,
                0L,
                0L,
                0L,
                0L,
                0L,
                0L,
                0L,
                0L,
                0L,
                1L,
                2L,
                blockedSeconds);
    }

    @Test
    void aCounterThatIsNullEndsTheRun() {
        List<Object> row = new ArrayList<>(link("Xa", 0));
        row.set(LINK.indexOf("deliveriesDelayed1Sec"), null);
        tools.entities("router.link", LINK, row);
        ToolFixture.Run run = tools.stat("-l");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).endsWith("TypeError: 'deliveriesDelayed1Sec' is null, not a number\n");
    }

    @Test
    void aVhostWithoutGroupsFailsAsInTheOriginal() {
        tools.entities(
                "vhost",
                List.of(
                        "hostname",
                        "maxConnections",
                        "maxConnectionsPerUser",
                        "maxConnectionsPerHost",
                        "allowUnknownUser",
                        "groups"),
                Arrays.asList("h", 1L, 2L, 3L, true, null));
        ToolFixture.Run run = tools.stat("--vhosts");
        assertThat(run).isEqualTo(new ToolFixture.Run(1, "TypeError: object of type 'NoneType' has no len()\n", ""));
    }

    @Test
    void aNullInTheSortedColumnEndsTheRun() {
        List<String> names =
                List.of("address", "direction", "phase", "externalAddress", "linkRef", "operStatus", "lastError");
        List<?> row = Arrays.asList(null, "in", 0L, null, null, "active", null);
        tools.entities("router.config.autoLink", names, row, row);
        ToolFixture.Run run = tools.stat("--autolinks");
        assertThat(run.out()).endsWith("TypeError: '<' not supported between instances of 'NoneType' and 'str'\n");
    }

    @Test
    void linkRoutesShowPatternsAndThePrefixesIfAnyHasThem() {
        tools.entities(
                "router.config.linkRoute",
                List.of(
                        "prefix",
                        "direction",
                        "distribution",
                        "operStatus",
                        "pattern",
                        "addExternalPrefix",
                        "delExternalPrefix"),
                Arrays.asList(null, "in", "linkBalanced", "active", "b.*", null, "x"),
                Arrays.asList("a", "out", "linkBalanced", "inactive", null, null, null));
        assertThat(tools.stat("--linkroutes").out()).isEqualTo(HEADING + """
                Link Routes
                  address  dir  distrib       status    del-ext-prefix
                  ======================================================
                  a        out  linkBalanced  inactive \s
                  b.*      in   linkBalanced  active    x
                """);
    }

    @Test
    void rowsAreAskedForInPagesOfFiveHundredUntilAShorterOneComes() {
        tools.entities("router.link", LINK, links(1000));
        assertThat(tools.stat("-l").out().lines()).hasSize(6 + 1000);
        assertThat(offsetsAndCounts()).containsExactly("0+500", "500+500", "1000+500");
    }

    @Test
    void theLimitEndsThePagesAndZeroMeansNoLimit() {
        tools.entities("router.link", LINK, links(1200));
        assertThat(tools.stat("-l", "--limit=700").out().lines()).hasSize(6 + 700);
        assertThat(offsetsAndCounts()).containsExactly("0+500", "500+200");
        tools.requests.clear();
        assertThat(tools.stat("-l", "--limit", "0").out().lines()).hasSize(6 + 1200);
        assertThat(offsetsAndCounts()).containsExactly("0+500", "500+500", "1000+500");
        ToolFixture.Run negative = tools.stat("-l", "--limit=-1");
        assertThat(negative).isEqualTo(new ToolFixture.Run(1, "ValueError: the limit is -1, expected 0 or more\n", ""));
    }

    @Test
    void aNodeThatIgnoresTheCountDoesNotMakeTheToolPrintMoreThanTheLimit() {
        tools.queries.put(
                ManagementClient.PREFIX + "router.link",
                request -> ToolFixture.ok(Map.of("attributeNames", LINK, "results", Arrays.asList(links(9)))));
        assertThat(tools.stat("-l", "--limit=4").out().lines()).hasSize(6 + 4);
    }

    private static List<?>[] links(int count) {
        return IntStream.range(0, count).mapToObj(i -> link("Lx", 0)).toArray(List<?>[]::new);
    }

    private List<String> offsetsAndCounts() {
        return tools.requests.stream()
                .map(ManagementRequest::properties)
                .filter(properties -> "org.apache.qpid.dispatch.router.link".equals(properties.get("entityType")))
                .map(properties -> properties.get("offset") + "+" + properties.get("count"))
                .toList();
    }

    @Test
    void allRoutersWithOneNodeIsTheConnectedRouterAlone() {
        tools.entities("router.link", List.of());
        tools.otherwise = request -> ToolFixture.ok(List.of("amqp:/_topo/0/A/$management"));
        assertThat(tools.stat("-l", "--all-routers").out()).isEqualTo(HEADING + "Router Links\n");
    }

    @Test
    void allEntitiesOfAllRoutersAreBelowEachRouter() {
        for (String type : List.of(
                "router.link",
                "router.address",
                "connection",
                "router.config.autoLink",
                "router.config.linkRoute",
                "allocator",
                "vhost",
                "vhostStats")) {
            tools.entities(type, List.of());
        }
        tools.entities("router", List.of("id"));
        tools.entities("policy", POLICY, Arrays.asList(1L, true, false, "", null, 2L, 3L, 4L, 5L, 6L));
        tools.otherwise =
                request -> ToolFixture.ok(List.of("amqp:/_topo/0/A/$management", "amqp:/_topo/0/B/$management"));
        String router = """
                Router Links

                Router Addresses

                Connections

                AutoLinks
                No AutoLinks found

                Link Routes
                No Link Routes found

                Router Statistics

                No memory statistics available

                Policy Configuration
                  attr                            value
                  =======================================
                  Maximum Concurrent Connections  1
                  Enable Vhost Policy             True
                  Enable Vhost Name Patterns      False
                  Policy Directory                (nil)
                  Default Vhost                   (nil)

                Policy Status
                  attr                   value
                  ==============================
                  Connections Processed  2
                  Connections Denied     3
                  Connections Current    4
                  Links Denied           5
                  Total Denials          6

                No Vhosts

                No Vhost Stats

                """;
        assertThat(tools.stat("--all-entities", "--all-routers").out())
                .isEqualTo(HEADING.lines().findFirst().orElseThrow() + "\nRouter  A\n\n" + router + "Router  B\n\n"
                        + router);
        assertThat(tools.addresses).containsExactly("$management", "_topo/0/A/$management", "_topo/0/B/$management");
    }

    private static final List<String> POLICY = List.of(
            "maxConnections",
            "enableVhostPolicy",
            "enableVhostNamePatterns",
            "policyDir",
            "defaultVhost",
            "connectionsProcessed",
            "connectionsDenied",
            "connectionsCurrent",
            "linksDenied",
            "totalDenials");

    @Test
    void aNodeWithoutRouterIdCannotBeShown() {
        tools.otherwise = request -> ToolFixture.ok(List.of("amqp:/x", "amqp:/y"));
        ToolFixture.Run run = tools.stat("--all-routers");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).endsWith("IndexError: the node 'amqp:/x' has no router id\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-g -c", "--links --log", "-r A -d B", "--all-routers -r A", "--limit x", "-t", "surplus"})
    void aWrongCallPrintsTheUsageAndGivesTwo(String arguments) {
        ToolFixture.Run run = tools.stat(arguments.split(" ", -1));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("Usage: qdstat ").contains("\nqdstat: error: ");
        assertThat(tools.addresses).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "-r B, _topo/0/B/$management",
        "--router=B, _topo/0/B/$management",
        "-d E, _edge/E/$management",
        "--edge-router E, _edge/E/$management",
        "-v, $management",
        "-b amqp://h/other/address -r B, other/address"
    })
    void theAddressOfTheNodeFollowsUrlRouterAndEdgeInThisOrder(String arguments, String address) {
        tools.stat(arguments.split(" ", -1));
        assertThat(tools.addresses).containsExactly(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "--version"})
    void helpAndVersionAreNoFailures(String option) {
        ToolFixture.Run run = tools.stat(option);
        assertThat(run.code()).isZero();
        assertThat(run.out()).isNotBlank();
        assertThat(run.err()).isEmpty();
        assertThat(tools.addresses).isEmpty();
    }

    @Test
    void theConnectionIsClosedAfterSuccessAndFailure() {
        tools.stat();
        assertThat(tools.closed).isEqualTo(1);
        tools.otherwise = request -> new ManagementResponse(500, "no", null);
        tools.stat();
        assertThat(tools.closed).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "400, BadRequestStatus: why",
        "401, UnauthorizedStatus: why",
        "403, ForbiddenStatus: why",
        "404, NotFoundStatus: why",
        "500, InternalServerErrorStatus: why",
        "501, NotImplementedStatus: why",
        "201, ValueError: Response was 201(Created) but expected 200(OK): why",
        "503, ValueError: Response was 503 but expected 200(OK): why"
    })
    void aStatusThatIsNotTheExpectedOneIsPrinted(int status, String line) {
        tools.otherwise = request -> new ManagementResponse(status, "why", null);
        assertThat(tools.stat()).isEqualTo(new ToolFixture.Run(1, line + "\n", ""));
    }

    @Test
    void anAnswerThatIsNoTableEndsTheRun() {
        tools.queries.put(ManagementClient.PREFIX + "router", request -> ToolFixture.ok("text"));
        assertThat(tools.stat().out()).isEqualTo("TypeError: the answer has 'text' where a map is expected\n");
        tools.queries.put(
                ManagementClient.PREFIX + "router", request -> ToolFixture.ok(Collections.singletonMap("results", 1)));
        assertThat(tools.stat().out()).isEqualTo("TypeError: the answer has 1 where a list is expected\n");
    }

    private static List<?> connection(
            String id,
            boolean authenticated,
            boolean encrypted,
            @Nullable String sasl,
            @Nullable String user,
            @Nullable String tenant) {
        return Arrays.asList(
                id,
                "h:1",
                "c",
                "normal",
                "amqp",
                "in",
                authenticated,
                encrypted,
                sasl,
                user,
                encrypted ? "TLSv1.3" : null,
                encrypted ? "TLS_X" : null,
                tenant,
                true,
                null,
                5L);
    }
}
