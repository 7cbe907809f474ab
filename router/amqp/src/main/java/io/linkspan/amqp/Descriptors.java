// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import java.util.Map;

/** Descriptor codes of AMQP 1.0 and the symbols that may stand in their place. */
final class Descriptors {
    static final int OPEN = 0x10;
    static final int BEGIN = 0x11;
    static final int ATTACH = 0x12;
    static final int FLOW = 0x13;
    static final int TRANSFER = 0x14;
    static final int DISPOSITION = 0x15;
    static final int DETACH = 0x16;
    static final int END = 0x17;
    static final int CLOSE = 0x18;

    static final int SOURCE = 0x28;
    static final int TARGET = 0x29;
    static final int COORDINATOR = 0x30;

    static final int SASL_MECHANISMS = 0x40;
    static final int SASL_INIT = 0x41;
    static final int SASL_CHALLENGE = 0x42;
    static final int SASL_RESPONSE = 0x43;
    static final int SASL_OUTCOME = 0x44;

    private static final Map<String, Integer> BY_SYMBOL = Map.ofEntries(
            Map.entry("amqp:open:list", OPEN),
            Map.entry("amqp:begin:list", BEGIN),
            Map.entry("amqp:attach:list", ATTACH),
            Map.entry("amqp:flow:list", FLOW),
            Map.entry("amqp:transfer:list", TRANSFER),
            Map.entry("amqp:disposition:list", DISPOSITION),
            Map.entry("amqp:detach:list", DETACH),
            Map.entry("amqp:end:list", END),
            Map.entry("amqp:close:list", CLOSE),
            Map.entry("amqp:error:list", AmqpError.DESCRIPTOR),
            Map.entry("amqp:received:list", DeliveryState.RECEIVED),
            Map.entry("amqp:accepted:list", DeliveryState.ACCEPTED_CODE),
            Map.entry("amqp:rejected:list", DeliveryState.REJECTED),
            Map.entry("amqp:released:list", DeliveryState.RELEASED_CODE),
            Map.entry("amqp:modified:list", DeliveryState.MODIFIED),
            Map.entry("amqp:source:list", SOURCE),
            Map.entry("amqp:target:list", TARGET),
            Map.entry("amqp:coordinator:list", COORDINATOR),
            Map.entry("amqp:declared:list", DeliveryState.DECLARED),
            Map.entry("amqp:transactional-state:list", DeliveryState.TRANSACTIONAL),
            Map.entry("amqp:sasl-mechanisms:list", SASL_MECHANISMS),
            Map.entry("amqp:sasl-init:list", SASL_INIT),
            Map.entry("amqp:sasl-challenge:list", SASL_CHALLENGE),
            Map.entry("amqp:sasl-response:list", SASL_RESPONSE),
            Map.entry("amqp:sasl-outcome:list", SASL_OUTCOME));

    private Descriptors() {}

    /** The code that a descriptor symbol stands for, or {@link FieldReader#OTHER}. */
    static int codeOf(String symbol) {
        return BY_SYMBOL.getOrDefault(symbol, FieldReader.OTHER);
    }
}
