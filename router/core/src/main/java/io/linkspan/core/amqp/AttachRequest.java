// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.IncomingLink;
import io.linkspan.amqp.OutgoingLink;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.Admission;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressEntity;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Pattern;
import io.linkspan.core.address.PatternSyntax;
import io.linkspan.core.address.Subscription;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.delivery.ToAnnotation;
import io.linkspan.core.link.Direction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers one attach of a peer: which address, which group, or why not. The order of the questions is that of routing
 * MAT-13; refusals are those of its section 18. Confined to the connection's loop.
 */
final class AttachRequest {

    private static final String SHARE_PREFIX = "$share/";
    private static final Symbol TOPIC_PATTERN = new Symbol("topic-pattern");
    private static final Symbol SHARED = new Symbol("shared");
    private static final String WAYPOINT = "qd.waypoint";
    private static final AmqpError NO_ENDPOINTS =
            ErrorCondition.CONNECTION_ROLE.error("Link attach forbidden on inter-router connection");
    private static final AmqpError BEYOND_TENANT = ErrorCondition.NOT_IMPLEMENTED.error(
            "in the address space of a host a pattern cannot begin with a wildcard");
    private static final AmqpError NOT_NESTED = ErrorCondition.NOT_IMPLEMENTED.error(
            "a pattern in the filter must lie within the source address, or the other way round");
    private static final Symbol RESEND_RELEASED = new Symbol("qd.resend-released");
    private static final Symbol FALLBACK = new Symbol("qd.fallback");

    private final AmqpConnection connection;
    private final RouterCore core;
    private final AmqpProfile profile;

    AttachRequest(AmqpConnection connection, RouterCore core, AmqpProfile profile) {
        this.connection = connection;
        this.core = core;
        this.profile = profile;
    }

    /** The peer wants to send. */
    void sender(IncomingLink link, Attach remote) {
        try {
            Terminus target = remote.target();
            RouterLinks routers = connection.routerLinks();
            Symbol kind = routers == null ? null : RouterLinks.kind(target);
            if (routers != null && kind != null) {
                routers.accept(link, remote, kind);
            } else if (routers != null && !routers.hasControl()) {
                link.refuse(NO_ENDPOINTS);
            } else if (forRouters(remote)) {
                link.refuse(ErrorCondition.FORBIDDEN.error("Connectivity to the node is forbidden"));
            } else if (new LinkRouting(connection, core).takes(link, remote, target, Direction.IN)) {
                return;
            } else if (target != null && target.isCoordinator()) {
                link.refuse(ErrorCondition.PRECONDITION_FAILED.error(
                        "The router can't coordinate transactions by itself, a linkRoute to a coordinator must be"
                                + " configured to use transactions."));
            } else if (target != null && target.dynamic()) {
                RouterCore.Temporary temporary = core.temporaryTarget();
                produce(
                        link,
                        remote,
                        remote.echo().withTarget(target.withAddress(temporary.address())),
                        temporary.address(),
                        temporary.key());
            } else {
                String address = target == null ? null : target.address();
                if (address != null) {
                    address = named(address).address();
                }
                AddressKey key = target == null || address == null || address.isEmpty()
                        ? null
                        : core.senderKey(connection.tenant(), address, waypoint(target.capabilities()));
                if (key != null && isFallback(target) && connection.role() == ConnectionRole.EDGE) {
                    key = key.inPhase(AddressKey.FALLBACK_PHASE);
                }
                produce(
                        link,
                        remote,
                        remote.echo(),
                        connection.tenant() == null || key == null ? address : key.text(),
                        key);
            }
        } catch (MalformedException e) {
            link.refuse(ErrorCondition.DECODE_ERROR.error("target: " + e.getMessage()));
        }
    }

    private void produce(
            IncomingLink link, Attach remote, Attach answer, @Nullable String address, @Nullable AddressKey key) {
        Admission.Refused refused = key == null ? null : core.refusesProducer(key);
        if (refused != null) {
            link.refuse(refused.error());
            return;
        }
        ToAnnotation target = key == null || address == null ? null : ToAnnotation.of(address, key.phase());
        AmqpInbound inbound = new AmqpInbound(connection, link, target, isFallback(remote.target()));
        inbound.attachedBy(remote);
        if (asks(remote, RESEND_RELEASED)) {
            inbound.resendReleased();
        }
        link.accept(inbound, answer);
        core.producer(inbound, key);
    }

    /** FBK-02: the bare symbol only, not one of an array. */
    private static boolean isFallback(@Nullable Terminus terminus) {
        return terminus != null && FALLBACK.equals(terminus.bareCapability());
    }

    /** Whether a capability is asked for, of the link or of its target. */
    private static boolean asks(Attach remote, Symbol capability) {
        Terminus target = remote.target();
        RawValue desired = remote.desiredCapabilities();
        return (target != null && target.capabilities().contains(capability))
                || (desired != null && Terminus.symbols(desired).contains(capability));
    }

