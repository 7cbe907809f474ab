// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

import java.util.Set;

/** Section codes, annotation keys and property names both directions use. */
final class Names {

    /** Section descriptors. AMQP 1.0 part 3, 3.2. */
    static final int HEADER = 0x70;

    static final int DELIVERY_ANNOTATIONS = 0x71;
    static final int MESSAGE_ANNOTATIONS = 0x72;
    static final int PROPERTIES = 0x73;
    static final int APPLICATION_PROPERTIES = 0x74;
    static final int DATA = 0x75;
    static final int SEQUENCE = 0x76;
    static final int VALUE = 0x77;
    static final int FOOTER = 0x78;

    /** QoS of the publish, ubyte. */
    static final String QOS = "x-opt-mqtt-qos";
    /** RETAIN of the publish, true only. */
    static final String RETAIN = "x-opt-retain-message";
    /** What others call {@link #RETAIN}. */
    static final String RETAIN_ELSEWHERE = "x-opt-retain";
    /** Topic, if the address does not say it. */
    static final String TOPIC = "x-opt-mqtt-topic";
    /** Payload Format Indicator, ubyte. */
    static final String PAYLOAD_FORMAT = "x-opt-mqtt-payload-format";
    /** Content Type that is not ASCII, string. */
    static final String CONTENT_TYPE = "x-opt-mqtt-content-type";
    /** All user properties in order, list of pairs. */
    static final String USER_PROPERTIES = "x-opt-mqtt-user-properties";
    /** Client identifier, string. */
    static final String CLIENT_ID = "x-opt-mqtt-client-id";

    /** What a UUID begins with as a text. */
    static final String URN_UUID = "urn:uuid:";

    /** Content types of bodies that MQTT cannot hold. */
    static final String JSON = "application/json";

    static final String AMQP_ENCODED = "message/vnd.rabbitmq.amqp";

    /** Application properties that Artemis writes for MQTT (MQ-2-3). */
    static final String ARTEMIS = "mqtt.";

    static final String ARTEMIS_CONTENT_TYPE = "mqtt.content.type";
    static final String ARTEMIS_RESPONSE_TOPIC = "mqtt.response.topic";
    static final String ARTEMIS_CORRELATION = "mqtt.correlation.data";
    static final String ARTEMIS_USER_PROPERTY = "mqtt.ordered.user.property.";
    static final String ARTEMIS_QOS = "mqtt.qos.level";
    static final String ARTEMIS_RETAIN = "mqtt.message.retain";
    static final Set<String> ARTEMIS_SINGLE =
            Set.of(ARTEMIS_CONTENT_TYPE, ARTEMIS_RESPONSE_TOPIC, ARTEMIS_CORRELATION, ARTEMIS_QOS, ARTEMIS_RETAIN);

    private Names() {}

    /** Whether a user property is moved to the annotations and back: {@code x-...}, but none that routers read. */
    static boolean isAnnotationOfTheUser(String name) {
        return name.startsWith("x-") && !name.startsWith("x-opt-");
    }
}
