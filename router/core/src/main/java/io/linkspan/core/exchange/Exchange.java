// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.exchange;

import io.linkspan.core.address.Address;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Pattern;
import io.linkspan.core.address.PatternSyntax;
import io.linkspan.core.address.PatternTrie;
import io.linkspan.core.address.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An address whose messages go on to other addresses, by their subject. It is a destination of its address, so senders
 * there always have credit (routing EXC-07, EXC-08). Made by {@link Exchanges}; confined to the core's loop.
 */
public final class Exchange {

    /** How the bindings' keys and the subjects are read (routing EXC-02). */
    public enum MatchMethod {
        /** Words between dots; {@code *} is one, {@code #} any number. */
        AMQP(PatternSyntax.DOTS),
        /** Levels between slashes; {@code +} is one, {@code #} any number at the end. */
        MQTT(PatternSyntax.SLASHES);

        @SuppressWarnings("ImmutableEnumChecker") // A record of strings; the annotation that says so is no dependency.
        private final PatternSyntax syntax;

        MatchMethod(PatternSyntax syntax) {
            this.syntax = syntax;
        }

        PatternSyntax syntax() {
            return syntax;
        }

        /** The word of configuration and management. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final long identity;
    private final String name;
    private final String addressText;
    private final Address record;
    private final @Nullable NextHop alternate;
    private final MatchMethod method;
    private final PatternTrie<List<Binding>> byKey = new PatternTrie<>();
    private final Map<AddressKey, NextHop> nextHops = new LinkedHashMap<>();
    private final List<Binding> bindings = new ArrayList<>();
    private long received;
    private long dropped;
    private long forwarded;
    private long diverted;

    Exchange(
            long identity,
            String name,
            String addressText,
            Address record,
            @Nullable NextHop alternate,
            MatchMethod method) {
        this.identity = identity;
        this.name = name;
        this.addressText = addressText;
        this.record = record;
        this.alternate = alternate;
        this.method = method;
    }

    /** Its number in management. */
    public long identity() {
        return identity;
    }

    /** Its unique name. */
    public String name() {
        return name;
    }

    /** The address as it was given. */
    public String addressText() {
        return addressText;
    }

    /** The phase of the address it stands at. */
    public int phase() {
        return record.key().phase();
    }

    /** Where messages go that went nowhere else, or null (routing EXC-05). */
    public @Nullable NextHop alternate() {
        return alternate;
    }

    /** How subjects are matched. */
    public MatchMethod method() {
        return method;
    }

    /** The bindings in the order they were made. */
    public List<Binding> bindings() {
        return List.copyOf(bindings);
    }

    /** Messages that came. */
    public long receivedCount() {
        return received;
    }

    /** Messages that went nowhere. */
    public long droppedCount() {
        return dropped;
    }

    /** Messages that went to a binding's address or a receiver on the exchange's own. */
    public long forwardedCount() {
        return forwarded;
    }

    /** Messages that went to the alternate address. */
    public long divertedCount() {
        return diverted;
    }

    Address record() {
        return record;
    }

    // ---- for the forwarder ---------------------------------------------------------------------------------------

    /**
     * Where a message goes by its subject: each next hop once, in the order of its first matching binding. Counts the
     * message and the matches.
     *
     * @param subject null matches nothing (routing EXC-02)
     */
    public List<Route> match(@Nullable String subject) {
        received++;
        List<Route> routes = new ArrayList<>();
        if (subject != null) {
            byKey.matchAll(method.syntax().levels(subject), matching -> {
                for (Binding binding : matching) {
                    binding.countMatch();
                    if (binding.nextHop().firstOf(received)) {
                        routes.add(binding.nextHop().route());
                    }
                }
            });
        }
        return routes;
    }

    /** The message went on. */
    public void countForwarded() {
        forwarded++;
    }

    /** The message went to the alternate address. */
    public void countDiverted() {
        diverted++;
    }

    /** The message went nowhere. */
    public void countDropped() {
        dropped++;
    }

    // ---- for Exchanges -------------------------------------------------------------------------------------------

    @Nullable
    NextHop nextHop(AddressKey key) {
        return nextHops.get(key);
    }

    boolean has(String key, AddressKey to) {
        Pattern pattern = Pattern.parse(key, method.syntax());
        return bindings.stream()
                .anyMatch(binding -> binding.pattern().equals(pattern)
                        && binding.nextHop().key().equals(to));
    }

    void add(Binding binding) {
        List<Binding> alike = byKey.get(binding.pattern());
        if (alike == null) {
            alike = new ArrayList<>(1);
            byKey.put(binding.pattern(), alike);
        }
        alike.add(binding);
        bindings.add(binding);
        binding.nextHop().bound();
        nextHops.put(binding.nextHop().key(), binding.nextHop());
    }

    /** The next hop that nothing is bound to any more, or null. */
    @Nullable
    NextHop remove(Binding binding) {
        List<Binding> alike = byKey.get(binding.pattern());
        if (alike != null && alike.remove(binding) && alike.isEmpty()) {
            byKey.remove(binding.pattern());
        }
        bindings.remove(binding);
        if (!binding.nextHop().unbound()) {
            return null;
        }
        nextHops.remove(binding.nextHop().key());
        return binding.nextHop();
    }
}
