// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.amqp.Cause;
import io.linkspan.bridge.codec.ReasonCode;

/**
 * How a connection ends.
 *
 * @param kind who ends it, and how politely
 * @param code why, in the words of MQTT 5.0
 * @param reason a sentence for the log
 * @param publishesWill whether the client's will is due (MQ-4-18)
 */
record Ending(Kind kind, ReasonCode code, String reason, boolean publishesWill) {

    enum Kind {
        /** The client said goodbye. */
        GOODBYE,
        /** The socket broke. */
        LOST,
        /** We end it and say why. */
        TOLD,
        /** The CONNECT is refused. */
        REFUSED,
        /** Nothing is sent: the peer did not speak MQTT so far. */
        SILENT,
        /** At once, in the middle of a packet. */
        DROPPED,
        /** The router stops. */
        SHUTDOWN
    }

    static Ending because(ReasonCode code, String reason) {
        return new Ending(Kind.TOLD, code, reason, true);
    }

    static Ending refused(ReasonCode code, String reason) {
        return new Ending(Kind.REFUSED, code, reason, false);
    }

    static Ending silent(ReasonCode code, String reason) {
        return new Ending(Kind.SILENT, code, reason, false);
    }

    static Ending dropped(String reason) {
        return new Ending(Kind.DROPPED, ReasonCode.UNSPECIFIED_ERROR, reason, true);
    }

    static Ending lost() {
        return new Ending(Kind.LOST, ReasonCode.UNSPECIFIED_ERROR, "the connection was lost", true);
    }

    static Ending goodbye(ReasonCode code, String reason) {
        return new Ending(Kind.GOODBYE, code, reason, code != ReasonCode.SUCCESS);
    }

    static Ending shutdown(boolean publishesWill) {
        return new Ending(Kind.SHUTDOWN, ReasonCode.SERVER_SHUTTING_DOWN, "the router is shutting down", publishesWill);
    }

    boolean isDrop() {
        return kind == Kind.DROPPED;
    }

    /** Whether a last packet is sent. */
    boolean says() {
        return kind == Kind.TOLD || kind == Kind.REFUSED || kind == Kind.SHUTDOWN;
    }

    boolean isReasonForClient() {
        return kind == Kind.TOLD;
    }

    boolean isRefusal() {
        return kind == Kind.REFUSED;
    }

    boolean isOrderly() {
        return kind == Kind.GOODBYE;
    }

    Cause cause() {
        return switch (kind) {
            case GOODBYE -> Cause.CONNECTION_CLOSED;
            case LOST -> Cause.CONNECTION_LOST;
            case SHUTDOWN, DROPPED -> Cause.LOCAL;
            case TOLD, REFUSED, SILENT -> Cause.VIOLATION;
        };
    }
}
