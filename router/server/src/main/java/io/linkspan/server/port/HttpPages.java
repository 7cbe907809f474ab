// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

/** What HTTP serves: a function of the path. Called on the port's loop and answered at once. */
@FunctionalInterface
public interface HttpPages {
    /**
     * An answer.
     *
     * @param status HTTP status
     * @param contentType media type of the body
     * @param body the body
     * @param close whether the connection ends with this answer
     */
    record Page(int status, String contentType, String body, boolean close) {
        static final Page NOT_FOUND = new Page(404, "text/plain", "Not Found\n", false);
    }

    /** The page of that path; the path has no query. */
    Page page(String path);
}
