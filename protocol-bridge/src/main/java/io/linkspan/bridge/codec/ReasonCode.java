// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import org.jspecify.annotations.Nullable;

/** The reason codes of MQTT 5.0, 2.4. A code of 0x80 or more is a failure. */
public enum ReasonCode {
    /** Success; in DISCONNECT normal disconnection, in SUBACK granted QoS 0. */
    SUCCESS(0x00),
    /** Granted QoS 1. */
    GRANTED_QOS_1(0x01),
    /** Granted QoS 2. */
    GRANTED_QOS_2(0x02),
    /** DISCONNECT that asks for the will. */
    DISCONNECT_WITH_WILL(0x04),
    /** Nobody took the message. */
    NO_MATCHING_SUBSCRIBERS(0x10),
    /** UNSUBACK for a filter that was not there. */
    NO_SUBSCRIPTION_EXISTED(0x11),
    /** AUTH: the exchange goes on. */
    CONTINUE_AUTHENTICATION(0x18),
    /** AUTH: the client authenticates again. */
    RE_AUTHENTICATE(0x19),
    /** A failure without a better name. */
    UNSPECIFIED_ERROR(0x80),
    /** The bytes do not form a packet. */
    MALFORMED_PACKET(0x81),
    /** A packet that is not allowed here. */
    PROTOCOL_ERROR(0x82),
    /** Valid, and refused by this implementation. */
    IMPLEMENTATION_SPECIFIC_ERROR(0x83),
    /** The version is not served. */
    UNSUPPORTED_PROTOCOL_VERSION(0x84),
    /** The client identifier is not allowed. */
    CLIENT_IDENTIFIER_NOT_VALID(0x85),
    /** Unknown user or wrong password. */
    BAD_USER_NAME_OR_PASSWORD(0x86),
    /** Not allowed to do that. */
    NOT_AUTHORIZED(0x87),
    /** The server cannot serve now. */
    SERVER_UNAVAILABLE(0x88),
    /** The server is busy. */
    SERVER_BUSY(0x89),
    /** The client is banned. */
    BANNED(0x8a),
    /** The server stops. */
    SERVER_SHUTTING_DOWN(0x8b),
    /** The authentication method is not served. */
    BAD_AUTHENTICATION_METHOD(0x8c),
    /** Nothing was heard in one and a half keep alive intervals. */
    KEEP_ALIVE_TIMEOUT(0x8d),
    /** Another connection has the client identifier now. */
    SESSION_TAKEN_OVER(0x8e),
    /** The filter is not well formed. */
    TOPIC_FILTER_INVALID(0x8f),
    /** The topic name is not accepted. */
    TOPIC_NAME_INVALID(0x90),
    /** The packet identifier is in use. */
    PACKET_IDENTIFIER_IN_USE(0x91),
    /** The packet identifier is not known. */
    PACKET_IDENTIFIER_NOT_FOUND(0x92),
    /** More unacknowledged publishes than the Receive Maximum. */
    RECEIVE_MAXIMUM_EXCEEDED(0x93),
    /** A topic alias of 0, above the maximum, or never set. */
    TOPIC_ALIAS_INVALID(0x94),
    /** Larger than the Maximum Packet Size. */
    PACKET_TOO_LARGE(0x95),
    /** Too many messages in a time. */
    MESSAGE_RATE_TOO_HIGH(0x96),
    /** A limit of this server is reached. */
    QUOTA_EXCEEDED(0x97),
    /** Ended by an operator. */
    ADMINISTRATIVE_ACTION(0x98),
    /** The payload is not what its format indicator says. */
    PAYLOAD_FORMAT_INVALID(0x99),
    /** Retained messages are not available. */
    RETAIN_NOT_SUPPORTED(0x9a),
    /** The QoS is above the announced maximum. */
    QOS_NOT_SUPPORTED(0x9b),
    /** Use another server for now. */
    USE_ANOTHER_SERVER(0x9c),
    /** Use another server from now on. */
    SERVER_MOVED(0x9d),
    /** Shared subscriptions are not available. */
    SHARED_SUBSCRIPTIONS_NOT_SUPPORTED(0x9e),
    /** Too many connections in a time. */
    CONNECTION_RATE_EXCEEDED(0x9f),
    /** The time granted to this connection is over. */
    MAXIMUM_CONNECT_TIME(0xa0),
    /** Subscription identifiers are not available. */
    SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED(0xa1),
    /** Wildcard subscriptions are not available. */
    WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED(0xa2);

    private static final @Nullable ReasonCode[] BY_CODE = new @Nullable ReasonCode[256];

    static {
        for (ReasonCode reason : values()) {
            BY_CODE[reason.code] = reason;
        }
    }

    private final int code;

    ReasonCode(int code) {
        this.code = code;
    }

    /** The byte on the wire, 0 .. 255. */
    public int code() {
        return code;
    }

    /** Whether it reports a failure. */
    public boolean isFailure() {
        return code >= 0x80;
    }

    /** The reason with this code, or null if the standard has none. */
    public static @Nullable ReasonCode of(int code) {
        return BY_CODE[code & 0xff];
    }

    /** Whether a client may send this code in PUBACK or PUBREC. MQTT 5.0, 3.4.2.1 and 3.5.2.1. */
    boolean isAllowedInPubackOrPubrec() {
        return switch (this) {
            case SUCCESS,
                    NO_MATCHING_SUBSCRIBERS,
                    UNSPECIFIED_ERROR,
                    IMPLEMENTATION_SPECIFIC_ERROR,
                    NOT_AUTHORIZED,
                    TOPIC_NAME_INVALID,
                    PACKET_IDENTIFIER_IN_USE,
                    QUOTA_EXCEEDED,
                    PAYLOAD_FORMAT_INVALID -> true;
            default -> false;
        };
    }

    /** Whether a client may send this code in PUBREL or PUBCOMP. MQTT 5.0, 3.6.2.1 and 3.7.2.1. */
    boolean isAllowedInPubrelOrPubcomp() {
        return this == SUCCESS || this == PACKET_IDENTIFIER_NOT_FOUND;
    }

    /** Whether a client may send this code in DISCONNECT. MQTT 5.0, 3.14.2.1. */
    boolean isAllowedInClientDisconnect() {
        return switch (this) {
            case SUCCESS,
                    DISCONNECT_WITH_WILL,
                    UNSPECIFIED_ERROR,
                    MALFORMED_PACKET,
                    PROTOCOL_ERROR,
                    IMPLEMENTATION_SPECIFIC_ERROR,
                    TOPIC_NAME_INVALID,
                    RECEIVE_MAXIMUM_EXCEEDED,
                    TOPIC_ALIAS_INVALID,
                    PACKET_TOO_LARGE,
                    MESSAGE_RATE_TOO_HIGH,
                    QUOTA_EXCEEDED,
                    ADMINISTRATIVE_ACTION,
                    PAYLOAD_FORMAT_INVALID -> true;
            default -> false;
        };
    }
}
