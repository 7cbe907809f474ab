// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Makes MQTT settings of an mqtt section. */
final class MqttRules {
    private final ConfiguredEntity mqtt;
    private final Problems problems;

    private MqttRules(ConfiguredEntity mqtt, Problems problems) {
        this.mqtt = mqtt;
        this.problems = problems;
    }

    static MqttProfile read(String name, ConfiguredEntity mqtt, Problems problems) {
        MqttRules rules = new MqttRules(mqtt, problems);
        return new MqttProfile(
                name,
                rules.topics(),
                rules.limits(),
                rules.messages(),
                (Boolean) mqtt.value("allowAnonymous"),
                MqttProfile.OnReject.valueOf(mqtt.text("v3OnReject").toUpperCase(Locale.ROOT)),
                (int) mqtt.integer("publishTimeout"),
                mqtt.text("multicastAck").equals("any"),
                mqtt.text("overlap").equals("each"),
                mqtt.flag("validatePayloadFormat"),
                mqtt.flag("willOnShutdown"));
    }

    private MqttProfile.Topics topics() {
        boolean identity = mqtt.text("profile").equals("identity");
        char separator = sign("topicSeparator", identity ? '/' : '.');
        char single = sign("singleWildcard", identity ? '+' : '*');
        char multi = sign("multiWildcard", '#');
        MqttProfile.TopicEscape escape =
                MqttProfile.TopicEscape.valueOf(mqtt.text("topicEscape").toUpperCase(Locale.ROOT));
        if (separator != '.' && separator != '/') {
            refuse("topicSeparator", "routers know no separator of levels but . and /", ". or /");
        }
        if (identity && (separator != '/' || single != '+' || multi != '#')) {
            refuse("profile", "profile identity has the separator / and the wildcards + and #", "profile: default");
        }
        if (identity && mqtt.flag("sparkplug")) {
            refuse("sparkplug", "profile identity leaves topics as they are", "sparkplug: no");
        }
        for (String wildcard : List.of("singleWildcard", "multiWildcard")) {
            char sign = wildcard.equals("singleWildcard") ? single : multi;
            if (sign == '.' || sign == '/' || sign == '%' || sign == '_') {
                refuse(wildcard, "'" + sign + "' has another meaning in addresses", "another sign");
            }
        }
        if (single == multi) {
            refuse("multiWildcard", "both wildcards are '" + multi + "'", "two signs");
        }
        return new MqttProfile.Topics(
                identity,
                separator,
                single,
                multi,
                escape,
                addressPrefix(separator),
                mqtt.flag("sparkplug"),
                mqtt.flag("strictUtf8"),
                number("maxTopicLevels"));
    }

    /** Levels of plain names, each with a separator behind it: nothing that a router could read in another way. */
    private String addressPrefix(char separator) {
        String prefix = mqtt.textOrNull("addressPrefix");
        if (prefix == null || prefix.isEmpty()) {
            return "";
        }
        String quoted = Pattern.quote(String.valueOf(separator));
        if (!prefix.matches("([A-Za-z0-9][A-Za-z0-9_-]*" + quoted + ")+")) {
            refuse(
                    "addressPrefix",
                    "addressPrefix '" + prefix + "' is not made of names with the separator " + separator
                            + " behind each",
                    "letters, digits, - and _, then " + separator);
            return "";
        }
        return prefix;
    }

    private char sign(String attribute, char otherwise) {
        String text = mqtt.textOrNull(attribute);
        if (text == null) {
            return otherwise;
        }
        boolean punctuation = text.length() == 1
                && text.charAt(0) > ' '
                && text.charAt(0) < 0x7f
                && !Character.isLetterOrDigit(text.charAt(0));
        if (!punctuation) {
            refuse(
                    attribute,
                    attribute + " '" + text + "' is not one sign",
                    "one ASCII sign that is no letter or digit");
            return otherwise;
        }
        return text.charAt(0);
    }

    private MqttProfile.Limits limits() {
        return new MqttProfile.Limits(
                number("receiveMaximum"),
                number("topicAliasMaximum"),
                number("maximumPacketSize"),
                number("serverKeepAlive"),
                mqtt.flag("enforceKeepAliveV3"),
                number("maximumQos"),
                number("maxSubscriptions"),
                number("maxUserProperties"),
                number("connectTimeout"),
                number("maxConnectRate"),
                number("maxPacketSizeUnauthenticated"),
                number("window"),
                number("qos0Backlog"),
                number("slowConsumerTimeout"));
    }

    private MqttProfile.Messages messages() {
        return new MqttProfile.Messages(
                mqtt.flag("bodyAsJson"),
                mqtt.flag("mqttTextBody"),
                mqtt.flag("amqpMetadata"),
                mqtt.flag("xUserPropertiesAsAnnotations"),
                mqtt.flag("publishClientId"),
                mqtt.flag("publishUserId"),
                mqtt.flag("generateMessageId"));
    }

    private int number(String attribute) {
        return (int) mqtt.integer(attribute);
    }

    private void refuse(String attribute, String message, String expected) {
        problems.about(mqtt, attribute, Severity.FATAL, message, expected);
    }
}
