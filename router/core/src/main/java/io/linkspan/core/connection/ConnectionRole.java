// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.connection;

/** What a listener or connector is for. Routing CON-15. */
public enum ConnectionRole {
    /** Clients. */
    NORMAL("normal"),
    /** Brokers and other containers that serve link routes and auto-links. */
    ROUTE_CONTAINER("route-container"),
    /** Other interior routers. */
    INTER_ROUTER("inter-router"),
    /** Edge routers, and from them. */
    EDGE("edge");

    private final String text;

    ConnectionRole(String text) {
        this.text = text;
    }

    /** The word of configuration and management. */
    @Override
    public String toString() {
        return text;
    }
}
