// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import static io.linkspan.bridge.codec.PropertyContext.AUTH;
import static io.linkspan.bridge.codec.PropertyContext.CONNECT;
import static io.linkspan.bridge.codec.PropertyContext.DISCONNECT;
import static io.linkspan.bridge.codec.PropertyContext.PUBACK;
import static io.linkspan.bridge.codec.PropertyContext.PUBCOMP;
import static io.linkspan.bridge.codec.PropertyContext.PUBLISH;
import static io.linkspan.bridge.codec.PropertyContext.PUBREC;
import static io.linkspan.bridge.codec.PropertyContext.PUBREL;
import static io.linkspan.bridge.codec.PropertyContext.SUBSCRIBE;
import static io.linkspan.bridge.codec.PropertyContext.UNSUBSCRIBE;
import static io.linkspan.bridge.codec.PropertyContext.WILL;

import org.jspecify.annotations.Nullable;

/**
 * The properties of MQTT 5.0, 2.2.2.2, each with its form on the wire and the packets in which a client may send it. A
 * property that only a server sends is allowed nowhere.
 */
public enum Property {
    /** 1 if the payload is UTF-8 text. */
    PAYLOAD_FORMAT_INDICATOR(0x01, Form.FLAG, PUBLISH, WILL),
    /** Lifetime of the message in seconds. */
    MESSAGE_EXPIRY_INTERVAL(0x02, Form.FOUR_BYTES, PUBLISH, WILL),
    /** What the payload is. */
    CONTENT_TYPE(0x03, Form.TEXT, PUBLISH, WILL),
    /** Where an answer should go. */
    RESPONSE_TOPIC(0x08, Form.TEXT, PUBLISH, WILL),
    /** What an answer should carry. */
    CORRELATION_DATA(0x09, Form.BINARY, PUBLISH, WILL),
    /** The client's number for a subscription. */
    SUBSCRIPTION_IDENTIFIER(0x0b, Form.VARIABLE, SUBSCRIBE),
    /** How long the session outlives the connection, in seconds. */
    SESSION_EXPIRY_INTERVAL(0x11, Form.FOUR_BYTES, CONNECT, DISCONNECT),
    /** The name the server gave to a client without one. */
    ASSIGNED_CLIENT_IDENTIFIER(0x12, Form.TEXT),
    /** The keep alive the server uses, in seconds. */
    SERVER_KEEP_ALIVE(0x13, Form.TWO_BYTES),
    /** Name of an enhanced authentication. */
    AUTHENTICATION_METHOD(0x15, Form.TEXT, CONNECT, AUTH),
    /** A step of an enhanced authentication. */
    AUTHENTICATION_DATA(0x16, Form.BINARY, CONNECT, AUTH),
    /** 0 if the client wants no reason strings. */
    REQUEST_PROBLEM_INFORMATION(0x17, Form.FLAG, CONNECT),
    /** How long a will waits, in seconds. */
    WILL_DELAY_INTERVAL(0x18, Form.FOUR_BYTES, WILL),
    /** 1 if the client wants a topic for answers. */
    REQUEST_RESPONSE_INFORMATION(0x19, Form.FLAG, CONNECT),
    /** The topic for answers. */
    RESPONSE_INFORMATION(0x1a, Form.TEXT),
    /** Another server. */
    SERVER_REFERENCE(0x1c, Form.TEXT),
    /** A sentence about a reason code. */
    REASON_STRING(0x1f, Form.TEXT, PUBACK, PUBREC, PUBREL, PUBCOMP, DISCONNECT, AUTH),
    /** Unacknowledged publishes a peer takes at once. */
    RECEIVE_MAXIMUM(0x21, Form.TWO_BYTES, CONNECT),
    /** Largest topic alias a peer takes. */
    TOPIC_ALIAS_MAXIMUM(0x22, Form.TWO_BYTES, CONNECT),
    /** A number instead of a topic name. */
    TOPIC_ALIAS(0x23, Form.TWO_BYTES, PUBLISH),
    /** The highest QoS served. */
    MAXIMUM_QOS(0x24, Form.FLAG),
    /** 0 if retained messages are not available. */
    RETAIN_AVAILABLE(0x25, Form.FLAG),
    /** A name and a value of the application; the only property that may come more than once. */
    USER_PROPERTY(
            0x26,
            Form.PAIR,
            CONNECT,
            WILL,
            PUBLISH,
            PUBACK,
            PUBREC,
            PUBREL,
            PUBCOMP,
            SUBSCRIBE,
            UNSUBSCRIBE,
            DISCONNECT,
            AUTH),
    /** Largest packet a peer takes, in bytes. */
    MAXIMUM_PACKET_SIZE(0x27, Form.FOUR_BYTES, CONNECT),
    /** 0 if wildcards are not available. */
    WILDCARD_SUBSCRIPTION_AVAILABLE(0x28, Form.FLAG),
    /** 0 if subscription identifiers are not available. */
    SUBSCRIPTION_IDENTIFIER_AVAILABLE(0x29, Form.FLAG),
    /** 0 if shared subscriptions are not available. */
    SHARED_SUBSCRIPTION_AVAILABLE(0x2a, Form.FLAG);

    /** How a value is written. MQTT 5.0, 1.5. */
    enum Form {
        /** One byte, 0 or 1. */
        FLAG,
        /** Two bytes. */
        TWO_BYTES,
        /** Four bytes. */
        FOUR_BYTES,
        /** One to four bytes, seven bits each. */
        VARIABLE,
        /** Two bytes of length, UTF-8. */
        TEXT,
        /** Two bytes of length, bytes. */
        BINARY,
        /** Two texts. */
        PAIR
    }

    /** One more than the largest identifier. */
    static final int LIMIT = 0x2b;

    private static final @Nullable Property[] BY_ID = new @Nullable Property[LIMIT];

    static {
        for (Property property : values()) {
            BY_ID[property.id] = property;
        }
    }

    private final int id;
    private final Form form;
    private final int contexts;

    Property(int id, Form form, PropertyContext... contexts) {
        this.id = id;
        this.form = form;
        int bits = 0;
        for (PropertyContext context : contexts) {
            bits |= context.bit();
        }
        this.contexts = bits;
    }

    /** The identifier on the wire. */
    public int id() {
        return id;
    }

    /** How the value is written. */
    Form form() {
        return form;
    }

    /** Whether a client may send it there. */
    boolean isAllowedIn(PropertyContext context) {
        return (contexts & context.bit()) != 0;
    }

    /** The property with this identifier, or null if the standard has none. */
    static @Nullable Property of(int id) {
        return id < LIMIT ? BY_ID[id] : null;
    }
}
