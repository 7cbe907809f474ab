// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.core.RouterCore;
import io.linkspan.core.link.Link;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What management may do to a link: disable and enable it (routing, section 20). Links that cannot be disabled say so
 * instead of doing nothing as the original does. Confined to the core's loop.
 */
public final class LinkLifecycle implements EntityLifecycle {
    private final RouterCore core;

    /** Makes a lifecycle of the core's links. */
    public LinkLifecycle(RouterCore core) {
        this.core = core;
    }

    @Override
    public String type() {
        return "router.link";
    }

    @Override
    public void create(Map<String, @Nullable Object> attributes, Consumer<Outcome> outcome) {
        throw new IllegalStateException("links are not made by management");
    }

    @Override
    public void update(String identity, Map<String, @Nullable Object> attributes, Consumer<Outcome> outcome) {
        Object status = attributes.get("adminStatus");
        if (!"enabled".equals(status) && !"disabled".equals(status)) {
            outcome.accept(EntityLifecycle.bad(Status.BAD_REQUEST.description()));
            return;
        }
        for (Link link : core.links()) {
            if (Long.toString(link.identity()).equals(identity)) {
                boolean enable = "enabled".equals(status);
                boolean done = core.administer(link, enable) || enable;
                outcome.accept(
                        done
                                ? EntityLifecycle.done(identity)
                                : new Refused(Status.NOT_IMPLEMENTED, "Links of this kind cannot be disabled"));
                return;
            }
        }
        outcome.accept(EntityLifecycle.gone());
    }
}
