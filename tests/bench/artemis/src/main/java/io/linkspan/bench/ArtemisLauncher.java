// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bench;

import java.io.File;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;

/** An Artemis broker without storage or security: {@code ArtemisLauncher AMQP-PORT MQTT-PORT DIRECTORY}. */
public final class ArtemisLauncher {
    private ArtemisLauncher() {}

    public static void main(String[] args) throws Exception {
        Configuration configuration = new ConfigurationImpl();
        configuration.setPersistenceEnabled(false);
        configuration.setSecurityEnabled(false);
        configuration.setJMXManagementEnabled(false);
        configuration.setCriticalAnalyzer(false); // the benchmark suspends the servers that are not measured
        configuration.setMaxDiskUsage(-1);
        configuration.setBrokerInstance(new File(args[2]));
        configuration.addAcceptorConfiguration("amqp", "tcp://127.0.0.1:" + args[0] + "?protocols=AMQP");
        configuration.addAcceptorConfiguration("mqtt", "tcp://127.0.0.1:" + args[1] + "?protocols=MQTT");
        configuration.addAddressSetting("q.#", queue());
        EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
        broker.setConfiguration(configuration);
        broker.start();
        System.out.println("Listening on 127.0.0.1:" + args[0] + " and 127.0.0.1:" + args[1]);
    }

    private static AddressSettings queue() {
        return new AddressSettings()
                .setDefaultAddressRoutingType(RoutingType.ANYCAST)
                .setDefaultQueueRoutingType(RoutingType.ANYCAST);
    }
}
