// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -l}: the links of the router, in the order it gives them. */
final class LinksView implements View {
    private static final List<String> ATTRIBUTES = List.of(
            "linkType",
            "linkDir",
            "connectionId",
            "identity",
            "peer",
            "owningAddr",
            "capacity",
            "undeliveredCount",
            "unsettledCount",
            "deliveryCount",
            "presettledCount",
            "droppedPresettledCount",
            "acceptedCount",
            "rejectedCount",
            "releasedCount",
            "modifiedCount",
            "deliveriesDelayed1Sec",
            "deliveriesDelayed10Sec",
            "deliveriesStuck",
            "creditAvailable",
            "zeroCreditSeconds",
            "adminStatus",
            "operStatus",
            "linkName",
            "priority",
            "settleRate");
    private static final List<String> HEADER = List.of(
            "type", "dir", "conn id", "id", "peer", "class", "addr", "phs", "cap", "pri", "undel", "unsett", "deliv",
            "presett", "psdrop", "acc", "rej", "rel", "mod", "delay", "rate", "stuck", "cred", "blkd");
    private static final List<String> VERBOSE = List.of("admin", "oper", "name");

    @Override
    public void show(Screen screen) {
        QueryResult links = screen.limitedQuery("router.link", ATTRIBUTES);
        screen.heading();
        List<String> header = new ArrayList<>(HEADER);
        if (screen.verbose()) {
            header.addAll(VERBOSE);
        }
        Table table = new Table("Router Links", header);
        for (QueryResult.Row link : links.rows()) {
            table.row(cells(link, screen.verbose()));
        }
        screen.print(table);
    }

    private static List<@Nullable Object> cells(QueryResult.Row link, boolean verbose) {
        AddressKey address = AddressKey.of(link.get("owningAddr"));
        List<@Nullable Object> cells = new ArrayList<>(Arrays.asList(
                link.get("linkType"),
                link.get("linkDir"),
                link.get("connectionId"),
                link.get("identity"),
                link.get("peer"),
                address.addressClass(),
                address.text(),
                address.phase(),
                link.get("capacity"),
                link.get("priority"),
                link.get("undeliveredCount"),
                link.get("unsettledCount"),
                link.get("deliveryCount"),
                link.get("presettledCount"),
                link.get("droppedPresettledCount"),
                link.get("acceptedCount"),
                link.get("rejectedCount"),
                link.get("releasedCount"),
                link.get("modifiedCount"),
                link.counter("deliveriesDelayed1Sec").add(link.counter("deliveriesDelayed10Sec")),
                link.get("settleRate"),
                link.get("deliveriesStuck"),
                link.get("creditAvailable"),
                Units.blockedTime(link.number("zeroCreditSeconds"))));
        if (verbose) {
            cells.add(link.get("adminStatus"));
            cells.add(link.get("operStatus"));
            cells.add(link.get("linkName"));
        }
        return cells;
    }
}
