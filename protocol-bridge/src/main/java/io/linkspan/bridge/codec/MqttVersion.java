// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

/** A version of the protocol, as the first packet of a connection names it. */
public enum MqttVersion {
    /** MQTT 3.1: protocol name {@code MQIsdp}, level 3. */
    V3_1("MQIsdp", 3, "mqtt-3.1"),
    /** MQTT 3.1.1: protocol name {@code MQTT}, level 4. */
    V3_1_1("MQTT", 4, "mqtt-3.1.1"),
    /** MQTT 5.0: protocol name {@code MQTT}, level 5. */
    V5_0("MQTT", 5, "mqtt-5.0");

    private final String protocolName;
    private final int level;
    private final String label;

    MqttVersion(String protocolName, int level, String label) {
        this.protocolName = protocolName;
        this.level = level;
        this.label = label;
    }

    /** The name in CONNECT. */
    public String protocolName() {
        return protocolName;
    }

    /** The level in CONNECT. */
    public int level() {
        return level;
    }

    /** How management shows it: {@code mqtt-3.1}, {@code mqtt-3.1.1}, {@code mqtt-5.0}. */
    public String label() {
        return label;
    }

    /** Whether packets carry properties and answers carry reason codes. */
    public boolean isV5() {
        return this == V5_0;
    }
}
