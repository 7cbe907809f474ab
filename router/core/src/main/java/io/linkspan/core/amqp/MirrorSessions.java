// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.AmqpEngine;
import io.linkspan.amqp.AmqpSession;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a container's connection that carry routed links: one for each session of a client that has any, so
 * that one client's full window does not stop another's links. A session ends with its last link. Confined to the loop.
 */
final class MirrorSessions {

    /** A session on the container's side, and how many routed links it carries. */
    static final class Mirror {
        private final AmqpSession client;
        private final AmqpSession session;
        private final SessionOrder order;
        private int links;

        private Mirror(AmqpSession client, AmqpSession session, SessionOrder order) {
            this.client = client;
            this.session = session;
            this.order = order;
        }

        /** Where to attach. */
        AmqpSession session() {
            return session;
        }

        /** Of all that the client's session sends to this container. */
        SessionOrder order() {
            return order;
        }
    }

    private final AmqpEngine engine;
    private final IdentityHashMap<AmqpSession, List<Mirror>> byClient = new IdentityHashMap<>(0);

    MirrorSessions(AmqpEngine engine) {
        this.engine = engine;
    }

    /** Sessions that carry routed links now. */
    int size() {
        int size = 0;
        for (List<Mirror> mirrors : byClient.values()) {
            size += mirrors.size();
        }
        return size;
    }

    /**
     * The session for one more link; {@link #giveBack} ends it.
     *
     * @param incoming whether we receive on the link
     * @return null when the connection is not open or has no channel left
     */
    @Nullable
    Mirror take(AmqpSession client, String linkName, boolean incoming) {
        List<Mirror> mirrors = byClient.computeIfAbsent(client, key -> new ArrayList<>(1));
        for (Mirror mirror : mirrors) {
            // A name stays taken until the container has answered our detach.
            if (mirror.session.isLive() && !mirror.session.isNameTaken(linkName, incoming)) {
                mirror.links++;
                return mirror;
            }
        }
        AmqpSession session = engine.isOpen() ? engine.begin() : null;
        if (session == null) {
            if (mirrors.isEmpty()) {
                byClient.remove(client);
            }
            return null;
        }
        Mirror mirror = new Mirror(client, session, mirrors.isEmpty() ? new SessionOrder() : mirrors.get(0).order);
        mirror.links = 1;
        mirrors.add(mirror);
        return mirror;
    }

    /** A link of it is gone. */
    void giveBack(Mirror mirror) {
        if (--mirror.links > 0) {
            return;
        }
        List<Mirror> mirrors = byClient.get(mirror.client);
        if (mirrors != null) {
            mirrors.remove(mirror);
            if (mirrors.isEmpty()) {
                byClient.remove(mirror.client);
            }
        }
        mirror.session.end(null);
    }
}
