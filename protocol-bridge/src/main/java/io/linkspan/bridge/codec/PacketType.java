// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

/** The control packets with their code, the upper half of a packet's first byte. MQTT 5.0, 2.1.2. */
public final class PacketType {

    /** Opens a connection. */
    public static final int CONNECT = 1;
    /** The server's answer to CONNECT. */
    public static final int CONNACK = 2;
    /** A message. */
    public static final int PUBLISH = 3;
    /** Ends a QoS 1 exchange. */
    public static final int PUBACK = 4;
    /** Second packet of a QoS 2 exchange. */
    public static final int PUBREC = 5;
    /** Third packet of a QoS 2 exchange. */
    public static final int PUBREL = 6;
    /** Ends a QoS 2 exchange. */
    public static final int PUBCOMP = 7;
    /** Asks for subscriptions. */
    public static final int SUBSCRIBE = 8;
    /** The server's answer to SUBSCRIBE. */
    public static final int SUBACK = 9;
    /** Ends subscriptions. */
    public static final int UNSUBSCRIBE = 10;
    /** The server's answer to UNSUBSCRIBE. */
    public static final int UNSUBACK = 11;
    /** Sign of life. */
    public static final int PINGREQ = 12;
    /** The server's answer to PINGREQ. */
    public static final int PINGRESP = 13;
    /** The last packet of a connection. */
    public static final int DISCONNECT = 14;
    /** A step of an enhanced authentication; MQTT 5.0 only. */
    public static final int AUTH = 15;

    private static final String[] NAMES = {
        "reserved",
        "CONNECT",
        "CONNACK",
        "PUBLISH",
        "PUBACK",
        "PUBREC",
        "PUBREL",
        "PUBCOMP",
        "SUBSCRIBE",
        "SUBACK",
        "UNSUBSCRIBE",
        "UNSUBACK",
        "PINGREQ",
        "PINGRESP",
        "DISCONNECT",
        "AUTH"
    };

    private PacketType() {}

    /** The packet's name as the standard writes it. */
    public static String name(int type) {
        return NAMES[type & 15];
    }
}
