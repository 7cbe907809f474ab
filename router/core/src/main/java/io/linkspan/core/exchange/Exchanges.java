// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.exchange;

import io.linkspan.core.RouterCore;
import io.linkspan.core.address.Address;
import io.linkspan.core.address.AddressClass;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.AddressTable;
import io.linkspan.core.address.Pattern;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The {@code exchange} and {@code binding} entities of this router: made, checked and deleted here, by the configuration
 * and by management. Routing EXC-01. Confined to the core's loop.
 */
public final class Exchanges {

    /** Exchanges of one router. */
    public static final int MAX_EXCHANGES = 1_000;

    /** Bindings of one exchange. */
    public static final int MAX_BINDINGS = 10_000;

    /** What an exchange is to be. Null means not given. */
    public record ExchangeRequest(
            @Nullable String name,
            @Nullable String address,
            int phase,
            @Nullable String alternateAddress,
            int alternatePhase,
            Exchange.MatchMethod method) {

        /** An exchange of words between dots, without an alternate. */
        public static ExchangeRequest amqp(String name, String address) {
            return new ExchangeRequest(name, address, 0, null, 0, Exchange.MatchMethod.AMQP);
        }
    }

    /** What a binding is to be. Null means not given. */
    public record BindingRequest(
            @Nullable String name,
            @Nullable String exchangeName,
            @Nullable String bindingKey,
            @Nullable String nextHopAddress,
            int nextHopPhase) {

        /** A binding without a name, to phase 0. */
        public static BindingRequest of(String exchangeName, String bindingKey, String nextHopAddress) {
            return new BindingRequest(null, exchangeName, bindingKey, nextHopAddress, 0);
        }
    }

    /**
     * What became of a request.
     *
     * @param <T> what was to be made
     */
    public sealed interface Result<T> {}

    /** It exists now. */
    public record Created<T>(T entity) implements Result<T> {}

    /** Refused; management answers 400 with the text. */
    public record Refused<T>(String text) implements Result<T> {}

    private final RouterCore core;
    private final AddressTable table;
    private final List<Exchange> exchanges = new ArrayList<>();

    /** No exchanges yet. */
    public Exchanges(RouterCore core) {
        this.core = core;
        this.table = core.table();
    }

    /** All exchanges, oldest first. */
    public List<Exchange> all() {
        return Collections.unmodifiableList(exchanges);
    }

    /** All bindings, by exchange. */
    public List<Binding> bindings() {
        return exchanges.stream()
                .flatMap(exchange -> exchange.bindings().stream())
                .toList();
    }

    /** The exchange of a name. */
    public Optional<Exchange> byName(String name) {
        return exchanges.stream()
                .filter(exchange -> exchange.name().equals(name))
                .findFirst();
    }

    /** Makes an exchange; senders that wait at its address get their credit. */
    public Result<Exchange> create(ExchangeRequest request) {
        String name = request.name();
        String address = request.address();
        if (name == null || name.isEmpty()) {
            return new Refused<>("exchange: no name");
        }
        if (address == null || address.isEmpty()) {
            return new Refused<>("exchange '" + name + "': no address");
        }
        if (byName(name).isPresent()) {
            return new Refused<>("exchange '" + name + "': the name is in use");
        }
        if (exchanges.size() == MAX_EXCHANGES) {
            return new Refused<>("exchange '" + name + "': there are " + MAX_EXCHANGES + " already");
        }
        AddressKey key = mobile(address, request.phase());
        if (key == null) {
            return new Refused<>(
                    "exchange '" + name + "': " + address + " in phase " + request.phase() + " is no mobile address");
        }
        Address known = table.find(key.toString());
        if (known != null && known.exchange() != null) {
            return new Refused<>("exchange '" + name + "': the address " + address + " has an exchange already");
        }
        NextHop alternate = null;
        String alternateText = request.alternateAddress();
        if (alternateText != null && !alternateText.isEmpty()) {
            AddressKey alternateKey = mobile(alternateText, request.alternatePhase());
            if (alternateKey == null) {
                return new Refused<>("exchange '" + name + "': " + alternateText + " in phase "
                        + request.alternatePhase() + " is no mobile address");
            }
            alternate = new NextHop(alternateText, table.refer(alternateKey));
        }
        Exchange exchange =
                new Exchange(core.nextIdentity(), name, address, table.refer(key), alternate, request.method());
        exchanges.add(exchange);
        table.exchange(exchange.record(), exchange);
        return new Created<>(exchange);
    }

