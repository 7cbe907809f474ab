// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;

/** What HTTP serves: a function of the path. Called on the port's loop; an answer may come later, from any thread. */
@FunctionalInterface
public interface HttpPages {
    /**
     * An answer. Nobody changes its body.
     *
     * @param status HTTP status
     * @param contentType media type of the body
     * @param body the body
     * @param close whether the connection ends with this answer
     */
    // Bytes are what files and sockets have; an answer is never compared.
    @SuppressWarnings("ArrayRecordComponent")
    record Page(int status, String contentType, byte[] body, boolean close) {
        static final Page NOT_FOUND = text(404, "Not Found\n", false);

        /** A page of plain text. */
        public static Page text(int status, String text, boolean close) {
            return new Page(status, "text/plain", text.getBytes(StandardCharsets.UTF_8), close);
        }
    }

    /** The page of that path, which has no query and is as the client wrote it; fails if it cannot be made. */
    Future<Page> page(String path);
}
