// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of each message of a round, at its sender and at its receivers. Messages are bytes that tell their number and
 * length, so that a mixed-up or incomplete one shows. Confined to one loop.
 */
final class MixLedger {

    /** Bytes in front of a body: a data section with a length of four octets. */
    private static final int SECTION_BYTES = 7;

    /** Number and length of the body, at its end. */
    private static final int TRAILER_BYTES = 8;

    /** One message. */
    static final class Entry {
        private final String address;
        private final boolean oneReceiver;
        private final boolean settled;
        private boolean lostByUs;
        private @Nullable String outcome;
        private @Nullable String answer;
        private boolean answerIsDoubtful;
        private int arrivals;

        private Entry(String address, boolean oneReceiver, boolean settled) {
            this.address = address;
            this.oneReceiver = oneReceiver;
            this.settled = settled;
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private long arrivals;

    /** The encoded message with the next number; it is counted as sent. */
    byte[] send(String address, boolean oneReceiver, boolean settled, int bodyBytes) {
        int number = entries.size();
        entries.add(new Entry(address, oneReceiver, settled));
        int length = Math.max(TRAILER_BYTES, bodyBytes);
        ByteBuffer message = ByteBuffer.allocate(SECTION_BYTES + length);
        message.put(new byte[] {0, 0x53, 0x75, (byte) 0xb0}).putInt(length);
        message.position(SECTION_BYTES + 1);
        for (int i = 1; i < length - TRAILER_BYTES; i++) {
            message.put((byte) number);
        }
        message.position(SECTION_BYTES + length - TRAILER_BYTES);
        message.putInt(number).putInt(length);
        return message.array();
    }

    /** The number of the message just made by {@link #send}. */
    int last() {
        return entries.size() - 1;
    }

    /** A whole message has come. Gives its number, or -1 when it is none of ours. */
    int arrived(byte[] message, int length, String address) {
        int number = length < SECTION_BYTES + TRAILER_BYTES
                ? -1
                : ByteBuffer.wrap(message).getInt(length - TRAILER_BYTES);
        int body = number < 0 ? 0 : ByteBuffer.wrap(message).getInt(length - TRAILER_BYTES + 4);
        if (number < 0 || number >= entries.size() || body < TRAILER_BYTES || body > length - SECTION_BYTES) {
            broken.add("a message of " + length + " bytes at " + address + " that nobody sent");
            return -1;
        }
        for (int i = length - body + 1; i < length - TRAILER_BYTES; i++) {
            if (message[i] != (byte) number) {
                broken.add("message " + number + " at " + address + " is not what was sent, at byte " + i);
                break;
            }
        }
        Entry entry = entries.get(number);
        arrivals++;
        entry.arrivals++;
        if (!entry.address.equals(address)) {
            broken.add("message " + number + " to " + entry.address + " came to " + address);
        }
        if (entry.oneReceiver && entry.arrivals > 1) {
            broken.add("message " + number + " to " + address + " came " + entry.arrivals + " times");
        }
        return number;
    }

    /** A receiver has said what becomes of a message. */
    void answered(int number, String answer) {
        if (number >= 0) {
            entries.get(number).answer = answer;
        }
    }

    /** The receiver's connection or link ended, so its answer may not have got through. */
    void answerIsDoubtful(int number) {
        if (number >= 0) {
            entries.get(number).answerIsDoubtful = true;
        }
    }

    /** The sender has heard. */
    void outcome(int number, String outcome) {
        Entry entry = entries.get(number);
        if (entry.outcome != null) {
            broken.add(
                    "message " + number + " to " + entry.address + " ended twice: " + entry.outcome + ", " + outcome);
        }
        entry.outcome = outcome;
    }

    /** The sender ended its link before it heard. */
    void lostByUs(int number) {
        entries.get(number).lostByUs = true;
    }

    /** Unsettled messages whose senders still wait. */
    int open() {
        int open = 0;
        for (Entry entry : entries) {
            open += !entry.settled && !entry.lostByUs && entry.outcome == null ? 1 : 0;
        }
        return open;
    }

    /** What was broken, once nothing is under way. */
    List<String> broken() {
        List<String> all = new ArrayList<>(broken);
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.settled || entry.lostByUs) {
                continue;
            }
            if (entry.outcome == null) {
                all.add("message " + i + " to " + entry.address + " has no outcome; it came " + entry.arrivals
                        + " times, the receiver said " + entry.answer);
            } else if (entry.oneReceiver && !entry.outcome.equals(expected(entry)) && !entry.answerIsDoubtful) {
                all.add("message " + i + " to " + entry.address + " ended as " + entry.outcome + ", its receiver said "
                        + entry.answer + ", arrivals " + entry.arrivals);
            }
        }
        return all;
    }

    /** What nobody answered is released or, when it may have been seen, modified; both are fine where nobody answered. */
    private static @Nullable String expected(Entry entry) {
        if (entry.answer != null) {
            return entry.answer;
        }
        return "Released".equals(entry.outcome) || "Modified".equals(entry.outcome) ? entry.outcome : "Released";
    }

    /** What happened, in words. */
    String summary() {
        return "messages " + entries.size() + ", arrivals " + arrivals;
    }

    long sent() {
        return entries.size();
    }

    long arrivals() {
        return arrivals;
    }
}
