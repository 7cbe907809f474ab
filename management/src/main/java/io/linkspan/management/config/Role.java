// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

/** Role of a listener or connector: whom it connects to. */
public enum Role {
    NORMAL("normal"),
    INTER_ROUTER("inter-router"),
    ROUTE_CONTAINER("route-container"),
    EDGE("edge");

    private final String tag;

    Role(String tag) {
        this.tag = tag;
    }

    /** The word for it in files and answers. */
    public String tag() {
        return tag;
    }

    static Role of(String tag) {
        for (Role role : values()) {
            if (role.tag.equals(tag)) {
                return role;
            }
        }
        throw new IllegalStateException("role " + tag);
    }
}
