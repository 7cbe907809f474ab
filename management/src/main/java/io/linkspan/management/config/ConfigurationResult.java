// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.List;
import java.util.Optional;

/**
 * What became of reading a configuration.
 *
 * @param configuration the configuration; empty if a problem is fatal
 * @param problems all problems, in the order of their lines
 */
public record ConfigurationResult(Optional<RouterConfiguration> configuration, List<Problem> problems) {
    /** True if nothing is wrong: warnings and advice at most. {@code check} and {@code --strict} fail otherwise. */
    public boolean isSound() {
        return problems.stream().noneMatch(p -> p.severity() == Severity.FATAL || p.severity() == Severity.ERROR);
    }
}
