// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

/** Status codes of management answers, with the description they have when there is no better one. */
public enum Status {
    OK(200, "OK"),
    CREATED(201, "Created"),
    NO_CONTENT(204, "No Content"),
    BAD_REQUEST(400, "Bad Request"),
    FORBIDDEN(403, "Forbidden"),
    NOT_FOUND(404, "Not Found"),
    INTERNAL_SERVER_ERROR(500, "Internal Server Error"),
    NOT_IMPLEMENTED(501, "Not Implemented");

    private final int code;
    private final String description;

    Status(int code, String description) {
        this.code = code;
        this.description = description;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** The usual words for it. */
    public String description() {
        return description;
    }
}
