// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bench;

import java.io.File;
import java.io.IOException;
import java.util.List;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.amqpBrokerConnectivity.AMQPBrokerConnectConfiguration;
import org.apache.activemq.artemis.core.config.amqpBrokerConnectivity.AMQPBrokerConnectionAddressType;
import org.apache.activemq.artemis.core.config.amqpBrokerConnectivity.AMQPBrokerConnectionElement;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;

/**
 * An Artemis broker without security: {@code ArtemisLauncher AMQP-PORT MQTT-PORT DIRECTORY [OPTION...]}; a port of
 * {@code -} is left out.
 *
 * <p>Options: {@code --persistent} keeps messages in the directory; {@code --queue=NAME} (repeatable) makes a queue;
 * {@code --router=HOST:PORT/QUEUE} connects to a router and attaches to it as the waypoint of a queue; {@code
 * --until-input-ends} ends the process with its standard input. Addresses that begin with {@code q.} are queues, others
 * are topics unless a client says otherwise.
 */
public final class ArtemisLauncher {
    private ArtemisLauncher() {}

    public static void main(String[] args) throws Exception {
        List<String> options = List.of(args).subList(3, args.length);
        Configuration configuration = new ConfigurationImpl();
        configuration.setPersistenceEnabled(options.contains("--persistent"));
        configuration.setSecurityEnabled(false);
        configuration.setJMXManagementEnabled(false);
        configuration.setCriticalAnalyzer(false); // the benchmark suspends the servers that are not measured
        configuration.setMaxDiskUsage(-1);
        configuration.setBrokerInstance(new File(args[2]));
        if (options.contains("--persistent")) {
            configuration.setJournalType(org.apache.activemq.artemis.core.server.JournalType.NIO);
            configuration.setJournalFileSize(1024 * 1024);
            configuration.setJournalMinFiles(2);
        }
        accept(configuration, "AMQP", args[0]);
        accept(configuration, "MQTT", args[1]);
        configuration.addAddressSetting("q.#", queue());
        for (String option : options) {
            if (option.startsWith("--queue=")) {
                addQueue(configuration, option.substring("--queue=".length()));
            } else if (option.startsWith("--router=")) {
                addRouter(configuration, option.substring("--router=".length()));
            }
        }
        EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
        broker.setConfiguration(configuration);
        broker.start();
        System.out.println("Listening on 127.0.0.1:" + args[0] + " and 127.0.0.1:" + args[1]);
        if (options.contains("--until-input-ends")) {
            awaitEndOfInput();
            System.exit(0);
        }
    }

    private static void accept(Configuration configuration, String protocol, String port) throws Exception {
        if (!port.equals("-")) {
            configuration.addAcceptorConfiguration(
                    protocol, "tcp://127.0.0.1:" + port + "?protocols=" + protocol);
        }
    }

    private static void addQueue(Configuration configuration, String name) {
        configuration.addQueueConfiguration(
                QueueConfiguration.of(name).setAddress(name).setRoutingType(RoutingType.ANYCAST));
    }

    private static void addRouter(Configuration configuration, String router) {
        String queue = router.substring(router.indexOf('/') + 1);
        addQueue(configuration, queue);
        AMQPBrokerConnectConfiguration connection = new AMQPBrokerConnectConfiguration(
                "router", "tcp://" + router.substring(0, router.indexOf('/')));
        connection.setRetryInterval(200).setReconnectAttempts(-1);
        connection.addElement(new AMQPBrokerConnectionElement()
                .setMatchAddress(queue)
                .setType(AMQPBrokerConnectionAddressType.PEER));
        configuration.addAMQPConnection(connection);
    }

    private static void awaitEndOfInput() throws IOException {
        while (System.in.read() >= 0) {
            // Whatever is written there means nothing.
        }
    }

    private static AddressSettings queue() {
        return new AddressSettings()
                .setDefaultAddressRoutingType(RoutingType.ANYCAST)
                .setDefaultQueueRoutingType(RoutingType.ANYCAST);
    }
}
