// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

import io.linkspan.mesh.message.Hello;
import io.linkspan.mesh.message.LinkStateRequest;
import io.linkspan.mesh.message.LinkStateUpdate;
import io.linkspan.mesh.message.MeshMessage;
import io.linkspan.mesh.message.MobileAddressUpdate;
import io.linkspan.mesh.message.RouterAdvertisement;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** CPU time of calls of an engine, in nanoseconds, by what was told to it. What the engine sends is not in it. */
final class EventTimes {

    /** What is told to an engine. */
    enum Kind {
        TICK,
        HELLO,
        RA,
        LSU,
        LSR,
        MAU,
        MAR,
        CONNECTION_UP,
        CONNECTION_DOWN,
        ADDRESS;

        static Kind of(MeshMessage message) {
            return message instanceof Hello
                    ? HELLO
                    : message instanceof RouterAdvertisement
                            ? RA
                            : message instanceof LinkStateUpdate
                                    ? LSU
                                    : message instanceof LinkStateRequest
                                            ? LSR
                                            : message instanceof MobileAddressUpdate ? MAU : MAR;
        }
    }

    /** Of one kind. */
    private static final class OfKind {
        private long calls;
        private long total;
        private long longest;
        /** How many calls took a time up to the upper end of each bucket; four buckets double the time. */
        private final long[] buckets = new long[4 * Long.SIZE];

        private void add(long tookNs) {
            calls++;
            total += tookNs;
            longest = Math.max(longest, tookNs);
            buckets[bucket(tookNs)]++;
        }

        private static int bucket(long ns) {
            if (ns < 4) {
                return 0;
            }
            int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(ns);
            return 4 * octave + (int) (ns >>> (octave - 2) & 3);
        }

        private static long upperEnd(int bucket) {
            return bucket < 8 ? 4 : (5L + (bucket & 3)) << ((bucket >> 2) - 2);
        }

        private long quantile(double share) {
            long rank = (long) Math.ceil(share * calls);
            long seen = 0;
            for (int at = 0; at < buckets.length; at++) {
                seen += buckets[at];
                if (seen >= rank) {
                    return Math.min(longest, upperEnd(at));
                }
            }
            return longest;
        }
    }

    private final Map<Kind, OfKind> kinds = new EnumMap<>(Kind.class);

    void add(Kind kind, long tookNs) {
        kinds.computeIfAbsent(kind, unused -> new OfKind()).add(tookNs);
    }

    /** Of all kinds together. */
    long total() {
        return kinds.values().stream().mapToLong(kind -> kind.total).sum();
    }

    /** Prints a line for each kind: calls, mean, quantiles, longest. */
    void print(PrintStream out) {
        kinds.forEach((kind, times) -> out.printf(
                Locale.ROOT,
                "%24s %9d calls, microseconds: mean %8.1f, half %8.1f, 99 %% %8.1f, 99.99 %% %8.1f, longest %9.1f%n",
                kind,
                times.calls,
                times.total / 1e3 / times.calls,
                times.quantile(0.5) / 1e3,
                times.quantile(0.99) / 1e3,
                times.quantile(0.9999) / 1e3,
                times.longest / 1e3));
    }
}
