// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

/** How grave a problem of a configuration is; the gravest first. */
public enum Severity {
    /** The router does not start. */
    FATAL,
    /** The entity or value is left out and start goes on; {@code check} and {@code --strict} fail. */
    ERROR,
    /** Taken as it is, but worth a look. */
    WARNING,
    /** Correct, but perhaps not what is meant; told by {@code check} alone. */
    ADVICE
}
