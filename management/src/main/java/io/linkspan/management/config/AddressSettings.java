// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import org.jspecify.annotations.Nullable;

/**
 * An address section.
 *
 * @param name its name: as given, or {@code address/N}
 * @param prefix levels that its addresses begin with, no separators around; null if a pattern is given
 * @param pattern pattern that its addresses match, no separators around; null if a prefix is given
 * @param distribution how messages are distributed
 * @param ingressPhase phase for senders, 0 to 9
 * @param egressPhase phase for receivers, 0 to 9
 * @param priority priority of messages that name none, 0 to 9; -1 if the address has none
 * @param enableFallback whether a fallback destination is used
 * @param mqttPattern whether receivers on its addresses may use wildcards
 * @param resendReleased whether released messages go to another receiver
 * @param expireQueued whether messages that wait may become too old
 * @param releaseAfterSeconds seconds after which an unsettled message is taken back; 0 for never
 */
public record AddressSettings(
        String name,
        @Nullable String prefix,
        @Nullable String pattern,
        Distribution distribution,
        int ingressPhase,
        int egressPhase,
        int priority,
        boolean enableFallback,
        boolean mqttPattern,
        boolean resendReleased,
        boolean expireQueued,
        int releaseAfterSeconds) {
    /** What it matches as a pattern: a prefix p matches as p/#. */
    public String effectivePattern() {
        return pattern != null ? pattern : prefix + "/#";
    }

    /** True if senders and receivers are in different phases. */
    public boolean isWaypoint() {
        return ingressPhase != egressPhase;
    }
}
