// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.Attach;
import io.linkspan.amqp.IncomingLink;
import io.linkspan.core.address.Route;
import io.linkspan.core.mesh.Mesh;
import org.jspecify.annotations.Nullable;

/**
 * A data link on which another router sends: each message names its destination, and its credit comes back as soon as it
 * has been forwarded (routing CRD-05). Confined to the connection's loop.
 */
final class RouterInbound extends AmqpInbound {

    private final AmqpConnection owner;
    private final int priority;

    RouterInbound(AmqpConnection owner, IncomingLink link, int priority) {
        super(owner, link, null, false);
        this.owner = owner;
        this.priority = priority;
    }

    @Override
    public void onAttached(IncomingLink link, Attach remote) {
        if (remote.source() != null) {
            owner.core().producer(this, null);
        }
    }

    @Override
    @Nullable
    Route annotatedRoute(byte[] utf8, int index, int length, int phase) {
        return owner.core().routeFromRouter(utf8, index, length, phase);
    }

    @Override
    boolean comesAgain() {
        Mesh mesh = owner.core().mesh();
        return mesh != null && !mesh.isFirstCopy(owner.keys());
    }

    @Override
    protected boolean creditsOnForward() {
        return true;
    }

    @Override
    public int priority() {
        return priority;
    }

    @Override
    public String linkType() {
        return "inter-router";
    }
}
