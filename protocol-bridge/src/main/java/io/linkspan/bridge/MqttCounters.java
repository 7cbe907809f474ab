// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge;

import io.linkspan.bridge.codec.ReasonCode;
import java.util.EnumMap;
import java.util.Map;

/**
 * What happened at the MQTT clients of a router (MQ-5-25). Plain counts, raised as things happen. Confined to one loop.
 */
public final class MqttCounters {
    /** Clients that were let in. */
    public long connects;
    /** Clients that are connected now. */
    public long clients;
    /** Older connections ended by a newer one with the same client identifier. */
    public long takeovers;
    /** Wills that were published. */
    public long wills;
    /** Publishes no receiver matched. */
    public long unroutable;
    /** Publishes that were tried again. */
    public long retries;
    /** Packets that broke a rule. */
    public long violations;
    /** Publishes of clients, by QoS. */
    private final long[] publishesIn = new long[3];
    /** Publishes to clients, by QoS. */
    private final long[] publishesOut = new long[3];

    private final Map<DropCause, long[]> drops = new EnumMap<>(DropCause.class);
    private final Map<ReasonCode, long[]> refusals = new EnumMap<>(ReasonCode.class);

    /** Counters at zero. */
    public MqttCounters() {
        for (DropCause cause : DropCause.values()) {
            drops.put(cause, new long[1]);
        }
        for (ReasonCode code : ReasonCode.values()) {
            refusals.put(code, new long[1]);
        }
    }

    /** A client published. */
    public void publishIn(int qos) {
        publishesIn[qos]++;
    }

    /** A client was sent a publish. */
    public void publishOut(int qos) {
        publishesOut[qos]++;
    }

    /** Something was dropped. */
    public void drop(DropCause cause) {
        drop(cause, 1);
    }

    /** Several things were dropped. */
    public void drop(DropCause cause, int count) {
        count(drops, cause, count);
    }

    /** A client was not let in. */
    public void refuse(ReasonCode code) {
        count(refusals, code, 1);
    }

    private static <K> void count(Map<K, long[]> counts, K key, int more) {
        long[] count = counts.get(key);
        if (count != null) {
            count[0] += more;
        }
    }

    /** Publishes of clients with a QoS. */
    public long publishesIn(int qos) {
        return publishesIn[qos];
    }

    /** Publishes to clients with a QoS. */
    public long publishesOut(int qos) {
        return publishesOut[qos];
    }

    /** What was dropped for a cause. */
    public long dropped(DropCause cause) {
        return read(drops, cause);
    }

    /** Clients that were not let in, by the code they were told. */
    public long refused(ReasonCode code) {
        return read(refusals, code);
    }

    private static <K> long read(Map<K, long[]> counts, K key) {
        long[] count = counts.get(key);
        return count == null ? 0 : count[0];
    }
}
