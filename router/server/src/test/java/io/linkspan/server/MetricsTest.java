// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.bridge.DropCause;
import io.linkspan.bridge.MqttCounters;
import io.linkspan.bridge.codec.ReasonCode;
import io.linkspan.core.CoreEvents;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.autolink.AutoLinks;
import io.linkspan.core.link.Direction;
import io.linkspan.core.linkroute.LinkRoutes;
import io.linkspan.mesh.MeshConfig;
import io.linkspan.mesh.RouterId;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private final RouterCore core =
            new RouterCore(CoreSettings.standalone("R"), CoreEvents.NONE, new SplittableRandom(1));
    private final MqttCounters mqtt = new MqttCounters();

    private List<String> lines() {
        return new Metrics(core, mqtt, () -> 3).text().lines().toList();
    }

    @Test
    @DisplayName("HTT-07: routers, link routes and auto links are those there are")
    void gaugesOfWhatIsConfigured() {
        assertThat(lines())
                .contains("qdr_routers_total 0", "qdr_link_routes_total 0", "qdr_auto_links_total 0")
                .contains("linkspan_unexpected_exceptions_total 3");
        core.join(MeshConfig.of(new RouterId("R"), 1));
        core.linkRoutes().create(LinkRoutes.Request.prefix("a", Direction.IN, "broker"));
        core.linkRoutes().create(LinkRoutes.Request.prefix("a", Direction.OUT, "broker"));
        core.autoLinks().create(AutoLinks.Request.over("broker", "q", Direction.IN));
        assertThat(lines()).contains("qdr_routers_total 1", "qdr_link_routes_total 2", "qdr_auto_links_total 1");
    }

    @Test
    @DisplayName("MQ-5-25, 1-17, 1-19, 2-6, 2-7, 6-27: what happened at MQTT clients, drops by their cause")
    void mqttCounters() {
        mqtt.connects = 5;
        mqtt.clients = 2;
        mqtt.takeovers = 1;
        mqtt.wills = 4;
        mqtt.violations = 6;
        mqtt.unroutable = 7;
        mqtt.retries = 8;
        mqtt.publishIn(1);
        mqtt.publishOut(0);
        mqtt.refuse(ReasonCode.NOT_AUTHORIZED);
        mqtt.drop(DropCause.UNMAPPABLE);
        mqtt.drop(DropCause.TOO_LARGE, 2);
        mqtt.drop(DropCause.USER_PROPERTY, 3);
        assertThat(lines().stream().dropWhile(line -> !line.contains("mqtt_")))
                .containsExactly(
                        "# TYPE mqtt_clients gauge",
                        "mqtt_clients 2",
                        "# TYPE mqtt_connects_total counter",
                        "mqtt_connects_total 5",
                        "# TYPE mqtt_refused_connects_total counter",
                        "mqtt_refused_connects_total{code=\"0x87\"} 1",
                        "# TYPE mqtt_takeovers_total counter",
                        "mqtt_takeovers_total 1",
                        "# TYPE mqtt_wills_total counter",
                        "mqtt_wills_total 4",
                        "# TYPE mqtt_violations_total counter",
                        "mqtt_violations_total 6",
                        "# TYPE mqtt_publishes_in_total counter",
                        "mqtt_publishes_in_total{qos=\"0\"} 0",
                        "mqtt_publishes_in_total{qos=\"1\"} 1",
                        "mqtt_publishes_in_total{qos=\"2\"} 0",
                        "# TYPE mqtt_publishes_out_total counter",
                        "mqtt_publishes_out_total{qos=\"0\"} 1",
                        "mqtt_publishes_out_total{qos=\"1\"} 0",
                        "mqtt_publishes_out_total{qos=\"2\"} 0",
                        "# TYPE mqtt_unroutable_publishes_total counter",
                        "mqtt_unroutable_publishes_total 7",
                        "# TYPE mqtt_retries_total counter",
                        "mqtt_retries_total 8",
                        "# TYPE mqtt_dropped_total counter",
                        "mqtt_dropped_total{cause=\"qos_0_overflow\"} 0",
                        "mqtt_dropped_total{cause=\"too_large\"} 2",
                        "mqtt_dropped_total{cause=\"expired\"} 0",
                        "mqtt_dropped_total{cause=\"unmappable\"} 1",
                        "mqtt_dropped_total{cause=\"unreadable\"} 0",
                        "mqtt_dropped_total{cause=\"refused_topic\"} 0",
                        "mqtt_dropped_total{cause=\"payload_format\"} 0",
                        "mqtt_dropped_total{cause=\"user_property\"} 3");
    }
}