    /** The peer wants to receive. */
    void receiver(OutgoingLink link, Attach remote) {
        try {
            Terminus source = remote.source();
            RouterLinks routers = connection.routerLinks();
            Symbol kind = routers == null ? null : RouterLinks.kind(source);
            if (routers != null && kind != null) {
                routers.accept(link, remote, kind);
            } else if (routers != null && !routers.hasControl()) {
                link.refuse(NO_ENDPOINTS);
            } else if (forRouters(remote)) {
                link.refuse(ErrorCondition.FORBIDDEN.error("Connectivity to the node is forbidden"));
            } else if (new LinkRouting(connection, core).takes(link, remote, source, Direction.OUT)) {
                return;
            } else if (source != null && !source.isCoordinator() && source.dynamic()) {
                RouterCore.Temporary temporary = core.temporarySource();
                consume(
                        link,
                        remote,
                        remote.echo().withSource(source.withAddress(temporary.address())),
                        Subscription.plain(temporary.key()));
            } else {
                String address = source == null || source.isCoordinator() ? null : source.address();
                if (address == null || address.isEmpty() || source == null) {
                    link.refuse(RouterCore.noRoute().error());
                } else {
                    PatternFilters filters = PatternFilters.of(source);
                    Attach answer = filters == null
                            ? remote.echo()
                            : remote.echo().withSource(source.withFilter(filters.honoured()));
                    Wanted wanted = wanted(address, source, filters, remote.name());
                    if (wanted instanceof Granted granted) {
                        consume(link, remote, answer, granted.subscription());
                    } else if (wanted instanceof Denied denied) {
                        link.refuse(denied.error());
                    }
                }
            }
        } catch (MalformedException e) {
            link.refuse(ErrorCondition.DECODE_ERROR.error("source: " + e.getMessage()));
        }
    }

    private void consume(OutgoingLink link, Attach remote, Attach answer, Subscription subscription) {
        AddressKey key = subscription.address();
        Admission.Refused refused = key == null ? null : core.refusesConsumer(key);
        if (refused != null) {
            link.refuse(refused.error());
            return;
        }
        boolean settles = remote.senderSettleMode() == Attach.SENDER_SETTLED;
        AmqpOutbound outbound = new AmqpOutbound(connection, link, settles);
        outbound.attachedBy(remote);
        link.accept(outbound, answer);
        core.subscribe(outbound, subscription);
    }

    /** What comes of a source. */
    private sealed interface Wanted {}

    private record Granted(Subscription subscription) implements Wanted {}

    private record Denied(AmqpError error) implements Wanted {}

    /** Which address or pattern, alone or in a group (MQ-1-8, MQ-1-21). */
    private Wanted wanted(String sourceAddress, Terminus source, @Nullable PatternFilters filters, String linkName) {
        String address = sourceAddress;
        List<Symbol> capabilities = source.capabilities();
        String share = capabilities.contains(SHARED) ? linkName : null;
        if (address.startsWith(SHARE_PREFIX)) {
            int end = address.indexOf('/', SHARE_PREFIX.length());
            if (end > SHARE_PREFIX.length() && end + 1 < address.length()) {
                share = address.substring(SHARE_PREFIX.length(), end);
                address = address.substring(end + 1);
            }
        }
        AddressAlias.Named named = named(address);
        address = named.address();
        AddressKey key = core.receiverKey(connection.tenant(), address, waypoint(capabilities));
        if (isFallback(source)) {
            return new Granted(Subscription.plain(key.inPhase(AddressKey.FALLBACK_PHASE)));
        }
        AddressEntity entity = core.entityOf(key);
        boolean asksForPattern = named.pattern()
                || capabilities.contains(TOPIC_PATTERN)
                || filters != null
                || (entity != null && entity.topicPattern());
        if (!asksForPattern) {
            return new Granted(share == null ? Subscription.plain(key) : Subscription.shared(share, key));
        }
        PatternSyntax syntax = profile.patterns();
        List<String> further = filters == null ? List.of() : filters.patterns(syntax);
        if (further == null) {
            return new Denied(NOT_NESTED);
        }
        if (looksBeyondTenant(address) || further.stream().anyMatch(this::looksBeyondTenant)) {
            return new Denied(BEYOND_TENANT);
        }
        Pattern pattern = Pattern.parse(key.text(), syntax);
        for (String text : further) {
            Pattern other = Pattern.parse(
                    core.receiverKey(connection.tenant(), text, key.phase()).text(), syntax);
            if (pattern.contains(other)) {
                pattern = other;
            } else if (!other.contains(pattern)) {
                return new Denied(NOT_NESTED);
            }
        }
        Subscription subscription = share == null ? Subscription.alone(pattern) : Subscription.shared(share, pattern);
        return new Granted(subscription.hidingDollar());
    }

    /** TEN-02: whether a pattern would look beyond the tenant's addresses. */
    private boolean looksBeyondTenant(String pattern) {
        return connection.tenant() != null
                && Pattern.parse(core.parse(pattern).text(), profile.patterns()).startsWithWildcard();
    }

    private AddressAlias.Named named(String address) {
        return AddressAlias.of(profile.aliases(), address, profile.patterns());
    }

    private static boolean forRouters(Attach remote) {
        return RouterLinks.kind(remote.source()) != null || RouterLinks.kind(remote.target()) != null;
    }

    /** The ordinal of the waypoint capability, 0 without one (routing PHS-04). */
    private static int waypoint(List<Symbol> capabilities) {
        for (Symbol capability : capabilities) {
            String text = capability.toString();
            if (text.equals(WAYPOINT)) {
                return 1;
            }
            if (text.length() == WAYPOINT.length() + 2 && text.startsWith(WAYPOINT)) {
                char ordinal = text.charAt(text.length() - 1);
                if (ordinal >= '1' && ordinal <= '9') {
                    return ordinal - '0';
                }
            }
        }
        return 0;
    }
}