    /** Deletes an exchange with its bindings; false if it does not exist. */
    public boolean delete(Exchange exchange) {
        if (!exchanges.remove(exchange)) {
            return false;
        }
        for (Binding binding : exchange.bindings()) {
            release(exchange.remove(binding));
        }
        table.exchange(exchange.record(), null);
        table.unpin(exchange.record());
        release(exchange.alternate());
        return true;
    }

    /** Makes a binding. */
    public Result<Binding> bind(BindingRequest request) {
        String exchangeName = request.exchangeName();
        Exchange exchange = exchangeName == null ? null : byName(exchangeName).orElse(null);
        String to = request.nextHopAddress();
        if (exchange == null) {
            return new Refused<>("binding: there is no exchange '" + exchangeName + "'");
        }
        if (to == null || to.isEmpty()) {
            return new Refused<>("binding of exchange '" + exchangeName + "': no nextHopAddress");
        }
        String name = request.name();
        if (name != null && exchange.bindings().stream().anyMatch(binding -> name.equals(binding.name()))) {
            return new Refused<>("binding '" + name + "': the name is in use at exchange '" + exchangeName + "'");
        }
        if (exchange.bindings().size() == MAX_BINDINGS) {
            return new Refused<>("exchange '" + exchangeName + "' has " + MAX_BINDINGS + " bindings already");
        }
        AddressKey toKey = mobile(to, request.nextHopPhase());
        if (toKey == null) {
            return new Refused<>("binding of exchange '" + exchangeName + "': " + to + " in phase "
                    + request.nextHopPhase() + " is no mobile address");
        }
        String key = request.bindingKey() == null || request.bindingKey().isEmpty() ? "#" : request.bindingKey();
        Pattern pattern = Pattern.parse(key, exchange.method().syntax());
        if (exchange.method() == Exchange.MatchMethod.MQTT && !endsTopicFilter(key)) {
            return new Refused<>("binding key '" + key + "': # is allowed as the last level only");
        }
        if (exchange.has(key, toKey)) {
            return new Refused<>("exchange '" + exchangeName + "' has a binding of '" + key + "' to " + to
                    + " in phase " + request.nextHopPhase() + " already");
        }
        NextHop nextHop = exchange.nextHop(toKey);
        Binding binding = new Binding(
                core.nextIdentity(),
                name,
                exchange,
                key,
                pattern,
                nextHop != null ? nextHop : new NextHop(to, table.refer(toKey)));
        exchange.add(binding);
        return new Created<>(binding);
    }

    /** Deletes a binding; false if it does not exist. */
    public boolean unbind(Binding binding) {
        if (!binding.exchange().bindings().contains(binding)) {
            return false;
        }
        release(binding.exchange().remove(binding));
        return true;
    }

    private void release(@Nullable NextHop nextHop) {
        if (nextHop != null) {
            table.unpin(nextHop.record());
        }
    }

    private static boolean endsTopicFilter(String key) {
        int many = key.indexOf('#');
        return many < 0 || (many == key.length() - 1 && (many == 0 || key.charAt(many - 1) == '/'));
    }

    private @Nullable AddressKey mobile(String text, int phase) {
        AddressKey key = core.parse(text);
        boolean known = phase >= 0 && phase <= AddressKey.MAX_PHASE;
        return known && key.addressClass() == AddressClass.MOBILE ? key.inPhase(phase) : null;
    }
}
