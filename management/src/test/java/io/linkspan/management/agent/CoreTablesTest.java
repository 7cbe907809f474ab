// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import static io.linkspan.management.agent.Agents.agent;
import static io.linkspan.management.agent.Agents.columns;
import static io.linkspan.management.agent.Agents.map;
import static io.linkspan.management.agent.Agents.query;
import static io.linkspan.management.agent.Agents.request;
import static io.linkspan.management.agent.Agents.results;
import static io.linkspan.management.agent.Agents.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.core.rows.RowTable;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CoreTablesTest {
    private static final RowTable ADDRESSES = new RowTable() {
        @Override
        public String type() {
            return "router.address";
        }

        @Override
        public List<String> columns() {
            return List.of("identity", "name", "priority");
        }

        @Override
        public long generation() {
            return 0;
        }

        @Override
        public void read(long skip, Reader reader) {
            for (long i = skip; i < 5; i++) {
                if (!reader.row(new @Nullable Object[] {"M0" + i, "M0" + i, -1})) {
                    return;
                }
            }
        }
    };

    @Test
    void tablesOfTheCoreAreSources() {
        Asked agent = agent(EntitySource.of(ADDRESSES));
        AgentResponse response = agent.handle(query("router.address", "name", "priority", "subscriberCount"));
        assertThat(columns(response)).isEqualTo(List.of("name", "priority", "subscriberCount"));
        assertThat(results(response)).hasSize(5);
        assertThat(map(agent.handle(request("operation", "READ", "type", "router.address", "name", "M03"))))
                .containsEntry("key", null)
                .containsEntry("priority", -1);
        AgentRequest page = query("router.address", "name");
        java.util.Map<String, @Nullable Object> properties = new java.util.LinkedHashMap<>(page.properties());
        properties.put("offset", 3);
        properties.put("count", 1);
        assertThat(results(agent.handle(new AgentRequest(properties, page.body()))))
                .isEqualTo(List.of(row("M03")));
    }
}
