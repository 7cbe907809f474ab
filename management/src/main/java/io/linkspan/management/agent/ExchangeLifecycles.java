// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.exchange.Binding;
import io.linkspan.core.exchange.Exchange;
import io.linkspan.core.exchange.Exchanges;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lifecycles of exchanges and bindings, which the core keeps. What the original's core refuses is refused in its
 * words (management protocol, 6.3); what ours refuses beside, in ours. Confined to the core's loop.
 */
public final class ExchangeLifecycles {
    private ExchangeLifecycles() {}

    /** Those of a core. */
    public static List<EntityLifecycle> of(RouterCore core) {
        return List.of(new OfExchanges(core), new OfBindings(core));
    }

    private static int phase(Lenient given, String name) {
        Integer phase = given.integer(name);
        return phase == null ? 0 : phase;
    }

    private static boolean isNoPhase(int phase) {
        return phase < 0 || phase > AddressKey.MAX_PHASE;
    }

    private static <T> void answer(
            Exchanges.Result<T> result, long identity, Consumer<EntityLifecycle.Outcome> outcome) {
        if (result instanceof Exchanges.Refused<T> refused) {
            outcome.accept(EntityLifecycle.bad(refused.text()));
        } else {
            outcome.accept(EntityLifecycle.done(Long.toString(identity)));
        }
    }

    private record OfExchanges(RouterCore core) implements EntityLifecycle {
        @Override
        public String type() {
            return "router.config.exchange";
        }

        @Override
        public void create(Map<String, @Nullable Object> attributes, Consumer<Outcome> outcome) {
            Lenient given = new Lenient(attributes);
            String name = given.text("name");
            String address = given.text("address");
            String method = given.text("matchMethod");
            int phase = phase(given, "phase");
            int alternatePhase = phase(given, "alternatePhase");
            String refusal = null;
            if (name == null || name.isEmpty()) {
                refusal = "exchange requires a unique name";
            } else if (address == null || address.isEmpty()) {
                refusal = "exchange address is mandatory";
            } else if (method != null && !method.equals("amqp") && !method.equals("mqtt")) {
                refusal = "Exchange matchMethod must be either 'amqp' or 'mqtt'";
            } else if (isNoPhase(phase) || isNoPhase(alternatePhase)) {
                refusal = "phase must be in the range 0-9";
            } else if (core.exchanges().byName(name).isPresent()) {
                refusal = "duplicate exchange name";
            } else if (core.exchanges().all().stream()
                    .anyMatch(other -> other.addressText().equals(address) && other.phase() == phase)) {
                refusal = "duplicate exchange address";
            }
            if (refusal != null) {
                outcome.accept(EntityLifecycle.bad(refusal));
                return;
            }
            Exchanges.Result<Exchange> result = core.exchanges()
                    .create(new Exchanges.ExchangeRequest(
                            name,
                            address,
                            phase,
                            given.text("alternateAddress"),
                            alternatePhase,
                            "mqtt".equals(method) ? Exchange.MatchMethod.MQTT : Exchange.MatchMethod.AMQP));
            long identity = result instanceof Exchanges.Created<Exchange> created
                    ? created.entity().identity()
                    : -1;
            answer(result, identity, outcome);
        }

        @Override
        public void delete(String identity, Consumer<Outcome> outcome) {
            for (Exchange exchange : List.copyOf(core.exchanges().all())) {
                if (Long.toString(exchange.identity()).equals(identity)) {
                    core.exchanges().delete(exchange);
                    outcome.accept(EntityLifecycle.done(identity));
                    return;
                }
            }
            outcome.accept(EntityLifecycle.gone());
        }
    }

    private record OfBindings(RouterCore core) implements EntityLifecycle {
        @Override
        public String type() {
            return "router.config.binding";
        }

        @Override
        public void create(Map<String, @Nullable Object> attributes, Consumer<Outcome> outcome) {
            Lenient given = new Lenient(attributes);
            String name = given.text("name");
            String exchange = given.text("exchangeName");
            String nextHop = given.text("nextHopAddress");
            int phase = phase(given, "nextHopPhase");
            String refusal = null;
            if (exchange == null || exchange.isEmpty()) {
                refusal = "Binding configuration requires an exchange";
            } else if (core.exchanges().byName(exchange).isEmpty()) {
                refusal = "Named exchange does not exist";
            } else if (nextHop == null || nextHop.isEmpty()) {
                refusal = "No next hop specified";
            } else if (isNoPhase(phase)) {
                refusal = "phase must be in the range 0-9";
            } else if (name != null
                    && core.exchanges().bindings().stream().anyMatch(other -> name.equals(other.name()))) {
                refusal = "Duplicate next hop name";
            }
            if (refusal != null) {
                outcome.accept(EntityLifecycle.bad(refusal));
                return;
            }
            Exchanges.Result<Binding> result = core.exchanges()
                    .bind(new Exchanges.BindingRequest(name, exchange, given.text("bindingKey"), nextHop, phase));
            long identity = result instanceof Exchanges.Created<Binding> created
                    ? created.entity().identity()
                    : -1;
            answer(result, identity, outcome);
        }

        @Override
        public void delete(String identity, Consumer<Outcome> outcome) {
            for (Binding binding : core.exchanges().bindings()) {
                if (Long.toString(binding.identity()).equals(identity)) {
                    core.exchanges().unbind(binding);
                    outcome.accept(EntityLifecycle.done(identity));
                    return;
                }
            }
            outcome.accept(EntityLifecycle.gone());
        }
    }
}
