// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge;

import io.linkspan.bridge.codec.ReasonCode;
import io.linkspan.core.connection.Connection;
import org.jspecify.annotations.Nullable;

/**
 * What the bridge has to say to a log. Every event is called on the connection's loop, at the moment it happens; a
 * listener must not call back. All are empty by default.
 */
public interface BridgeEvents {

    /** Nobody listens. */
    BridgeEvents NONE = new BridgeEvents() {};

    /**
     * A client was not let in; worth a warning, since clients hide it (MQ-5-34).
     *
     * @param connection names the origin
     * @param clientId as it sent it; null if its CONNECT could not be read
     * @param user as it sent it, or null
     */
    default void connectRefused(
            Connection connection, @Nullable String clientId, @Nullable String user, ReasonCode code, String reason) {}

    /** A client was let in; its facts are complete. */
    default void clientConnected(Connection connection) {}

    /**
     * A client that was let in is gone.
     *
     * @param code why, in the words of MQTT 5.0
     * @param orderly whether it said goodbye itself
     */
    default void clientGone(Connection connection, ReasonCode code, boolean orderly, String reason) {}

    /** A newer connection took the client identifier of this one. */
    default void takenOver(Connection older, Connection newer) {}

    /** The client asked for a session that outlives the connection, and got one that does not. */
    default void sessionNotKept(Connection connection) {}

    /** A will was published. */
    default void willPublished(Connection connection, String topic) {}

    /** The first topic of a listener whose dots get lost in the address (MQ-1-12). */
    default void topicLosesDots(Connection connection, String topic) {}

    /** Management or the router ends a link of a client; MQTT has none, so the connection ends. */
    default void linkEnded(Connection connection, String reason) {}
}
