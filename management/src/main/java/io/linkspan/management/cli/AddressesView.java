// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -a}: the addresses the router knows. */
final class AddressesView implements View {
    private static final List<String> ATTRIBUTES = List.of(
            "distribution",
            "inProcess",
            "subscriberCount",
            "remoteCount",
            "containerCount",
            "deliveriesIngress",
            "deliveriesEgress",
            "deliveriesRedirectedToFallback",
            "deliveriesTransit",
            "deliveriesToContainer",
            "deliveriesFromContainer",
            "name",
            "priority");

    @Override
    public void show(Screen screen) {
        QueryResult addresses = screen.limitedQuery("router.address", ATTRIBUTES);
        screen.heading();
        List<String> header = new ArrayList<>(List.of("class", "addr", "phs", "distrib", "pri"));
        if (screen.verbose()) {
            header.add("in-proc");
        }
        header.addAll(List.of("local", "remote", "in", "out", "thru", "fallback"));
        if (screen.verbose()) {
            header.addAll(List.of("to-proc", "from-proc"));
        }
        Table table = new Table("Router Addresses", header);
        for (QueryResult.Row address : addresses.rows()) {
            table.row(cells(address, screen.verbose()));
        }
        screen.print(table.sortedBy("addr"));
    }

    private static List<@Nullable Object> cells(QueryResult.Row address, boolean verbose) {
        if (!(address.get("name") instanceof String name) || name.isEmpty()) {
            throw new ToolFailure("TypeError", "an address has the name " + PythonText.repr(address.get("name")));
        }
        AddressKey key = AddressKey.of(name);
        long priority = address.number("priority");
        List<@Nullable Object> cells = new ArrayList<>();
        cells.add(key.addressClass());
        cells.add(key.text());
        cells.add(key.phase());
        cells.add(address.get("distribution"));
        cells.add(priority < 0 ? "-" : priority);
        if (verbose) {
            cells.add(address.get("inProcess"));
        }
        cells.add(address.get(AddressKey.isLinkRoute(name) ? "containerCount" : "subscriberCount"));
        cells.add(address.get("remoteCount"));
        cells.add(address.get("deliveriesIngress"));
        cells.add(address.get("deliveriesEgress"));
        cells.add(address.get("deliveriesTransit"));
        cells.add(address.get("deliveriesRedirectedToFallback"));
        if (verbose) {
            cells.add(address.get("deliveriesToContainer"));
            cells.add(address.get("deliveriesFromContainer"));
        }
        return cells;
    }
}
