// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.exchange;

import io.linkspan.core.address.Address;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Route;

/**
 * An address an exchange sends to, shared by all of its bindings that name it; it gets one copy of each message. Keeps
 * the record of the address alive (routing ADR-16). Confined to the core's loop.
 */
public final class NextHop {

    private final String text;
    private final Address record;
    private int bindings;
    private long lastMessage;

    NextHop(String text, Address record) {
        this.text = text;
        this.record = record;
    }

    /** The address as it was given. */
    public String text() {
        return text;
    }

    /** The phase it is read in. */
    public int phase() {
        return key().phase();
    }

    /** The identity of the address. */
    public AddressKey key() {
        return record.key();
    }

    /** The way of what is sent to it. */
    public Route route() {
        return record.route();
    }

    Address record() {
        return record;
    }

    void bound() {
        bindings++;
    }

    /** True when the last binding has gone. */
    boolean unbound() {
        return --bindings == 0;
    }

    /** True once per message. */
    boolean firstOf(long message) {
        boolean first = lastMessage != message;
        lastMessage = message;
        return first;
    }
}
