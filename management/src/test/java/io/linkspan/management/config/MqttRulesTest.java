// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import static io.linkspan.management.config.Configurations.problems;
import static io.linkspan.management.config.Configurations.sound;
import static io.linkspan.management.config.Configurations.started;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MqttRulesTest {
    private static MqttProfile profile(String lines) {
        return sound("mqtt {\nname: m\n" + lines + "\n}\nlistener {\nprotocols: mqtt\nmqttProfile: m\n}")
                .listeners()
                .get(0)
                .mqtt();
    }

    private static List<String> refusals(String lines) {
        return problems("mqtt {\nname: m\n" + lines + "\n}");
    }

    @Test
    void aListenerWithoutAProfileHasTheDefaults() {
        MqttProfile profile =
                sound("listener {\nprotocols: mqtt\n}").listeners().get(0).mqtt();
        assertThat(profile)
                .isEqualTo(new MqttProfile(
                        "default",
                        new MqttProfile.Topics(
                                false, '.', '*', '#', MqttProfile.TopicEscape.PERCENT, "", false, true, 200),
                        new MqttProfile.Limits(
                                65535, 65535, 268435455, 60, false, 1, 1000, 1000, 10, 500, 65536, 1024, 1000, 60),
                        new MqttProfile.Messages(true, false, false, false, false, false, false),
                        null,
                        MqttProfile.OnReject.CLOSE,
                        30,
                        false,
                        false,
                        false,
                        false));
    }

    @Test
    void everyAttributeArrivesInTheSettings() {
        MqttProfile profile = profile("""
            topicSeparator: /
            singleWildcard: +
            topicEscape: underscore
            addressPrefix: tenant-1/
            sparkplug: yes
            strictUtf8: no
            maxTopicLevels: 1
            receiveMaximum: -1
            topicAliasMaximum: 0
            maximumPacketSize: -1
            serverKeepAlive: 0
            enforceKeepAliveV3: yes
            maximumQos: 0
            maxSubscriptions: 2
            maxUserProperties: 3
            connectTimeout: 4
            maxConnectRate: 7
            maxPacketSizeUnauthenticated: 256
            window: 8
            qos0Backlog: 0
            slowConsumerTimeout: 9
            willOnShutdown: yes
            allowAnonymous: yes
            publishTimeout: 5
            multicastAck: any
            v3OnReject: ack
            overlap: each
            validatePayloadFormat: yes
            bodyAsJson: no
            mqttTextBody: yes
            amqpMetadata: yes
            xUserPropertiesAsAnnotations: yes
            publishClientId: yes
            publishUserId: yes
            generateMessageId: yes\
            """);
        assertThat(profile)
                .isEqualTo(new MqttProfile(
                        "m",
                        new MqttProfile.Topics(
                                false, '/', '+', '#', MqttProfile.TopicEscape.UNDERSCORE, "tenant-1/", true, false, 1),
                        new MqttProfile.Limits(-1, 0, -1, 0, true, 0, 2, 3, 4, 7, 256, 8, 0, 9),
                        new MqttProfile.Messages(false, true, true, true, true, true, true),
                        true,
                        MqttProfile.OnReject.ACK,
                        5,
                        true,
                        true,
                        true,
                        true));
    }

    @Test
    void profileIdentityKeepsTopicsAsTheyAre() {
        assertThat(profile("profile: identity").topics())
                .isEqualTo(new MqttProfile.Topics(
                        true, '/', '+', '#', MqttProfile.TopicEscape.PERCENT, "", false, true, 200));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "profile: identity\\n"
                        + "topicSeparator: . | 3 mqtt.profile: profile identity has the separator / and the wildcards +"
                        + " and #",
                "profile: identity\\nsparkplug: yes | 4 mqtt.sparkplug: profile identity leaves topics as they are",
                "topicSeparator: - | 3 mqtt.topicSeparator: routers know no separator of levels but . and /",
                "topicSeparator: .. | 3 mqtt.topicSeparator: topicSeparator '..' is not one sign",
                "singleWildcard: a | 3 mqtt.singleWildcard: singleWildcard 'a' is not one sign",
                "singleWildcard: é | 3 mqtt.singleWildcard: singleWildcard 'é' is not one sign",
                "singleWildcard: % | 3 mqtt.singleWildcard: '%' has another meaning in addresses",
                "addressPrefix: a | 3 mqtt.addressPrefix: addressPrefix 'a' is not made of names with the separator ."
                        + " behind each",
                "addressPrefix: a/ | 3 mqtt.addressPrefix: addressPrefix 'a/' is not made of names with the separator"
                        + " . behind each",
                "addressPrefix: _topo. | 3 mqtt.addressPrefix: addressPrefix '_topo.' is not made of names with the"
                        + " separator . behind each",
                "addressPrefix: a..b. | 3 mqtt.addressPrefix: addressPrefix 'a..b.' is not made of names with the"
                        + " separator . behind each",
                "profile: identity\\n"
                        + "addressPrefix: a. | 4 mqtt.addressPrefix: addressPrefix 'a.' is not made of names with the"
                        + " separator / behind each",
                "multiWildcard: / | 3 mqtt.multiWildcard: '/' has another meaning in addresses",
                "multiWildcard: * | 3 mqtt.multiWildcard: both wildcards are '*'",
                "maximumQos: 2 | 3 mqtt.maximumQos: io.linkspan.mqtt: maximumQos 2 is out of range",
                "maximumPacketSize: 0 | 3 mqtt.maximumPacketSize: io.linkspan.mqtt: maximumPacketSize 0 is out of"
                        + " range",
                "serverKeepAlive: -2 | 3 mqtt.serverKeepAlive: io.linkspan.mqtt: serverKeepAlive -2 is out of range",
                "serverKeepAlive: 65536 | 3 mqtt.serverKeepAlive: io.linkspan.mqtt: serverKeepAlive 65536 is out of"
                        + " range",
                "window: 0 | 3 mqtt.window: io.linkspan.mqtt: window 0 is out of range",
                "window: 65536 | 3 mqtt.window: io.linkspan.mqtt: window 65536 is out of range",
                "qos0Backlog: 1000001 | 3 mqtt.qos0Backlog: io.linkspan.mqtt: qos0Backlog 1000001 is out of range",
                "slowConsumerTimeout: 86401 | 3 mqtt.slowConsumerTimeout: io.linkspan.mqtt: slowConsumerTimeout 86401"
                        + " is out of range",
                "multicastAck: store | 3 mqtt.multicastAck: io.linkspan.mqtt: Invalid value for enum['all', 'any']:"
                        + " 'store'"
            })
    void valuesThatMakeNoSenseStopTheStart(String lines, String expected) {
        assertThat(refusals(lines.replace("\\n", "\n"))).containsExactly("FATAL " + expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | `` | true",
                "authenticatePeer: no | `` | true",
                "saslMechanisms: ANONYMOUS | `` | true",
                "saslMechanisms: PLAIN | `` | false",
                "`authenticatePeer: yes\nsaslMechanisms: ANONYMOUS` | `` | false",
                "`authenticatePeer: yes\nsaslMechanisms: ANONYMOUS` | allowAnonymous: yes | true",
                "`` | allowAnonymous: no | false"
            })
    void anonymousClientsFollowTheProfileThenTheListener(String listener, String mqtt, boolean allowed) {
        ListenerSettings settings = started("mqtt {\nname: m\n" + mqtt + "\n}\nlistener {\nprotocols: mqtt\n"
                        + "mqttProfile: m\n" + listener + "\n}")
                .listeners()
                .get(0);
        assertThat(settings.mqttAnonymous()).isEqualTo(allowed);
    }
}
