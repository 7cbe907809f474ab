// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge;

import io.linkspan.bridge.codec.MqttVersion;
import io.linkspan.bridge.codec.ReasonCode;
import io.linkspan.core.connection.ConnectionFacts;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides who a client is that names itself (MQ-5-14). Clients without user name and password are decided by
 * {@link MqttSettings#allowAnonymous} and never come here.
 */
public interface Authenticator {

    /**
     * A client that wants to connect.
     *
     * @param facts its connection
     * @param version its protocol
     * @param clientId as it sent it
     * @param userName or null if it sent only a password
     * @param password or null
     */
    @SuppressWarnings("ArrayRecordComponent") // Bytes of a password are read once and never compared as a record.
    record Request(
            ConnectionFacts facts,
            MqttVersion version,
            String clientId,
            @Nullable String userName,
            byte @Nullable [] password) {

        @Override
        public String toString() {
            return "client " + clientId + " user " + userName;
        }
    }

    /** The answer. */
    sealed interface Decision {}

    /**
     * The client is let in.
     *
     * @param user who it is from now on
     * @param mechanism how management calls the way it was found out
     */
    record Accepted(String user, String mechanism) implements Decision {}

    /**
     * The client is sent away.
     *
     * @param code what it is told: {@link ReasonCode#BAD_USER_NAME_OR_PASSWORD} if it is not known or is wrong
     * @param reason what the log says; the client never learns which part was wrong
     */
    record Refused(ReasonCode code, String reason) implements Decision {}

    /** Nobody has a name: every client that gives one is refused. */
    Authenticator NO_USERS = (request, decide) ->
            decide.accept(new Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "no user names are configured"));

    /**
     * Asks. The decision comes within this call or later, on the connection's loop, exactly once; until then nothing
     * more is read from the client.
     */
    void authenticate(Request request, Consumer<Decision> decide);
}
