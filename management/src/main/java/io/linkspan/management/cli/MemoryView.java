// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.math.BigInteger;
import java.util.List;

/** {@code -m}: the memory pools of the router, where it has such. */
final class MemoryView implements View {
    private static final List<String> ATTRIBUTES = List.of(
            "identity",
            "typeSize",
            "transferBatchSize",
            "localFreeListMax",
            "totalAllocFromHeap",
            "heldByThreads",
            "batchesRebalancedToThreads",
            "batchesRebalancedToGlobal");

    @Override
    public void show(Screen screen) {
        List<QueryResult.Row> pools = screen.query("allocator", ATTRIBUTES).rows();
        if (pools.isEmpty() || pools.get(0).get("totalAllocFromHeap") == null) {
            screen.line("No memory statistics available");
            return;
        }
        screen.heading();
        Table table = new Table(
                "Memory Pools",
                List.of("type", "size", "batch", "thread-max", "total", "in-threads", "rebal-in", "rebal-out"));
        BigInteger pooled = BigInteger.ZERO;
        for (QueryResult.Row pool : pools) {
            String identity = PythonText.str(pool.get("identity"));
            table.row(
                    identity.substring(identity.indexOf('/') + 1),
                    Units.grouped(pool.number("typeSize")),
                    pool.get("transferBatchSize"),
                    pool.get("localFreeListMax"),
                    Units.grouped(pool.number("totalAllocFromHeap")),
                    Units.grouped(pool.number("heldByThreads")),
                    Units.grouped(pool.number("batchesRebalancedToThreads")),
                    Units.grouped(pool.number("batchesRebalancedToGlobal")));
            pooled = pooled.add(pool.counter("typeSize").multiply(pool.counter("totalAllocFromHeap")));
        }
        screen.print(table.sortedBy("type"));
        screen.line("");
        screen.print(new Table("Memory Summary", List.of("VmSize", "Pooled"))
                .row(virtualSize(screen), Units.size(pooled.longValueExact())));
    }

    private static String virtualSize(Screen screen) {
        List<QueryResult.Row> routers =
                screen.query("router", List.of("memoryUsage")).rows();
        Number bytes = routers.isEmpty() ? null : routers.get(0).findNumber("memoryUsage");
        return bytes == null ? "-" : Units.size(bytes.longValue());
    }
}
