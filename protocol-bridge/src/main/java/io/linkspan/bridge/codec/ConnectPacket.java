// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import org.jspecify.annotations.Nullable;

/**
 * A CONNECT. MQTT 5.0, 3.1; what MQTT 3 does not have is at its default.
 *
 * @param version protocol name and level
 * @param clientId may be empty
 * @param cleanStart Clean Start, before MQTT 5.0 Clean Session
 * @param keepAliveSeconds 0: off
 * @param will the will, or null
 * @param userName or null
 * @param password or null
 * @param sessionExpirySeconds 0 .. 4294967295
 * @param receiveMaximum unacknowledged publishes the client takes, 1 .. 65535
 * @param maximumPacketSize largest packet the client takes, in bytes
 * @param topicAliasMaximum 0: the client takes no aliases
 * @param requestResponseInformation whether it wants a topic for answers
 * @param requestProblemInformation whether it wants reason strings
 * @param authenticationMethod name of an enhanced authentication, or null
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes of a password are read once and never compared as a record.
public record ConnectPacket(
        MqttVersion version,
        String clientId,
        boolean cleanStart,
        int keepAliveSeconds,
        @Nullable WillPacket will,
        @Nullable String userName,
        byte @Nullable [] password,
        long sessionExpirySeconds,
        int receiveMaximum,
        long maximumPacketSize,
        int topicAliasMaximum,
        boolean requestResponseInformation,
        boolean requestProblemInformation,
        @Nullable String authenticationMethod) {

    @Override
    public String toString() {
        return "CONNECT " + version.label() + " client " + clientId;
    }
}
