// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What our manage tool has beyond the original's: YAML, edit, watching. */
class ManageExtrasTest {
    private static final Map<String, Object> VHOST = Map.of(
            "type", "org.apache.qpid.dispatch.vhost",
            "name", "vhost/h",
            "identity", "vhost/h",
            "hostname", "h",
            "maxConnections", 5);
    private static final Map<String, Object> LISTENER = Map.of(
            "type", "org.apache.qpid.dispatch.listener",
            "name", "l9",
            "identity", "listener/:1:l9",
            "port", "1",
            "cost", 1);

    private final ToolFixture router = new ToolFixture();
    private final List<String> sent = new ArrayList<>();

    /** A router with one entity, which answers changes by what it is told here. */
    private void router(Map<String, Object> entity, Function<ManagementRequest, @Nullable ManagementResponse> changes) {
        router.otherwise = request -> {
            String operation = String.valueOf(request.properties().get("operation"));
            if (operation.equals("READ")) {
                return ToolFixture.ok(entity);
            }
            sent.add(operation + " " + request.body());
            ManagementResponse answer = changes.apply(request);
            if (answer != null) {
                return answer;
            }
            int status = operation.equals("CREATE") ? 201 : operation.equals("DELETE") ? 204 : 200;
            return new ManagementResponse(status, "", request.body());
        };
    }

    @Test
    void answersMayBeYaml() {
        router(VHOST, request -> null);
        ToolFixture.Run run = router.manage("read", "--type=vhost", "--name=vhost/h", "--output=yaml");
        assertThat(run.code()).isZero();
        assertThat(run.out().lines()).contains("hostname: h", "maxConnections: 5", "name: vhost/h");
    }

    @Test
    void anEntityWithUpdateIsUpdatedByWhatWasEdited() {
        router(VHOST, request -> null);
        router.edit = text -> text.replace("5", "99").replace("}", ", \"allowUnknownUser\": true}");
        ToolFixture.Run run = router.manage("edit", "--type=vhost", "--name=vhost/h");
        assertThat(run.out()).contains("\"maxConnections\": 99");
        assertThat(run.code()).isZero();
        assertThat(router.edited).isEqualTo("{\n  \"maxConnections\": 5\n}\n");
        assertThat(sent).containsExactly("UPDATE {maxConnections=99, allowUnknownUser=true}");
    }

    @Test
    void anAttributeThatIsTakenOutIsSentAsNull() {
        router(VHOST, request -> null);
        router.edit = text -> "{}";
        Map<String, @Nullable Object> nothing = new HashMap<>();
        nothing.put("maxConnections", null);
        assertThat(router.manage("edit", "--type=vhost", "--name=vhost/h").code())
                .isZero();
        assertThat(sent).containsExactly("UPDATE " + nothing);
    }

    @Test
    void withoutAChangeNothingIsSent() {
        router(VHOST, request -> null);
        assertThat(router.manage("edit", "--type=vhost", "--name=vhost/h").out())
                .isEqualTo("Nothing was changed.\n");
        assertThat(sent).isEmpty();
    }

    @Test
    void anEntityWithoutUpdateIsMadeAnew() {
        router(LISTENER, request -> null);
        router.edit = text -> text.replace("\"cost\": 1", "\"cost\": 7");
        assertThat(router.manage("edit", "--type=listener", "--name=l9").code()).isZero();
        assertThat(sent).hasSize(2);
        assertThat(sent.get(0)).startsWith("DELETE ");
        assertThat(sent.get(1)).startsWith("CREATE ").contains("cost=7").contains("port=1");
    }

    @Test
    void anEntityThatCannotBeMadeAnewIsAsItWas() {
        router(
                LISTENER,
                request -> String.valueOf(request.body()).contains("cost=0")
                        ? new ManagementResponse(400, "cost is out of range", Map.of())
                        : null);
        router.edit = text -> text.replace("\"cost\": 1", "\"cost\": 0");
        ToolFixture.Run run = router.manage("edit", "--type=listener", "--name=l9");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEqualTo("ValueError: the entity is as it was: cost is out of range\n");
        assertThat(sent).hasSize(3);
        assertThat(sent.get(2)).startsWith("CREATE ").contains("cost=1");
    }

    @Test
    void whatIsNoJsonChangesNothing() {
        router(VHOST, request -> null);
        router.edit = text -> text + "}";
        ToolFixture.Run run = router.manage("edit", "--type=vhost", "--name=vhost/h");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).startsWith("JSONDecodeError: ");
        assertThat(sent).isEmpty();
    }

    @Test
    void whatCannotBeChangedIsNotEdited() {
        router(Map.of("type", "org.apache.qpid.dispatch.router.node", "identity", "router.node/R"), request -> null);
        assertThat(router.manage("edit", "--type=node", "--identity=router.node/R")
                        .out())
                .isEqualTo("ValueError: entities of type org.apache.qpid.dispatch.router.node cannot be changed\n");
        assertThat(router.edited).isNull();
    }

    @Test
    void readingMayBeWatchedAndChangesMayNot() {
        router.entities("listener", List.of("name"), List.of("a"));
        router.rounds = 2;
        ToolFixture.Run run = router.manage("query", "--type=listener", "--indent=-1", "--watch", "name");
        assertThat(run.out()).isEqualTo("[{\"name\": \"a\"}]\n[{\"name\": \"a\"}]\n");
        ToolFixture.Run delete = router.manage("delete", "--type=listener", "--name=a", "--watch");
        assertThat(delete.code()).isEqualTo(2);
        assertThat(delete.err()).contains("--watch goes with query, read");
    }
}
