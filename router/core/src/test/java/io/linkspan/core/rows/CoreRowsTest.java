// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.fake.FakeConnection;
import io.linkspan.core.fake.FakeSender;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CoreRowsTest {

    private final RouterCore core = Cores.standalone();

    private static List<Map<String, Object>> read(RowTable table, long skip) {
        List<Map<String, Object>> rows = new ArrayList<>();
        table.read(skip, values -> {
            Map<String, Object> row = new LinkedHashMap<>();
            for (int i = 0; i < values.length; i++) {
                row.put(table.columns().get(i), String.valueOf(values[i]));
            }
            assertThat(values).hasSize(table.columns().size());
            rows.add(row);
            return true;
        });
        return rows;
    }

    private static Map<String, Object> find(RowTable table, String name) {
        return read(table, 0).stream()
                .filter(row -> name.equals(row.get("name")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row " + name));
    }

    private void traffic() {
        FakeConnection connection = new FakeConnection(core);
        Cores.create(core, new AddressEntities.Request(null, "q", null, "closest", false, null, null, 7, false, false));
        core.consume(
                AddressKey.mobile("$management"),
                Distribution.CLOSEST,
                (amqp, settled, from) -> DeliveryState.ACCEPTED);
        connection.receiver("in-q").attach("q").credit(3);
        connection.receiver("topic").pattern("cities.*").credit(10);
        FakeSender sender = connection.sender("out-q").attach("q");
        sender.send(5);
        sender.send("settled", true);
        connection.sender("anonymous").attach(null).sendTo("cities.london", "x", true);
        core.tick(12);
    }

    @Test
    void theRouterHasOneRow() {
        traffic();
        Map<String, Object> row = find(CoreRows.router(core, () -> 4096L), "R");
        assertThat(row)
                .containsEntry("mode", "standalone")
                .containsEntry("area", "0")
                .containsEntry("connectionCount", "1")
                .containsEntry("linkCount", "4")
                .containsEntry("addrCount", "4")
                .containsEntry("deliveriesIngress", "7")
                .containsEntry("deliveriesEgress", "7")
                .containsEntry("presettledDeliveries", "2")
                .containsEntry("linksBlocked", "1")
                .containsEntry("uptimeSeconds", "12")
                .containsEntry("memoryUsage", "4096")
                .containsEntry("metadata", "null");
        assertThat(find(CoreRows.router(core, () -> null), "R")).containsEntry("memoryUsage", "null");
    }

    @Test
    void connectionsShowTheirFactsAndTimes() {
        traffic();
        Map<String, Object> row = find(CoreRows.connections(core), "connection/127.0.0.1:1");
        assertThat(row)
                .containsEntry("identity", "1")
                .containsEntry("role", "normal")
                .containsEntry("protocol", "fake")
                .containsEntry("dir", "in")
                .containsEntry("container", "null")
                .containsEntry("isAuthenticated", "false")
                .containsEntry("adminStatus", "enabled")
                .containsEntry("operStatus", "up")
                .containsEntry("uptimeSeconds", "12")
                .containsEntry("lastDlvSeconds", "12")
                .containsEntry("enableProtocolTrace", "false");
        FakeConnection quiet = new FakeConnection(core);
        quiet.trace(true);
        assertThat(read(CoreRows.connections(core), 1))
                .singleElement()
                .satisfies(other -> assertThat(other)
                        .containsEntry("lastDlvSeconds", "null")
                        .containsEntry("enableProtocolTrace", "true"));
    }

    @Test
    void linksShowTheirCounters() {
        traffic();
        RowTable links = CoreRows.links(core);
        assertThat(find(links, "in-q"))
                .containsEntry("linkDir", "out")
                .containsEntry("linkType", "endpoint")
                .containsEntry("owningAddr", "M0q")
                .containsEntry("capacity", "250")
                .containsEntry("undeliveredCount", "3")
                .containsEntry("unsettledCount", "3")
                .containsEntry("deliveryCount", "3")
                .containsEntry("creditAvailable", "0")
                .containsEntry("zeroCreditSeconds", "12")
                .containsEntry("priority", "4");
        assertThat(find(links, "out-q"))
                .containsEntry("linkDir", "in")
                .containsEntry("owningAddr", "M0q")
                .containsEntry("unsettledCount", "5")
                .containsEntry("deliveryCount", "6")
                .containsEntry("presettledCount", "1")
                .containsEntry("creditAvailable", "245")
                .containsEntry("ingressHistogram", "null");
        assertThat(find(links, "topic"))
                .containsEntry("owningAddr", "M0cities.*")
                .containsEntry("presettledCount", "1");
        assertThat(String.valueOf(find(links, "topic").get("ingressHistogram"))).startsWith("[1, 0, 0");
        assertThat(find(links, "anonymous")).containsEntry("owningAddr", "null");
    }

    @Test
    void addressesShowRecordsAndPatterns() {
        traffic();
        RowTable addresses = CoreRows.addresses(core);
        assertThat(find(addresses, "M0q"))
                .containsEntry("identity", "M0q")
                .containsEntry("key", "M0q")
                .containsEntry("distribution", "closest")
                .containsEntry("subscriberCount", "1")
                .containsEntry("deliveriesIngress", "6")
                .containsEntry("deliveriesEgress", "6")
                .containsEntry("priority", "7");
        assertThat(find(addresses, "M0$management"))
                .containsEntry("inProcess", "1")
                .containsEntry("subscriberCount", "0")
                .containsEntry("distribution", "closest")
                .containsEntry("priority", "-1");
        assertThat(find(addresses, "M0cities.*"))
                .containsEntry("distribution", "multicast")
                .containsEntry("subscriberCount", "1")
                .containsEntry("deliveriesEgress", "1");
        // A plain receiver of the same text shares the row.
        new FakeConnection(core).receiver("literal").attach("cities.*");
        assertThat(find(addresses, "M0cities.*")).containsEntry("subscriberCount", "2");
        List<Object> names =
                read(addresses, 0).stream().map(row -> row.get("name")).toList();
        assertThat(names).doesNotHaveDuplicates();
    }

    @Test
    void readingCanSkipAndStop() {
        traffic();
        RowTable links = CoreRows.links(core);
        assertThat(read(links, 3)).hasSize(1);
        assertThat(read(links, 9)).isEmpty();
        List<Object> names = new ArrayList<>();
        links.read(1, values -> {
            names.add(values[0]);
            return names.size() < 2;
        });
        assertThat(names).containsExactly("topic", "out-q");
    }

    @Test
    void theColumnsAreThoseOfTheRecordedAnswers() {
        assertThat(CoreRows.router(core, () -> null).columns()).hasSize(32).doesNotHaveDuplicates();
        assertThat(CoreRows.connections(core).columns()).hasSize(24).doesNotHaveDuplicates();
        assertThat(CoreRows.links(core).columns())
                .containsAll(Arrays.asList(
                        ("linkType linkDir connectionId identity owningAddr capacity undeliveredCount unsettledCount"
                                        + " deliveryCount presettledCount droppedPresettledCount acceptedCount"
                                        + " rejectedCount releasedCount modifiedCount deliveriesDelayed1Sec"
                                        + " deliveriesDelayed10Sec deliveriesStuck creditAvailable zeroCreditSeconds"
                                        + " adminStatus operStatus linkName priority settleRate peer")
                                .split(" ")));
        assertThat(CoreRows.addresses(core).columns()).hasSize(20).doesNotHaveDuplicates();
        assertThat(CoreRows.links(core).generation()).isEqualTo(core.generation());
        assertThat(CoreRows.links(core).type()).isEqualTo("router.link");
    }
}
