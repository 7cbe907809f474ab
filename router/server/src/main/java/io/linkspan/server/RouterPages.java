// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.management.config.ListenerSettings;
import io.linkspan.server.port.HttpPages;
import io.linkspan.server.port.PageFiles;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;

/**
 * The pages of a router: {@code /healthz}, {@code /metrics} and files, as far as the listener serves them (rules HTT-06,
 * 07, 09).
 *
 * <p>Confined to the core's loop.
 */
final class RouterPages {
    private static final HttpPages.Page HEALTHY = HttpPages.Page.text(200, "OK\n", false);
    private static final HttpPages.Page NOT_FOUND = HttpPages.Page.text(404, "Not Found\n", false);

    private final Vertx vertx;
    private final Metrics metrics;

    RouterPages(Vertx vertx, Metrics metrics) {
        this.vertx = vertx;
        this.metrics = metrics;
    }

    /** The pages of one listener. */
    HttpPages of(ListenerSettings listener) {
        ListenerSettings.Http http = listener.http();
        PageFiles files = http.rootDirectory() == null ? null : new PageFiles(Path.of(http.rootDirectory()));
        return path -> {
            if (http.healthz() && isAt(path, "/healthz")) {
                return Future.succeededFuture(HEALTHY);
            }
            if (http.metrics() && isAt(path, "/metrics")) {
                return Future.succeededFuture(HttpPages.Page.text(200, metrics.text(), true));
            }
            return files == null
                    ? Future.succeededFuture(NOT_FOUND)
                    : vertx.executeBlocking(() -> files.page(path), false);
        };
    }

    /** True for the place and for everything below it. */
    private static boolean isAt(String path, String place) {
        return path.equals(place) || path.startsWith(place + "/");
    }
}
