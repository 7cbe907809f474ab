// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

/**
 * The choices of the mapping between messages of the two protocols (MQ-2-1..9).
 *
 * @param mqttTextBody a payload marked as UTF-8 becomes a string body instead of data
 * @param publishClientId the client identifier goes along as an annotation
 * @param publishUserId the user goes along as {@code user-id}, if it was authenticated
 * @param generateMessageId each message gets a {@code message-id}
 * @param xUserPropertiesAsAnnotations user properties {@code x-...} become message annotations
 * @param bodyAsJson lists and maps become JSON; otherwise they stay in their AMQP encoding
 * @param amqpMetadata fields MQTT has no word for become user properties {@code amqp-...}
 */
public record MappingOptions(
        boolean mqttTextBody,
        boolean publishClientId,
        boolean publishUserId,
        boolean generateMessageId,
        boolean xUserPropertiesAsAnnotations,
        boolean bodyAsJson,
        boolean amqpMetadata) {

    /** As they are when nothing is configured. */
    public static final MappingOptions DEFAULT = new MappingOptions(false, false, false, false, false, true, false);

    /** Whether messages of one topic differ by who sends them, or by a number of their own. */
    boolean dependsOnPublisher() {
        return publishClientId || publishUserId || generateMessageId;
    }
}
