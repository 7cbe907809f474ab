// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.exchange;

import io.linkspan.core.address.Pattern;
import org.jspecify.annotations.Nullable;

/** What an exchange sends on, and where to. Confined to the core's loop. Routing EXC-01. */
public final class Binding {

    private final long identity;
    private final @Nullable String name;
    private final Exchange exchange;
    private final String key;
    private final Pattern pattern;
    private final NextHop nextHop;
    private long matched;

    Binding(long identity, @Nullable String name, Exchange exchange, String key, Pattern pattern, NextHop nextHop) {
        this.identity = identity;
        this.name = name;
        this.exchange = exchange;
        this.key = key;
        this.pattern = pattern;
        this.nextHop = nextHop;
    }

    /** Its number in management. */
    public long identity() {
        return identity;
    }

    /** Its name, or null. */
    public @Nullable String name() {
        return name;
    }

    /** The exchange it belongs to. */
    public Exchange exchange() {
        return exchange;
    }

    /** The pattern of subjects as it was given. */
    public String key() {
        return key;
    }

    /** Where what matches goes. */
    public NextHop nextHop() {
        return nextHop;
    }

    /** Messages whose subject matched. */
    public long matchedCount() {
        return matched;
    }

    Pattern pattern() {
        return pattern;
    }

    void countMatch() {
        matched++;
    }
}
