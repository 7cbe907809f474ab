// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.bridge.codec.ReasonCode;
import org.jspecify.annotations.Nullable;

/** What a receiver's rejection is for an MQTT publisher. Bridge specification, 3.1. */
final class OutcomeCodes {

    private OutcomeCodes() {}

    /**
     * The code of a rejected publish.
     *
     * @param saysText whether its Payload Format Indicator was 1
     */
    static ReasonCode ofRejected(@Nullable AmqpError error, boolean saysText) {
        if (error == null) {
            return ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR;
        }
        if (error.is(ErrorCondition.UNAUTHORIZED_ACCESS) || error.is(ErrorCondition.NOT_ALLOWED)) {
            return ReasonCode.NOT_AUTHORIZED;
        }
        if (error.is(ErrorCondition.RESOURCE_LIMIT_EXCEEDED) || error.is(ErrorCondition.MESSAGE_SIZE_EXCEEDED)) {
            // PUBACK has no 0x95; clients that check end the connection over it (MQTT 5.0, 3.4.2.1).
            return ReasonCode.QUOTA_EXCEEDED;
        }
        if (error.is(ErrorCondition.DECODE_ERROR) || error.is(ErrorCondition.INVALID_FIELD)) {
            return saysText ? ReasonCode.PAYLOAD_FORMAT_INVALID : ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR;
        }
        return ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR;
    }

    /** Condition and description, for the Reason String. */
    static @Nullable String textOf(DeliveryState state) {
        AmqpError error = state.error();
        if (error == null) {
            return null;
        }
        String description = error.description();
        return description == null ? error.condition().toString() : error.condition() + " " + description;
    }
}
