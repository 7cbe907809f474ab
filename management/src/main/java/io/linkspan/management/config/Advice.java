// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.Optional;

/** What {@code check} has to say about a configuration that is right. */
final class Advice {
    private final Problems problems;

    Advice(Problems problems) {
        this.problems = problems;
    }

    void add(RouterConfiguration configuration) {
        if (configuration.listeners().isEmpty() && configuration.connectors().isEmpty()) {
            add(0, "", "", "there is no listener and no connector: nobody can reach this router", "a listener");
        }
        slashesBesideDots(configuration);
    }

    /** With the default translation of topics an address with slashes is a topic with %2F, which is seldom meant. */
    private void slashesBesideDots(RouterConfiguration configuration) {
        Optional<ListenerSettings> dotted = configuration.listeners().stream()
                .filter(listener -> listener.accepts(Protocol.MQTT)
                        && listener.mqtt().topics().separator() == '.')
                .findFirst();
        if (dotted.isEmpty()) {
            return;
        }
        for (ConfiguredEntity entity : configuration.entities()) {
            if (!entity.type().shortName().equals("address")) {
                continue;
            }
            String attribute = entity.isGiven("prefix") ? "prefix" : "pattern";
            String address = AddressRules.withoutSeparatorsAround(entity.text(attribute));
            if (address.indexOf('/') >= 0) {
                problems.about(
                        entity,
                        attribute,
                        Severity.ADVICE,
                        "MQTT clients of " + dotted.get().name() + " reach address " + address + " as topic "
                                + address.replace("/", "%2F").replace('.', '/'),
                        "dots in the address, or an mqttProfile with profile: identity");
            }
        }
    }

    private void add(int line, String section, String attribute, String message, String expected) {
        problems.add(new Problem(Severity.ADVICE, problems.file(), line, section, attribute, "", message, expected));
    }
}
