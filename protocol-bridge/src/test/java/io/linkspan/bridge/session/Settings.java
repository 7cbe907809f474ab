// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.MqttLimits;
import io.linkspan.bridge.MqttSettings;
import io.linkspan.bridge.topic.TopicMapping;

/** {@link MqttSettings#DEFAULT} with something changed. */
final class Settings {

    private TopicMapping topics = MqttSettings.DEFAULT.topics();
    private MqttLimits limits = MqttLimits.DEFAULT;
    private boolean strictUtf8 = true;
    private MqttSettings.OnReject onReject = MqttSettings.OnReject.CLOSE;
    private boolean ackAny;
    private boolean overlapEach;
    private boolean validatePayloadFormat;
    private boolean allowAnonymous = true;
    private boolean willOnShutdown;

    Settings topics(TopicMapping mapping) {
        topics = mapping;
        return this;
    }

    Settings limits(MqttLimits changed) {
        limits = changed;
        return this;
    }

    Settings lenientUtf8() {
        strictUtf8 = false;
        return this;
    }

    Settings acknowledgesRejected() {
        onReject = MqttSettings.OnReject.ACK;
        return this;
    }

    Settings multicastAckAny() {
        ackAny = true;
        return this;
    }

    Settings overlapEach() {
        overlapEach = true;
        return this;
    }

    Settings validatesPayloads() {
        validatePayloadFormat = true;
        return this;
    }

    Settings refusesAnonymous() {
        allowAnonymous = false;
        return this;
    }

    Settings willOnShutdown() {
        willOnShutdown = true;
        return this;
    }

    MqttSettings make() {
        MqttSettings normal = MqttSettings.DEFAULT;
        return new MqttSettings(
                topics,
                normal.messages(),
                limits,
                normal.linkCapacity(),
                strictUtf8,
                allowAnonymous,
                onReject,
                normal.publishTimeout(),
                ackAny,
                overlapEach,
                validatePayloadFormat,
                willOnShutdown);
    }

    /** With that many CONNECTs per second of one origin. */
    static Settings connectRate(int perSecond) {
        MqttLimits normal = MqttLimits.DEFAULT;
        return new Settings()
                .limits(new MqttLimits(
                        normal.receiveMaximum(),
                        normal.topicAliasMaximum(),
                        normal.maximumPacketSize(),
                        normal.serverKeepAliveSeconds(),
                        normal.enforceKeepAliveV3(),
                        normal.maximumQos(),
                        normal.maxSubscriptions(),
                        normal.maxUserProperties(),
                        normal.maxTopicLevels(),
                        normal.connectTimeoutSeconds(),
                        normal.maxPacketSizeUnauthenticated(),
                        perSecond,
                        normal.window(),
                        normal.qos0Backlog(),
                        normal.slowConsumerTimeoutSeconds()));
    }

    /** Limits with a window for QoS 1, a backlog for QoS 0, and otherwise as they are by default. */
    static MqttLimits window(int window, int qos0Backlog) {
        MqttLimits normal = MqttLimits.DEFAULT;
        return new MqttLimits(
                normal.receiveMaximum(),
                normal.topicAliasMaximum(),
                normal.maximumPacketSize(),
                normal.serverKeepAliveSeconds(),
                normal.enforceKeepAliveV3(),
                normal.maximumQos(),
                normal.maxSubscriptions(),
                normal.maxUserProperties(),
                normal.maxTopicLevels(),
                normal.connectTimeoutSeconds(),
                normal.maxPacketSizeUnauthenticated(),
                normal.maxConnectRate(),
                window,
                qos0Backlog,
                normal.slowConsumerTimeoutSeconds());
    }
}
