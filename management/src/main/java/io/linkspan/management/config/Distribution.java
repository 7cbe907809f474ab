// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

/** How messages to an address are distributed over its receivers. */
public enum Distribution {
    MULTICAST,
    CLOSEST,
    BALANCED,
    /** To nobody: links to the address are refused. */
    UNAVAILABLE
}
