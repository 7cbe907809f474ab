// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What became of each message of a network in trouble, at its sender and at its receivers. A message is a text that tells
 * its number and has a length of its own, so that an incomplete one shows. Confined to one loop.
 */
final class TrafficLedger {

    /** Of a message that keeps to the network as it is, and one that meets trouble. */
    enum Times {
        QUIET,
        TROUBLED
    }

    private static final class Entry {
        private final String address;
        private final boolean multicast;
        private final Times times;
        private final int length;
        /** By receiver: how often it came to the client that last had it, and which client of that place this was. */
        private final byte[] arrivals;

        private final byte[] clients;
        private int arrived;
        private boolean cameTwice;
        private @Nullable String outcome;
        private boolean lost;

        private Entry(String address, boolean multicast, Times times, int length, int receivers) {
            this.address = address;
            this.multicast = multicast;
            this.times = times;
            this.length = length;
            arrivals = new byte[receivers];
            clients = new byte[receivers];
        }

        private void arrive(int receiver, byte client) {
            arrived++;
            if (clients[receiver] != client) {
                clients[receiver] = client;
                arrivals[receiver] = 0;
            }
            cameTwice |= ++arrivals[receiver] > 1;
        }

        @Override
        public String toString() {
            return times + " message to " + address + ", arrivals " + arrived + " " + Arrays.toString(arrivals)
                    + ", outcome " + outcome + (lost ? ", its sender's connection was lost" : "");
        }
    }

    private final int receivers;
    private final byte[] clients;
    private final List<Entry> entries = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private Times times = Times.TROUBLED;
    private int checkedUpTo;
    private int open;
    private int ended;
    private long arrivals;
    private long lost;

    TrafficLedger(int receivers) {
        this.receivers = receivers;
        clients = new byte[receivers];
    }

    /** Another client takes a receiver's place; what the former one got may come to it, too. */
    void replaced(int receiver) {
        clients[receiver]++;
    }

    /** Messages are of these times from now on. */
    void begin(Times now) {
        times = now;
    }

    /** The text of the next message; it is counted as sent. */
    String send(String address, boolean multicast, int length) {
        String text = entries.size() + ":";
        text += "x".repeat(Math.max(0, length - text.length()));
        entries.add(new Entry(address, multicast, times, text.length(), receivers));
        open++;
        return text;
    }

    /** The number of the message just made by {@link #send}. */
    int last() {
        return entries.size() - 1;
    }

    void arrived(String text, int receiver, String address) {
        Entry entry = entries.get(Integer.parseInt(text.substring(0, text.indexOf(':'))));
        arrivals++;
        entry.arrive(receiver, clients[receiver]);
        if (text.length() != entry.length) {
            broken.add("came with " + text.length() + " of " + entry.length + " characters: " + entry);
        }
        if (!entry.address.equals(address)) {
            broken.add("came to " + address + ": " + entry);
        }
    }

    void outcome(int number, String outcome) {
        Entry entry = entries.get(number);
        if (entry.outcome != null || entry.lost) {
            broken.add("ended again as " + outcome + ": " + entry);
            return;
        }
        entry.outcome = outcome;
        outcomes.merge(outcome, 1, Integer::sum);
        ended++;
        open--;
    }

    /** The connection of its sender was lost before it heard. */
    void lost(int number) {
        entries.get(number).lost = true;
        lost++;
        open--;
    }

    /** Something else that must not be. */
    void broken(String what) {
        broken.add(what);
    }

    /** Messages whose senders still wait. */
    int open() {
        return open;
    }

    /** Whether a message has come to every receiver. */
    boolean cameToAll(int number) {
        for (byte count : entries.get(number).arrivals) {
            if (count == 0) {
                return false;
            }
        }
        return true;
    }

    /** Messages that have an outcome. */
    int ended() {
        return ended;
    }

    /** What was broken, once nothing is under way; the messages looked at here are not looked at again. */
    List<String> broken() {
        for (; checkedUpTo < entries.size(); checkedUpTo++) {
            Entry entry = entries.get(checkedUpTo);
            String wrong = wrong(entry);
            if (!wrong.isEmpty()) {
                broken.add("message " + checkedUpTo + " " + wrong + ": " + entry);
            }
        }
        return broken;
    }

    private String wrong(Entry entry) {
        int arrived = entry.arrived;
        boolean accepted = "Accepted".equals(entry.outcome);
        if (entry.outcome == null && !entry.lost) {
            return "has no outcome";
        }
        if (!entry.lost && !accepted && !"Released".equals(entry.outcome) && !"Modified".equals(entry.outcome)) {
            return "has an outcome that nobody gave";
        }
        if (accepted && arrived == 0) {
            return "was accepted by nobody";
        }
        if (!entry.multicast) {
            if (arrived > 1) {
                return "came more than once";
            }
            if ("Released".equals(entry.outcome) && arrived > 0) {
                return "was released though it came";
            }
        }
        if (entry.cameTwice) {
            return "came more than once to one receiver";
        }
        if (entry.times == Times.TROUBLED) {
            return "";
        }
        return accepted && arrived == (entry.multicast ? receivers : 1) ? "" : "did not go well in quiet times";
    }

    String summary() {
        return "messages " + entries.size() + ", arrivals " + arrivals + ", outcomes " + outcomes
                + ", connections lost before the outcome " + lost;
    }
}
