// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import org.jspecify.annotations.Nullable;

/**
 * An mqtt section: settings for the MQTT clients of the listeners that refer to it, all defaults applied.
 *
 * <p>The bridge acts upon every one of these. Where a limit may be -1 it is not announced to clients.
 *
 * @param name its name; {@code default} if the listener names none
 * @param topics how topics and addresses translate
 * @param limits limits, told to clients where MQTT has a property for them
 * @param messages how messages translate
 * @param allowAnonymous whether clients without a user name are accepted; null if the listener decides
 * @param v3OnReject what becomes of a rejected publish of a client before MQTT 5
 * @param publishTimeoutSeconds seconds a publish waits for a consumer with credit
 * @param multicastAckAny whether any consumer's answer acknowledges a publish to several, not all of them
 * @param overlapEach whether a message that matches several filters of a client is sent for each
 * @param validatePayloadFormat whether a payload marked as UTF-8 is checked
 * @param willOnShutdown whether the wills of clients are published when the router stops
 */
public record MqttProfile(
        String name,
        Topics topics,
        Limits limits,
        Messages messages,
        @Nullable Boolean allowAnonymous,
        OnReject v3OnReject,
        int publishTimeoutSeconds,
        boolean multicastAckAny,
        boolean overlapEach,
        boolean validatePayloadFormat,
        boolean willOnShutdown) {
    /** How a character with a meaning in addresses is written inside a level. */
    public enum TopicEscape {
        /** As %XX; topics and addresses are one to one. */
        PERCENT,
        /** As it is; topics that differ may meet. */
        NONE,
        /** A dot as three underscores. */
        UNDERSCORE
    }

    /** What becomes of a rejected publish where MQTT has no negative answer. */
    public enum OnReject {
        /** The connection is closed without an acknowledgement. */
        CLOSE,
        /** The publish is acknowledged and dropped. */
        ACK
    }

    /**
     * How topics and addresses translate.
     *
     * @param identity whether address and topic are equal
     * @param separator separator of levels in addresses
     * @param singleWildcard sign for one level in addresses
     * @param multiWildcard sign for zero or more levels in addresses
     * @param escape how a level with such a character is written
     * @param addressPrefix put before every address; empty, or ends with the separator
     * @param sparkplug whether the first dot of a Sparkplug topic becomes three underscores
     * @param strictUtf8 whether control characters and non-characters are refused
     * @param maxLevels most levels of a topic or filter
     */
    public record Topics(
            boolean identity,
            char separator,
            char singleWildcard,
            char multiWildcard,
            TopicEscape escape,
            String addressPrefix,
            boolean sparkplug,
            boolean strictUtf8,
            int maxLevels) {}

    /**
     * Limits.
     *
     * @param receiveMaximum most unacknowledged publishes of a client; -1: not announced
     * @param topicAliasMaximum most topic aliases of a client; 0: none; -1: not announced
     * @param maximumPacketSizeBytes largest packet of a client; -1: not announced, no limit
     * @param serverKeepAliveSeconds longest keep alive; 0: off; -1: the client's value always
     * @param enforceKeepAliveV3 whether that applies silently to clients before MQTT 5 that ask for none
     * @param maximumQos highest quality of service
     * @param maxSubscriptions most subscriptions of a session
     * @param maxUserProperties most user properties of a packet
     * @param connectTimeoutSeconds seconds until the CONNECT must be complete
     * @param maxConnectRate most CONNECTs per second from one address of origin; 0: no limit
     * @param maxPacketSizeUnauthenticatedBytes largest packet before the client is accepted
     * @param window most publishes a client has to acknowledge at once
     * @param qos0Backlog most messages of QoS 0 that are kept for a client whose socket takes no more
     * @param slowConsumerTimeoutSeconds seconds a client may read nothing while its socket takes no more; 0: for ever
     */
    public record Limits(
            int receiveMaximum,
            int topicAliasMaximum,
            int maximumPacketSizeBytes,
            int serverKeepAliveSeconds,
            boolean enforceKeepAliveV3,
            int maximumQos,
            int maxSubscriptions,
            int maxUserProperties,
            int connectTimeoutSeconds,
            int maxConnectRate,
            int maxPacketSizeUnauthenticatedBytes,
            int window,
            int qos0Backlog,
            int slowConsumerTimeoutSeconds) {}

    /**
     * How messages translate.
     *
     * @param bodyAsJson maps, lists and sequences go to MQTT clients as JSON, not in AMQP's encoding
     * @param textBody a payload marked as UTF-8 becomes a text value in AMQP, not data
     * @param amqpMetadata message-id, subject, user-id, group-id and to become user properties
     * @param xUserPropertiesAsAnnotations user properties x-... become message annotations
     * @param publishClientId messages carry the client identifier
     * @param publishUserId messages carry the user name, if authenticated
     * @param generateMessageId each publish gets a message-id
     */
    public record Messages(
            boolean bodyAsJson,
            boolean textBody,
            boolean amqpMetadata,
            boolean xUserPropertiesAsAnnotations,
            boolean publishClientId,
            boolean publishUserId,
            boolean generateMessageId) {}
}
