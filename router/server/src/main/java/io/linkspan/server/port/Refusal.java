// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

/** Why a port ended a connection before an engine took it. */
public enum Refusal {
    /** {@code policy.maxConnections} sockets are open already. */
    TOO_MANY("the limit of connections is reached"),
    /** The peer's address is not of the family that the listener is for. */
    FAMILY("address of another family than the listener's"),
    /** The first bytes are those of a protocol that the listener does not name. */
    NOT_SERVED("protocol is not served on this port"),
    /** A TLS record where no TLS is configured. */
    TLS_NOT_OFFERED("TLS on a port without TLS"),
    /** Plain bytes where TLS is demanded. */
    TLS_REQUIRED("plain connection on a port that requires TLS"),
    /** The TLS handshake failed. */
    TLS_FAILED("TLS handshake failed"),
    /** Nothing known begins like this. */
    UNKNOWN_PROTOCOL("first bytes belong to no known protocol"),
    /** Too few bytes came in time. */
    SILENT("no protocol within the time limit"),
    /** No HTTP request that can be understood. */
    BAD_REQUEST("bad HTTP request"),
    /** WebSocket with subprotocols that are not served here. */
    SUBPROTOCOL("WebSocket subprotocol is not served on this port"),
    /** WebSocket where it is switched off. */
    NO_WEB_SOCKET("WebSocket is switched off on this port"),
    /** WebSocket frames that break the rules. */
    BAD_FRAME("WebSocket frames break the rules");

    private final String text;

    Refusal(String text) {
        this.text = text;
    }

    /** The reason in words, for the log. */
    public String text() {
        return text;
    }
}
