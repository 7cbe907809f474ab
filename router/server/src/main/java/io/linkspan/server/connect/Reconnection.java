// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.connect;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When and where a connector tries next. Rules CON-06 and CON-07.
 *
 * <p>The first attempt is due at once. After a failed attempt the next is due {@link #AFTER_FAILURE_NS} later, after a
 * connection that had opened {@link #AFTER_OPEN_NS}, and with more than one entry always {@link #BETWEEN_ENTRIES_NS}:
 * these are the original's times, and the longest of them is the cap, since they do not grow. Each entry is tried {@link
 * #TRIES_PER_ENTRY} times before the next; after the last comes the first again. Pure; confined to the connector's loop.
 */
public final class Reconnection {
    /** Time from a failed attempt to the next: 5 s. */
    public static final long AFTER_FAILURE_NS = 5_000_000_000L;

    /** Time from the end of a connection that had opened to the next attempt: 2 s. */
    public static final long AFTER_OPEN_NS = 2_000_000_000L;

    /** Time between attempts when there are several entries: 1 s. */
    public static final long BETWEEN_ENTRIES_NS = 1_000_000_000L;

    /** Attempts on an entry before the next one has its turn. */
    public static final int TRIES_PER_ENTRY = 2;

    /** Most entries, the configured one included; what a peer adds beyond them is left out. */
    public static final int MAX_ENTRIES = 64;

    /** Where to connect to. */
    public record Entry(String host, int port) {
        private static final int MAX_PORT = 65_535;

        /** The place that a peer told, its port a number, {@code amqp} or {@code amqps}; empty if it is none. */
        public static Optional<Entry> told(String host, String port) {
            int number =
                    switch (port) {
                        case "amqp" -> 5672;
                        case "amqps" -> 5671;
                        default -> port.matches("[0-9]{1,5}") ? Integer.parseInt(port) : 0;
                    };
            return host.isEmpty() || number == 0 || number > MAX_PORT
                    ? Optional.empty()
                    : Optional.of(new Entry(host, number));
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    private final List<Entry> configured;
    private final List<Entry> entries = new ArrayList<>();
    private int current;
    private int tries;
    private boolean opened;

    /** Begins with the configured entries, of which there is at least one. */
    public Reconnection(List<Entry> configured) {
        this.configured = List.copyOf(configured);
        entries.addAll(this.configured);
    }

    /** The entry of the present or next attempt. */
    public Entry entry() {
        return entries.get(current);
    }

    /** All entries, the configured ones first. */
    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** An attempt is made now. */
    public void attempted() {
        opened = false;
        tries++;
    }

    /** The peer has opened the connection. */
    public void opened() {
        opened = true;
        tries = 0;
    }

    /**
     * The peer tells other places in its Open: they come behind the configured ones and the present one, and those learnt
     * before are dropped. An empty list only drops.
     */
    public void learnt(List<Entry> told) {
        Entry present = entry();
        entries.clear();
        entries.addAll(configured);
        if (!entries.contains(present)) {
            entries.add(present);
        }
        current = entries.indexOf(present);
        for (Entry entry : told) {
            if (entries.size() < MAX_ENTRIES && !entries.contains(entry)) {
                entries.add(entry);
            }
        }
    }

    /**
     * The attempt failed or the connection has ended.
     *
     * @return nanoseconds until the next attempt, which is on {@link #entry}
     */
    public long ended() {
        boolean hadOpened = opened;
        opened = false;
        if (tries >= TRIES_PER_ENTRY) {
            tries = 0;
            current = (current + 1) % entries.size();
        }
        if (entries.size() > 1) {
            return BETWEEN_ENTRIES_NS;
        }
        return hadOpened ? AFTER_OPEN_NS : AFTER_FAILURE_NS;
    }
}
