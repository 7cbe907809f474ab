// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import io.linkspan.core.link.OutboundLink;
import org.jspecify.annotations.Nullable;

/**
 * One wish of an outbound link to receive: an address or a pattern, and in which group. Made by an adaptor, active from
 * {@code RouterCore.subscribe} until {@code RouterCore.unsubscribe} or the link's end; good for one use.
 *
 * <p>Which group it is really in follows the configuration of the address (architecture, section 3): on a configured
 * queue everybody is in one group, on a configured multicast address everybody who is not in a shared group stands
 * alone. Confined to the core's loop.
 */
public final class Subscription {

    private final @Nullable AddressKey address;
    private final @Nullable Pattern pattern;
    private final @Nullable String share;
    private final boolean alone;
    private boolean hidingDollar;
    private @Nullable Object attachment;

    // Set while active.
    @Nullable
    OutboundLink link;

    @Nullable
    Member member;

    @Nullable
    Address record;

    @Nullable
    Filter filter;

    int slot = -1;

    private Subscription(
            @Nullable AddressKey address, @Nullable Pattern pattern, @Nullable String share, boolean alone) {
        this.address = address;
        this.pattern = pattern;
        this.share = share;
        this.alone = alone;
    }

    /** A plain receiver: one of the common group of the address. */
    public static Subscription plain(AddressKey address) {
        return new Subscription(address, null, null, false);
    }

    /** A receiver that gets its own copy of what is sent to one address. */
    public static Subscription alone(AddressKey address) {
        return new Subscription(address, null, null, true);
    }

    /** A receiver that gets its own copy of what is sent to any mobile address the pattern matches. */
    public static Subscription alone(Pattern pattern) {
        return new Subscription(null, pattern, null, true);
    }

    /** One of a named group on an address: each delivery goes to one of those with the same name and address. */
    public static Subscription shared(String name, AddressKey address) {
        return new Subscription(address, null, name, false);
    }

    /** One of a named group on a pattern: each delivery goes to one of those with the same name and pattern. */
    public static Subscription shared(String name, Pattern pattern) {
        return new Subscription(null, pattern, name, false);
    }

    /** If the pattern begins with a wildcard, addresses that begin with {@code $} are not matched. */
    public Subscription hidingDollar() {
        hidingDollar = true;
        return this;
    }

    /** An object of the adaptor's, found again in {@code OutboundLink.send} through the member. */
    public Subscription attach(Object object) {
        attachment = object;
        return this;
    }

    /** The adaptor's object, or null. */
    public @Nullable Object attachment() {
        return attachment;
    }

    /** The address, unless this is on a pattern. */
    public @Nullable AddressKey address() {
        return address;
    }

    /** The pattern, unless this is on an address. */
    public @Nullable Pattern pattern() {
        return pattern;
    }

    /** The name of the shared group, or null. */
    public @Nullable String share() {
        return share;
    }

    /** Whether this gets copies of its own. */
    public boolean isAlone() {
        return alone;
    }

    /** Whether the core knows this subscription now. */
    public boolean active() {
        return link != null;
    }

    /** The link, while active. */
    public @Nullable OutboundLink link() {
        return link;
    }

    /** The key management shows for what the link reads: of the address, or {@code M0} and the pattern. */
    public String owningKey() {
        if (address != null) {
            return address.toString();
        }
        if (pattern == null) {
            throw new IllegalStateException("neither address nor pattern");
        }
        return AddressKey.mobile(pattern.toString()).toString();
    }

    boolean isHidingDollar() {
        return hidingDollar;
    }

    boolean matchesDollar(String text) {
        return !hidingDollar || pattern == null || !pattern.startsWithWildcard() || !text.startsWith("$");
    }
}
