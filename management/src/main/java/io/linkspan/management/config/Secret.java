// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

/**
 * A password that does not show itself in logs.
 *
 * @param text the password in plain text
 */
public record Secret(String text) {
    @Override
    public String toString() {
        return SectionAttribute.MASK;
    }
}
