// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.trace;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names of the described lists of AMQP 1.0 (parts 2, 3 and 5), and of their fields. */
record Fields(String name, int code, List<String> fields) {
    private static final Map<Long, Fields> BY_CODE = new HashMap<>();
    private static final Map<String, Fields> BY_SYMBOL = new HashMap<>();

    static {
        add(
                0x10,
                "open",
                "container-id hostname max-frame-size channel-max idle-time-out outgoing-locales"
                        + " incoming-locales offered-capabilities desired-capabilities properties");
        add(
                0x11,
                "begin",
                "remote-channel next-outgoing-id incoming-window outgoing-window handle-max"
                        + " offered-capabilities desired-capabilities properties");
        add(
                0x12,
                "attach",
                "name handle role snd-settle-mode rcv-settle-mode source target unsettled"
                        + " incomplete-unsettled initial-delivery-count max-message-size offered-capabilities"
                        + " desired-capabilities properties");
        add(
                0x13,
                "flow",
                "next-incoming-id incoming-window next-outgoing-id outgoing-window handle delivery-count"
                        + " link-credit available drain echo properties");
        add(
                0x14,
                "transfer",
                "handle delivery-id delivery-tag message-format settled more rcv-settle-mode state"
                        + " resume aborted batchable");
        add(0x15, "disposition", "role first last settled state batchable");
        add(0x16, "detach", "handle closed error");
        add(0x17, "end", "error");
        add(0x18, "close", "error");
        add(0x1d, "error", "condition description info");
        add(0x23, "received", "section-number section-offset");
        add(0x24, "accepted", "");
        add(0x25, "rejected", "error");
        add(0x26, "released", "");
        add(0x27, "modified", "delivery-failed undeliverable-here message-annotations");
        add(
                0x28,
                "source",
                "address durable expiry-policy timeout dynamic dynamic-node-properties distribution-mode"
                        + " filter default-outcome outcomes capabilities");
        add(0x29, "target", "address durable expiry-policy timeout dynamic dynamic-node-properties capabilities");
        add(0x2b, "delete-on-close", "");
        add(0x2c, "delete-on-no-links", "");
        add(0x2d, "delete-on-no-messages", "");
        add(0x2e, "delete-on-no-links-or-messages", "");
        add(0x30, "coordinator", "capabilities");
        add(0x33, "declared", "txn-id");
        add(0x34, "transactional-state", "txn-id outcome");
        add(0x40, "sasl-mechanisms", "sasl-server-mechanisms");
        add(0x41, "sasl-init", "mechanism initial-response hostname");
        add(0x42, "sasl-challenge", "challenge");
        add(0x43, "sasl-response", "response");
        add(0x44, "sasl-outcome", "code additional-data");
    }

    private static void add(int code, String name, String fields) {
        Fields added = new Fields(name, code, fields.isEmpty() ? List.of() : List.of(fields.split(" ", -1)));
        BY_CODE.put((long) code, added);
        BY_SYMBOL.put("amqp:" + name + ":list", added);
    }

    static @Nullable Fields of(long code) {
        return BY_CODE.get(code);
    }

    static @Nullable Fields of(String symbol) {
        return BY_SYMBOL.get(symbol);
    }
}
