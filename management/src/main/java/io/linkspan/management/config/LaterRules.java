// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks sections whose rules need other sections, or that this version does not act upon: what is left out is told, so
 * that a file can be put right before it matters.
 */
final class LaterRules {
    private final Problems problems;
    private final Map<String, ConfiguredEntity> exchanges = new HashMap<>();
    private final Map<String, ConfiguredEntity> exchangeAddresses = new HashMap<>();

    LaterRules(Problems problems) {
        this.problems = problems;
    }

    void check(List<ConfiguredEntity> entities) {
        for (ConfiguredEntity entity : entities) {
            switch (entity.type().shortName()) {
                case "exchange" -> checkExchange(entity);
                case "binding" -> checkBinding(entity);
                default -> {
                    // No rules beyond the schema's.
                }
            }
        }
    }

    private void checkExchange(ConfiguredEntity exchange) {
        if (exchanges.putIfAbsent(exchange.name(), exchange) != null) {
            error(exchange, "name", "duplicate exchange name", "a name of its own");
        }
        if (exchange.isGiven("address") && exchangeAddresses.putIfAbsent(exchange.text("address"), exchange) != null) {
            error(exchange, "address", "duplicate exchange address", "an address of its own");
        }
    }

    private void checkBinding(ConfiguredEntity binding) {
        if (!binding.isGiven("exchangeName")) {
            return; // The schema has said so.
        }
        ConfiguredEntity exchange = exchanges.get(binding.text("exchangeName"));
        if (exchange == null) {
            error(binding, "exchangeName", "Named exchange does not exist", "the name of an exchange given before");
            return;
        }
        String key = binding.textOrNull("bindingKey");
        if (key != null && exchange.text("matchMethod").equals("mqtt")) {
            int many = key.indexOf('#');
            boolean last = many < 0 || (many == key.length() - 1 && (many == 0 || key.charAt(many - 1) == '/'));
            if (!last) {
                error(binding, "bindingKey", "Invalid binding key '" + key + "'", "# as the last level only");
            }
        }
    }

    private void error(ConfiguredEntity entity, String attribute, String message, String expected) {
        problems.about(entity, attribute, Severity.ERROR, message, expected);
    }
}
