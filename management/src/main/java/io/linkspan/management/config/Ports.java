// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Numbers of TCP ports that are given by number or by the name of a service. */
final class Ports {
    private static final int MAX_PORT = 65535;

    /** The names that need no look at the machine. */
    private static final Map<String, Integer> KNOWN =
            Map.of("amqp", 5672, "amqps", 5671, "mqtt", 1883, "secure-mqtt", 8883, "http", 80, "https", 443);

    private Ports() {}

    /** The number of a port; empty if it is none or the name of no service. */
    static OptionalInt number(String port, Surroundings surroundings) {
        Integer known = KNOWN.get(port);
        if (known != null) {
            return OptionalInt.of(known);
        }
        if (!port.isEmpty() && port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int number = Integer.parseInt(port);
            return number <= MAX_PORT ? OptionalInt.of(number) : OptionalInt.empty();
        }
        return surroundings.servicePort(port);
    }

    /** Looks a TCP service up in the lines of services(5). */
    static OptionalInt inServices(String name, List<String> lines) {
        for (String line : lines) {
            int hash = line.indexOf('#');
            String[] words = (hash < 0 ? line : line.substring(0, hash)).strip().split("\\s+", -1);
            if (words.length < 2 || !words[1].endsWith("/tcp")) {
                continue;
            }
            for (int i = 0; i < words.length; i++) {
                if (i != 1 && words[i].equals(name)) {
                    return OptionalInt.of(Integer.parseInt(words[1].substring(0, words[1].length() - 4)));
                }
            }
        }
        return OptionalInt.empty();
    }
}
