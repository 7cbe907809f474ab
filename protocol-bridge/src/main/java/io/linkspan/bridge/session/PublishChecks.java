// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.DropCause;
import io.linkspan.bridge.codec.Property;
import io.linkspan.bridge.codec.PropertyView;
import io.linkspan.bridge.codec.PublishPacket;
import io.linkspan.bridge.codec.ReasonCode;
import io.linkspan.bridge.text.Utf8Stream;
import org.jspecify.annotations.Nullable;

/** What may not be published, and how it is answered (MQ-1-19, 6-27). One per connection. */
final class PublishChecks {

    private final MqttBridge bridge;
    private final boolean isV5;
    private final Utf8Stream text = new Utf8Stream();

    PublishChecks(MqttBridge bridge, boolean isV5) {
        this.bridge = bridge;
        this.isV5 = isV5;
    }

    /**
     * The answer to a publish that goes nowhere, or null if it goes its way. One of QoS 0 is counted instead of
     * answered; clients before MQTT 5.0 get a positive answer.
     *
     * @param isWhole whether the payload is here and can be looked at
     */
    @Nullable
    ReasonCode refusal(PublishPacket packet, boolean isWhole) {
        String topic = packet.topic().name();
        if (topic.charAt(0) == '$') {
            if (isBelow(topic, "$share")) {
                return refuse(packet.qos(), DropCause.REFUSED_TOPIC, ReasonCode.TOPIC_NAME_INVALID);
            }
            if (isBelow(topic, "$SYS")) {
                return refuse(packet.qos(), DropCause.REFUSED_TOPIC, ReasonCode.NOT_AUTHORIZED);
            }
        }
        if (isWhole && checksText(packet.properties())) {
            text.reset();
            if (!text.accept(packet.buffer(), packet.payloadStart(), packet.payloadLength()) || !text.complete()) {
                return refusePayload(packet.qos());
            }
        }
        return null;
    }

    /** The answer to a payload that is not the text it says it is. */
    ReasonCode refusePayload(int qos) {
        return refuse(qos, DropCause.PAYLOAD_FORMAT, ReasonCode.PAYLOAD_FORMAT_INVALID);
    }

    /** Whether a payload has to be looked at. */
    boolean checksText(PropertyView properties) {
        return bridge.settings().validatePayloadFormat()
                && properties.number(Property.PAYLOAD_FORMAT_INDICATOR, 0) == 1;
    }

    private ReasonCode refuse(int qos, DropCause cause, ReasonCode code) {
        if (qos == 0) {
            bridge.counters().drop(cause);
        }
        return isV5 ? code : ReasonCode.SUCCESS;
    }

    private static boolean isBelow(String topic, String first) {
        return topic.startsWith(first) && (topic.length() == first.length() || topic.charAt(first.length()) == '/');
    }
}
