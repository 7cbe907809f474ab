// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.bridge.Authenticator;
import io.linkspan.bridge.BridgeEvents;
import io.linkspan.bridge.MqttCounters;
import io.linkspan.bridge.MqttLimits;
import io.linkspan.bridge.MqttSettings;
import io.linkspan.bridge.codec.ReasonCode;
import io.linkspan.bridge.mapping.MappingOptions;
import io.linkspan.bridge.session.ClientRegistry;
import io.linkspan.bridge.session.MqttBridge;
import io.linkspan.bridge.session.MqttEngine;
import io.linkspan.bridge.topic.TopicEscape;
import io.linkspan.bridge.topic.TopicMapping;
import io.linkspan.core.RouterCore;
import io.linkspan.core.connection.Connection;
import io.linkspan.management.config.ListenerSettings;
import io.linkspan.management.config.MqttProfile;
import io.linkspan.server.log.Log;
import io.linkspan.server.log.LogModule;
import io.linkspan.server.loop.SocketFacts;
import io.linkspan.wire.Wire;
import io.linkspan.wire.WireEngine;
import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The MQTT side of the listeners: one bridge for each, made from its {@code mqtt} profile, and one registry of client
 * identifiers for all. Confined to the router's loop.
 */
final class MqttListeners {

    private final RouterCore core;
    private final MqttBridge.Services services;
    private final Map<String, MqttBridge> bridges = new HashMap<>();

    MqttListeners(RouterCore core, Log log, ByteBufAllocator allocator) {
        this.core = core;
        this.services = new MqttBridge.Services(
                new ClientRegistry(),
                Authenticator.NO_USERS,
                new Events(log),
                () -> Instant.now().toEpochMilli(),
                UUID::randomUUID,
                allocator,
                new MqttCounters());
    }

    /** What happened at the clients of all listeners, also of those that are gone. */
    MqttCounters counters() {
        return services.counters();
    }

    /** The engine of a client that connected to a listener. */
    WireEngine accepted(ListenerSettings listener, SocketFacts facts, Wire wire) {
        MqttBridge bridge =
                bridges.computeIfAbsent(listener.name(), name -> new MqttBridge(core, settings(listener), services));
        return MqttEngine.accepted(bridge, AmqpProfiles.facts(facts, facts.remote(), "mqtt"), wire);
    }

    /** A listener was deleted; its clients keep their bridge. */
    void forget(ListenerSettings listener) {
        bridges.remove(listener.name());
    }

    static MqttSettings settings(ListenerSettings listener) {
        MqttProfile profile = listener.mqtt();
        MqttProfile.Messages messages = profile.messages();
        return new MqttSettings(
                topics(profile.topics()),
                new MappingOptions(
                        messages.textBody(),
                        messages.publishClientId(),
                        messages.publishUserId(),
                        messages.generateMessageId(),
                        messages.xUserPropertiesAsAnnotations(),
                        messages.bodyAsJson(),
                        messages.amqpMetadata()),
                limits(profile),
                listener.connection().linkCapacity(),
                profile.topics().strictUtf8(),
                listener.mqttAnonymous(),
                profile.v3OnReject() == MqttProfile.OnReject.CLOSE
                        ? MqttSettings.OnReject.CLOSE
                        : MqttSettings.OnReject.ACK,
                Duration.ofSeconds(profile.publishTimeoutSeconds()),
                profile.multicastAckAny(),
                profile.overlapEach(),
                profile.validatePayloadFormat(),
                profile.willOnShutdown());
    }

    private static TopicMapping topics(MqttProfile.Topics topics) {
        if (topics.identity()) {
            return TopicMapping.identity(topics.addressPrefix());
        }
        return new TopicMapping(
                topics.separator(),
                topics.singleWildcard(),
                topics.multiWildcard(),
                switch (topics.escape()) {
                    case PERCENT -> TopicEscape.PERCENT;
                    case NONE -> TopicEscape.NONE;
                    case UNDERSCORE -> TopicEscape.UNDERSCORE;
                },
                topics.sparkplug(),
                topics.addressPrefix());
    }

    private static MqttLimits limits(MqttProfile profile) {
        MqttProfile.Limits limits = profile.limits();
        return new MqttLimits(
                limits.receiveMaximum(),
                limits.topicAliasMaximum(),
                limits.maximumPacketSizeBytes(),
                limits.serverKeepAliveSeconds(),
                limits.enforceKeepAliveV3(),
                limits.maximumQos(),
                limits.maxSubscriptions(),
                limits.maxUserProperties(),
                profile.topics().maxLevels(),
                limits.connectTimeoutSeconds(),
                limits.maxPacketSizeUnauthenticatedBytes(),
                limits.maxConnectRate(),
                limits.window(),
                limits.qos0Backlog(),
                limits.slowConsumerTimeoutSeconds());
    }

    /** The bridge's events in the log, module MQTT. */
    private static final class Events implements BridgeEvents {
        private final Log log;

        Events(Log log) {
            this.log = log;
        }

        @Override
        public void connectRefused(
                Connection connection,
                @Nullable String clientId,
                @Nullable String user,
                ReasonCode code,
                String reason) {
            log.warning(
                    LogModule.MQTT,
                    CoreLog.id(connection) + " client refused: host="
                            + connection.facts().host() + " client_id=" + clientId + " user=" + user + " code=" + code
                            + " (" + reason + ")");
        }

        @Override
        public void clientConnected(Connection connection) {
            log.info(
                    LogModule.MQTT,
                    CoreLog.id(connection) + " client connected: host="
                            + connection.facts().host() + " protocol="
                            + connection.facts().protocol() + " client_id="
                            + connection.facts().container());
        }

        @Override
        public void clientGone(Connection connection, ReasonCode code, boolean orderly, String reason) {
            log.info(
                    LogModule.MQTT,
                    CoreLog.id(connection) + " client gone: " + (orderly ? "disconnected" : code + " " + reason));
        }

        @Override
        public void takenOver(Connection older, Connection newer) {
            log.info(LogModule.MQTT, CoreLog.id(older) + " client taken over by " + CoreLog.id(newer));
        }

        @Override
        public void sessionNotKept(Connection connection) {
            log.info(
                    LogModule.MQTT,
                    CoreLog.id(connection) + " session ends with its connection: this version keeps none");
        }

        @Override
        public void willPublished(Connection connection, String topic) {
            log.debug(LogModule.MQTT, CoreLog.id(connection) + " will published on " + topic);
        }

        @Override
        public void topicLosesDots(Connection connection, String topic) {
            log.warning(
                    LogModule.MQTT,
                    CoreLog.id(connection) + " topic " + topic
                            + " has a dot that cannot be told from a separator, since topicEscape is none");
        }

        @Override
        public void linkEnded(Connection connection, String reason) {
            log.info(LogModule.MQTT, CoreLog.id(connection) + " client's link ended: " + reason);
        }
    }
}
