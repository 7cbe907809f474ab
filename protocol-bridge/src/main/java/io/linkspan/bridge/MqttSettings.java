// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge;

import io.linkspan.bridge.mapping.MappingOptions;
import io.linkspan.bridge.topic.TopicMapping;
import io.linkspan.core.connection.Connection;
import java.time.Duration;

/**
 * What a listener says about its MQTT clients. Bridge specification, chapters 1 to 6.
 *
 * @param topics how topics and addresses translate
 * @param messages how messages translate
 * @param limits limits of the clients
 * @param linkCapacity of the listener: what counts as a full receiver when one of several is chosen
 * @param strictUtf8 whether control characters and non-characters are refused (MQ-6-33)
 * @param allowAnonymous whether clients without a user name are accepted (MQ-5-15)
 * @param v3OnReject what becomes of a rejected publish of a client before MQTT 5.0 (MQ-3-3)
 * @param publishTimeout how long a publish waits for a receiver with credit (chapter 3.1)
 * @param multicastAckAny whether one receiver's acceptance acknowledges a publish to several (MQ-3-1)
 * @param overlapEach whether a message that matches several filters of a client is sent for each (MQ-3-10)
 * @param validatePayloadFormat whether a payload marked as UTF-8 is checked (MQ-6-27)
 * @param willOnShutdown whether wills are published when the router stops (MQ-4-18)
 */
public record MqttSettings(
        TopicMapping topics,
        MappingOptions messages,
        MqttLimits limits,
        int linkCapacity,
        boolean strictUtf8,
        boolean allowAnonymous,
        OnReject v3OnReject,
        Duration publishTimeout,
        boolean multicastAckAny,
        boolean overlapEach,
        boolean validatePayloadFormat,
        boolean willOnShutdown) {

    /** What becomes of a rejected publish where MQTT has no negative answer. */
    public enum OnReject {
        /** The connection is closed without an acknowledgement. */
        CLOSE,
        /** The publish is acknowledged and dropped. */
        ACK
    }

    /** As it is when nothing is configured, with anonymous clients. */
    public static final MqttSettings DEFAULT = new MqttSettings(
            TopicMapping.standard(),
            MappingOptions.DEFAULT,
            MqttLimits.DEFAULT,
            Connection.DEFAULT_LINK_CAPACITY,
            true,
            true,
            OnReject.CLOSE,
            Duration.ofSeconds(30),
            false,
            false,
            false,
            false);
}
