// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import io.linkspan.core.mesh.RouterNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The topic receivers that other routers have for one address or one pattern: which routers get a copy of their own, and
 * which have members of each shared group. Confined to the core's loop.
 */
final class TopicsAway {

    /** The routers that have members of one shared group. */
    static final class SharedAway {
        private final Remotes remotes = new Remotes();
        private int hiding;

        /** Who they are, and what is out to them. */
        Remotes remotes() {
            return remotes;
        }

        /** Whether it may get what is sent to an address that begins with {@code $}. */
        boolean takesDollar() {
            return hiding == 0;
        }
    }

    private final List<RouterNode> alone = new ArrayList<>(1);
    private final List<RouterNode> hiding = new ArrayList<>(0);
    private @Nullable Map<String, SharedAway> shared;

    boolean isEmpty() {
        return alone.isEmpty() && hiding.isEmpty() && shared == null;
    }

    void add(TopicKey key, RouterNode node) {
        if (key.share() != null) {
            if (shared == null) {
                shared = new LinkedHashMap<>(2);
            }
            SharedAway group = shared.computeIfAbsent(key.share(), name -> new SharedAway());
            if (!group.remotes.contains(node)) {
                group.remotes.add(node);
            }
            group.hiding += key.kind().isHiding() ? 1 : 0;
        } else {
            (key.kind().isHiding() ? hiding : alone).add(node);
        }
    }

    /** The reverse of {@link #add}, for what was added. */
    void remove(TopicKey key, RouterNode node) {
        if (key.share() == null) {
            (key.kind().isHiding() ? hiding : alone).remove(node);
            return;
        }
        SharedAway group = shared == null ? null : shared.get(key.share());
        if (group != null && shared != null) {
            group.hiding -= key.kind().isHiding() ? 1 : 0;
            group.remotes.remove(node);
            if (group.remotes.isEmpty()) {
                shared.remove(key.share());
                shared = shared.isEmpty() ? null : shared;
            }
        }
    }

    /** The routers that get a copy of their own of what is sent to an address; one may be named twice. */
    void forEachAlone(boolean withHiding, Consumer<RouterNode> visitor) {
        alone.forEach(visitor);
        if (withHiding) {
            hiding.forEach(visitor);
        }
    }

    /** All routers that have some of them; one may be named twice. */
    List<RouterNode> routers() {
        List<RouterNode> all = new ArrayList<>(alone);
        all.addAll(hiding);
        shared().values().forEach(group -> all.addAll(List.of(group.remotes.nodes())));
        return all;
    }

    boolean has(RouterNode node) {
        return alone.contains(node)
                || shared().values().stream().anyMatch(group -> group.remotes().contains(node));
    }

    Map<String, SharedAway> shared() {
        return shared == null ? Map.of() : shared;
    }
}
