// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.AmqpArray;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A source, a target or a coordinator. AMQP 1.0 part 3, 3.5.3 and 3.5.4; part 4, 4.5.1. Immutable.
 *
 * <p>A view over the fields as they came: {@link #raw} gives them back unchanged, a {@code with} method changes one and
 * leaves the others as they are, unknown ones included. The types of the fields we understand were checked when the
 * terminus was read.
 */
public final class Terminus {
    private static final int ADDRESS = 0;
    private static final int DURABLE = 1;
    private static final int EXPIRY_POLICY = 2;
    private static final int TIMEOUT = 3;
    private static final int DYNAMIC = 4;
    private static final int DYNAMIC_NODE_PROPERTIES = 5;
    private static final int DISTRIBUTION_MODE = 6;
    private static final int FILTER = 7;
    private static final int SOURCE_CAPABILITIES = 10;
    private static final int TARGET_CAPABILITIES = 6;

    private final int descriptor;
    private final RawValue raw;
    private final List<RawValue> fields;

    private Terminus(int descriptor, RawValue raw, List<RawValue> fields) {
        this.descriptor = descriptor;
        this.raw = raw;
        this.fields = fields;
    }

    /**
     * The terminus in a field of an attach; null when the field is absent or null.
     *
     * @throws MalformedException when the field is something else, or a field we understand has the wrong type
     */
    public static @Nullable Terminus of(@Nullable RawValue raw) {
        if (raw == null || raw.isNull()) {
            return null;
        }
        FieldReader reader = new FieldReader();
        int descriptor = reader.open(raw.buffer(), 0, raw.length());
        Terminus terminus = new Terminus(descriptor, raw, reader.rest());
        terminus.check();
        return terminus;
    }

    /** A source with this address; null for none. */
    public static Terminus source(@Nullable String address) {
        return build(Descriptors.SOURCE, List.of()).withAddress(address);
    }

    /** A target with this address; null for none. */
    public static Terminus target(@Nullable String address) {
        return build(Descriptors.TARGET, List.of()).withAddress(address);
    }

    /** The coordinator of transactions with these capabilities. */
    public static Terminus coordinator(List<Symbol> capabilities) {
        return build(Descriptors.COORDINATOR, List.of()).withCapabilities(capabilities);
    }

    private static Terminus build(int descriptor, List<RawValue> fields) {
        return new Terminus(
                descriptor, RawValue.of(new Described(new UnsignedLong(descriptor), fields)), List.copyOf(fields));
    }

    private void check() {
        switch (descriptor) {
            case Descriptors.SOURCE, Descriptors.TARGET -> {
                address();
                durable();
                expiryPolicy();
                timeout();
                dynamic();
                if (descriptor == Descriptors.SOURCE) {
                    distributionMode();
                }
            }
            case Descriptors.COORDINATOR -> {}
            default ->
                throw new MalformedException("terminus with the descriptor 0x" + Integer.toHexString(descriptor));
        }
        capabilities();
    }

    /** The whole terminus, as it came when nothing was changed. */
    public RawValue raw() {
        return raw;
    }

    public boolean isSource() {
        return descriptor == Descriptors.SOURCE;
    }

    public boolean isCoordinator() {
        return descriptor == Descriptors.COORDINATOR;
    }

    /** The address; null when there is none. An address that is not a string is not one we can route: malformed. */
    public @Nullable String address() {
        return isCoordinator() ? null : value(ADDRESS, String.class);
    }

    /** 0 none, 1 configuration, 2 unsettled state. */
    public long durable() {
        UnsignedInteger value = isCoordinator() ? null : value(DURABLE, UnsignedInteger.class);
        return value == null ? 0 : value.value();
    }

    public @Nullable Symbol expiryPolicy() {
        return isCoordinator() ? null : value(EXPIRY_POLICY, Symbol.class);
    }

    /** Seconds that the terminus outlives its link; 0 by default. */
    public long timeout() {
        UnsignedInteger value = isCoordinator() ? null : value(TIMEOUT, UnsignedInteger.class);
        return value == null ? 0 : value.value();
    }

    /** True when the peer that gets this terminus is to make the node. */
    public boolean dynamic() {
        Boolean value = isCoordinator() ? null : value(DYNAMIC, Boolean.class);
        return value != null && value;
    }

    /** The properties of a dynamic node; null when absent or null. */
    public @Nullable RawValue dynamicNodeProperties() {
        return isCoordinator() ? null : present(DYNAMIC_NODE_PROPERTIES);
    }

    public @Nullable Symbol distributionMode() {
        return isSource() ? value(DISTRIBUTION_MODE, Symbol.class) : null;
    }

    /** The filter of a source; null when absent or null. */
    public @Nullable RawValue filter() {
        return isSource() ? present(FILTER) : null;
    }

    /** The capabilities; a bare symbol, as routers send it, is a list of one. */
    public List<Symbol> capabilities() {
        RawValue field = present(capabilitiesIndex());
        return field == null ? List.of() : symbols(field);
    }

    /** The capability that came as a bare symbol, as routers send it; null for none and for an array of them. */
    public @Nullable Symbol bareCapability() {
        RawValue field = present(capabilitiesIndex());
        return field != null && field.decode() instanceof Symbol symbol ? symbol : null;
    }

    /** The symbols of a field that holds a symbol or an array of symbols. */
    public static List<Symbol> symbols(RawValue field) {
        Object value = field.decode();
        if (value == null) {
            return List.of();
        } else if (value instanceof Symbol symbol) {
            return List.of(symbol);
        } else if (value instanceof AmqpArray array && array.descriptor() == null) {
            List<Symbol> symbols = new ArrayList<>(array.elements().size());
            for (Object element : array.elements()) {
                if (!(element instanceof Symbol symbol)) {
                    throw new MalformedException("array of something else than symbols");
                }
                symbols.add(symbol);
            }
            return symbols;
        }
        throw new MalformedException("neither a symbol nor an array of symbols");
    }

    public Terminus withAddress(@Nullable String address) {
        requireNode();
        return with(ADDRESS, address);
    }

    public Terminus withDurable(long durable) {
        requireNode();
        return with(DURABLE, new UnsignedInteger(durable));
    }

    public Terminus withExpiryPolicy(@Nullable Symbol policy) {
        requireNode();
        return with(EXPIRY_POLICY, policy);
    }

    public Terminus withTimeout(long seconds) {
        requireNode();
        return with(TIMEOUT, new UnsignedInteger(seconds));
    }

    public Terminus withDynamic(boolean dynamic) {
        requireNode();
        return with(DYNAMIC, dynamic);
    }

    public Terminus withDynamicNodeProperties(@Nullable RawValue properties) {
        requireNode();
        return with(DYNAMIC_NODE_PROPERTIES, properties);
    }

    /** A source with this filter set; null for none. */
    public Terminus withFilter(@Nullable RawValue filter) {
        if (!isSource()) {
            throw new IllegalStateException("only a source has a filter");
        }
        return with(FILTER, filter);
    }

    /** With an array of capabilities; none for an empty list. */
    public Terminus withCapabilities(List<Symbol> capabilities) {
        return with(capabilitiesIndex(), capabilities.isEmpty() ? null : AmqpArray.ofSymbols(capabilities));
    }

    /** With one capability as a bare symbol: the form that the original understands on links between routers. */
    public Terminus withCapability(Symbol capability) {
        return with(capabilitiesIndex(), capability);
    }

    private Terminus with(int index, @Nullable Object value) {
        List<RawValue> changed = new ArrayList<>(fields);
        while (changed.size() <= index) {
            changed.add(RawValue.NULL);
        }
        changed.set(index, RawValue.of(value));
        while (!changed.isEmpty()
                && changed.size() > fields.size()
                && changed.get(changed.size() - 1).isNull()) {
            changed.remove(changed.size() - 1);
        }
        return build(descriptor, changed);
    }

    private int capabilitiesIndex() {
        return switch (descriptor) {
            case Descriptors.SOURCE -> SOURCE_CAPABILITIES;
            case Descriptors.TARGET -> TARGET_CAPABILITIES;
            default -> 0;
        };
    }

    private void requireNode() {
        if (isCoordinator()) {
            throw new IllegalStateException("a coordinator has capabilities only");
        }
    }

    private @Nullable RawValue present(int index) {
        return index >= fields.size() || fields.get(index).isNull() ? null : fields.get(index);
    }

    private <T> @Nullable T value(int index, Class<T> type) {
        RawValue field = present(index);
        if (field == null) {
            return null;
        }
        Object value = field.decode();
        if (!type.isInstance(value)) {
            throw new MalformedException("terminus field " + index + " is no " + type.getSimpleName());
        }
        return type.cast(value);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Terminus terminus && raw.equals(terminus.raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }

    @Override
    public String toString() {
        return raw.toString();
    }
}
