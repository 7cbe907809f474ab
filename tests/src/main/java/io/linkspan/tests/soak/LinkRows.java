// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import io.linkspan.tests.ManagementQuery;
import io.vertx.core.Vertx;
import io.vertx.proton.ProtonClient;
import io.vertx.proton.ProtonConnection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What the router's management says of its links. */
final class LinkRows {

    private static final int LIMIT_S = 20;

    private LinkRows() {}

    /** Asks over a connection of its own, which is closed again. */
    static List<Map<String, Object>> query(Vertx vertx, int port) throws Exception {
        CompletableFuture<List<Map<String, Object>>> answered = new CompletableFuture<>();
        vertx.runOnContext(now -> ProtonClient.create(vertx).connect("127.0.0.1", port, result -> {
            if (result.failed()) {
                answered.completeExceptionally(result.cause());
                return;
            }
            ProtonConnection connection = result.result();
            connection.closeHandler(closed -> connection.disconnect());
            connection
                    .openHandler(opened -> ManagementQuery.ask(connection, "router.link", rows -> {
                        answered.complete(rows);
                        connection.close();
                    }))
                    .open();
        }));
        return answered.get(LIMIT_S, TimeUnit.SECONDS);
    }
}
