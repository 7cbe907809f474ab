// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many CONNECTs come from one address of origin (MQ-6-36). Within a second each may send {@code perSecond} at once,
 * and that many in the long run. At most {@link #MAX_ORIGINS} are remembered; the one not seen for longest is forgotten
 * first. Told the time; confined to the loop.
 */
final class ConnectRate {

    /** Origins that are remembered. */
    static final int MAX_ORIGINS = 4_096;

    private static final long SECOND_US = 1_000_000;

    enum Verdict {
        ADMITTED,
        /** Too many, and nobody has said so for a second. */
        REFUSED,
        /** Too many again. */
        REFUSED_AGAIN
    }

    private static final class Origin {
        /** When its share is whole again. */
        private long dueUs;
        /** When a refusal was told last. */
        private long toldUs = -SECOND_US;
    }

    private final long intervalUs;
    private final Map<String, Origin> origins = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Origin> eldest) {
            return size() > MAX_ORIGINS;
        }
    };

    /** A rate of at most a million; 0 is no limit. */
    ConnectRate(int perSecond) {
        intervalUs = perSecond == 0 ? 0 : SECOND_US / perSecond;
    }

    /**
     * Another CONNECT.
     *
     * @param host address and port of its origin
     */
    Verdict admit(String host, long nowMs) {
        if (intervalUs == 0) {
            return Verdict.ADMITTED;
        }
        Origin origin = origins.computeIfAbsent(withoutPort(host), key -> new Origin());
        long nowUs = nowMs * 1_000;
        long usedUs = Math.max(origin.dueUs - nowUs, 0);
        if (usedUs > SECOND_US) {
            usedUs = 0; // The clock was set back.
        }
        if (usedUs + intervalUs <= SECOND_US) {
            origin.dueUs = nowUs + usedUs + intervalUs;
            return Verdict.ADMITTED;
        }
        if (Math.abs(nowUs - origin.toldUs) < SECOND_US) {
            return Verdict.REFUSED_AGAIN;
        }
        origin.toldUs = nowUs;
        return Verdict.REFUSED;
    }

    private static String withoutPort(String host) {
        int end = host.lastIndexOf(':');
        return end < 0 ? host : host.substring(0, end);
    }

    int originCount() {
        return origins.size();
    }
}
