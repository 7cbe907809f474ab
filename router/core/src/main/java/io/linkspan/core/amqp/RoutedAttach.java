// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.linkroute.LinkRoute;
import org.jspecify.annotations.Nullable;

/**
 * The attach of a routed link as each side reads it: the client's as its container gets it, the container's answer as the
 * client gets it. Routing LNK-06 to LNK-08, LNK-16; what the original leaves out goes along: settle modes, properties,
 * capabilities, max-message-size. Immutable.
 */
final class RoutedAttach {

    private static final Symbol NEVER = new Symbol("never");

    private final Attach request;
    private final boolean clientSends;
    private final @Nullable LinkRoute route;
    private final TenantTermini tenants;
    private final String outerName;

    /**
     * Of a link that was asked for.
     *
     * @param client who asks: a client, or the router that passes its link on
     * @param route what leads to the container; null to a further router
     */
    RoutedAttach(AmqpConnection client, Attach request, boolean clientSends, @Nullable LinkRoute route) {
        this.request = request;
        this.clientSends = clientSends;
        this.route = route;
        this.tenants = new TenantTermini(client.core(), client.tenant());
        String container = client.facts().container();
        this.outerName = client.role() == ConnectionRole.INTER_ROUTER || container == null
                ? request.name()
                : request.name() + "@" + container;
    }

    /** The link's name at the client. */
    String name() {
        return request.name();
    }

    /** LNK-07: the router that takes the link adds the client's container to its name; the others pass the name on. */
    String outerName() {
        return outerName;
    }

    /** LNK-06: what the container is asked. */
    Attach outward() {
        Terminus source = request.source();
        Terminus target = request.target();
        return new Attach(
                outerName,
                request.senderSettleMode(),
                request.receiverSettleMode(),
                clientSends ? source : external(source),
                clientSends ? external(target) : target,
                null,
                false,
                0,
                request.maxMessageSize(),
                request.offeredCapabilities(),
                request.desiredCapabilities(),
                request.properties(),
                request.unknown());
    }

    /** What the client is answered. */
    Attach inward(Attach answer) {
        Terminus source = answer.source() == null && clientSends ? request.source() : answer.source();
        Terminus target = answer.target() == null && !clientSends ? request.target() : answer.target();
        return new Attach(
                request.name(),
                answer.senderSettleMode(),
                answer.receiverSettleMode(),
                clientSends ? source : internal(source, request.source()),
                clientSends ? internal(target, request.target()) : target,
                null,
                false,
                0,
                answer.maxMessageSize(),
                answer.offeredCapabilities(),
                answer.desiredCapabilities(),
                answer.properties(),
                answer.unknown());
    }

    /** The node as the container sees it: qualified by the tenant, then with the external prefixes (LNK-08). */
    private @Nullable Terminus external(@Nullable Terminus terminus) {
        if (terminus == null) {
            return null;
        }
        Terminus qualified = tenants.qualified(terminus);
        String address = addressOf(qualified);
        if (address == null || route == null) {
            return qualified;
        }
        String external = route.external(address);
        return external.equals(address) ? qualified : qualified.withAddress(external);
    }

    /** The reverse of {@link #external}, for the answer to what was asked. */
    private @Nullable Terminus internal(@Nullable Terminus terminus, @Nullable Terminus wanted) {
        if (terminus == null || wanted == null) {
            return terminus;
        }
        String address = addressOf(terminus);
        String internal = address == null || route == null ? address : route.internal(address);
        boolean same = internal == null || internal.equals(address);
        return tenants.own(same ? terminus : terminus.withAddress(internal), wanted);
    }

    private static @Nullable String addressOf(@Nullable Terminus terminus) {
        return terminus == null || terminus.isCoordinator() ? null : terminus.address();
    }

    /** LNK-16: the client's terminus is meant to live on, so it is left, not closed. */
    boolean survives() {
        return survives(clientSends ? request.target() : request.source());
    }

    /** Whether a terminus outlives its link (LNK-16, LNK-19). */
    static boolean survives(@Nullable Terminus terminus) {
        return terminus != null && (terminus.timeout() > 0 || NEVER.equals(terminus.expiryPolicy()));
    }
}
