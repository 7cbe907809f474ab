// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the settings of a listener of its section and of what it refers to. */
final class ListenerRules {
    private final RouterSettings.Mode mode;
    private final Map<String, SslProfileSettings> sslProfiles;
    private final Map<String, MqttProfile> mqttProfiles;
    private final MqttProfile defaultProfile;
    private final Surroundings surroundings;
    private final Problems problems;

    ListenerRules(
            RouterSettings.Mode mode,
            Map<String, SslProfileSettings> sslProfiles,
            Map<String, MqttProfile> mqttProfiles,
            MqttProfile defaultProfile,
            Surroundings surroundings,
            Problems problems) {
        this.mode = mode;
        this.sslProfiles = sslProfiles;
        this.mqttProfiles = mqttProfiles;
        this.defaultProfile = defaultProfile;
        this.surroundings = surroundings;
        this.problems = problems;
    }

    ListenerSettings read(ConfiguredEntity listener) {
        ConnectionSettings connection = ConnectionRules.read(listener, mode, problems);
        Set<Protocol> protocols = protocols(listener, connection.role());
        boolean authenticatePeer = listener.flag("authenticatePeer");
        checkAuthentication(listener, authenticatePeer);
        SslProfileSettings tls = tls(listener);
        boolean requireTls = listener.flag("requireSsl") || listener.flag("requireEncryption");
        if (requireTls && tls == null) {
            problems.about(
                    listener,
                    listener.flag("requireSsl") ? "requireSsl" : "requireEncryption",
                    Severity.WARNING,
                    "encryption is demanded and there is no sslProfile, so that every connection is refused",
                    "sslProfile: NAME");
        }
        if (listener.flag("multiTenant") && protocols.contains(Protocol.MQTT)) {
            refuse(
                    listener,
                    "multiTenant",
                    "MQTT clients name no host, so mqtt and multiTenant exclude each other",
                    "a listener of its own for mqtt");
        }
        MqttProfile mqtt = mqttProfile(listener, protocols);
        List<String> mechanisms = connection.saslMechanisms();
        boolean anonymous = mqtt.allowAnonymous() != null
                ? mqtt.allowAnonymous()
                : !authenticatePeer && (mechanisms.isEmpty() || mechanisms.contains("ANONYMOUS"));
        if (protocols.contains(Protocol.MQTT) && !anonymous) {
            problems.about(
                    listener,
                    "authenticatePeer",
                    Severity.WARNING,
                    "MQTT clients are refused here: they may not be anonymous, and user names cannot be checked in this"
                            + " version",
                    "");
        }
        return new ListenerSettings(
                listener.name(),
                listener.isGiven("name"),
                listener.identity(),
                listener.text("host"),
                listener.text("port"),
                ConnectionRules.portNumber(listener, Severity.FATAL, surroundings, problems),
                listener.textOrNull("socketAddressFamily"),
                connection,
                protocols,
                new ListenerSettings.Http(
                        listener.flag("healthz"),
                        listener.flag("metrics"),
                        listener.flag("websockets"),
                        listener.textOrNull("httpRootDir")),
                tls,
                requireTls,
                authenticatePeer,
                (int) listener.integer("initialHandshakeTimeoutSeconds"),
                FailoverUrl.of(listener, problems),
                mqtt,
                anonymous,
                listener.flag("multiTenant"),
                addressAliases(listener, protocols));
    }

    private Set<String> addressAliases(ConfiguredEntity listener, Set<Protocol> protocols) {
        String text = listener.textOrNull("addressAliases");
        if (text == null) {
            return Set.of();
        }
        if (!protocols.contains(Protocol.AMQP)) {
            refuse(listener, "addressAliases", "addressAliases without amqp in protocols", "protocols: amqp");
        }
        return Set.of(text.toUpperCase(Locale.ROOT).split(", ", -1));
    }

    private Set<Protocol> protocols(ConfiguredEntity listener, Role role) {
        boolean httpAsked = listener.flag("http") || listener.textOrNull("httpRootDir") != null;
        String text = listener.textOrNull("protocols");
        if (text == null) {
            return EnumSet.of(httpAsked ? Protocol.HTTP : Protocol.AMQP);
        }
        EnumSet<Protocol> protocols = EnumSet.noneOf(Protocol.class);
        for (String word : text.split(", ", -1)) {
            protocols.add(Protocol.valueOf(word.toUpperCase(Locale.ROOT)));
        }
        if (protocols.contains(Protocol.MQTT) && role != Role.NORMAL) {
            refuse(listener, "protocols", "mqtt is not allowed on a listener of role " + role.tag(), "amqp or http");
        }
        if (httpAsked && !protocols.contains(Protocol.HTTP)) {
            refuse(
                    listener,
                    "protocols",
                    "http or httpRootDir asks for HTTP and protocols leaves it out",
                    "http in protocols, or no http: yes");
        }
        if (listener.isGiven("http") && !listener.flag("http") && protocols.contains(Protocol.HTTP)) {
            refuse(listener, "http", "http: no and protocols with http exclude each other", "one of them");
        }
        return protocols;
    }

    private MqttProfile mqttProfile(ConfiguredEntity listener, Set<Protocol> protocols) {
        String name = listener.textOrNull("mqttProfile");
        if (name == null) {
            return defaultProfile;
        }
        if (!protocols.contains(Protocol.MQTT)) {
            refuse(listener, "mqttProfile", "mqttProfile without mqtt in protocols", "protocols: amqp, mqtt");
        }
        MqttProfile profile = mqttProfiles.get(name);
        if (profile == null) {
            refuse(
                    listener,
                    "mqttProfile",
                    "there is no mqtt section named '" + name + "'",
                    "the name of an mqtt section");
        }
        return Objects.requireNonNullElse(profile, defaultProfile);
    }

    private void checkAuthentication(ConfiguredEntity listener, boolean authenticatePeer) {
        boolean anyAvailable =
                ConnectionRules.checkMechanisms(listener, ConnectionRules.AVAILABLE_MECHANISMS, problems);
        boolean anonymous = ConnectionRules.mechanisms(listener).contains("ANONYMOUS");
        if (authenticatePeer && !(anyAvailable && anonymous)) {
            refuse(
                    listener,
                    "authenticatePeer",
                    "authenticatePeer needs a SASL mechanism that this version has",
                    "saslMechanisms with " + String.join(" ", ConnectionRules.AVAILABLE_MECHANISMS));
        }
    }

    private @Nullable SslProfileSettings tls(ConfiguredEntity listener) {
        String name = listener.textOrNull("sslProfile");
        if (name == null) {
            return null;
        }
        SslProfileSettings profile = sslProfiles.get(name);
        if (profile == null) {
            refuse(listener, "sslProfile", "there is no sslProfile named '" + name + "'", "the name of an sslProfile");
        } else if (profile.certFile() == null || profile.privateKeyFile() == null) {
            refuse(
                    listener,
                    "sslProfile",
                    "sslProfile '" + name + "' has no certificate and key to listen with",
                    "certFile and privateKeyFile in the sslProfile");
        }
        return profile;
    }

    private void refuse(ConfiguredEntity listener, String attribute, String message, String expected) {
        problems.about(listener, attribute, Severity.FATAL, message, expected);
    }
}
