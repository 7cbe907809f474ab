// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

import io.linkspan.mesh.message.MeshMessage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Events about what other routers did wrong, bounded in number: a peer that sends rubbish at full speed fills no log. What
 * is left out between two ticks is counted. Confined to the mesh's loop.
 */
final class Complaints {

    /** Events per kind between two ticks, and ids remembered so that something is said once about each. */
    static final int MAX_REMEMBERED = 256;

    private static final int IGNORED_PER_TICK = 4;

    private final Effects effects;
    private final Set<String> limitsSaid = new HashSet<>();
    private final Set<String> limitsThisTick = new HashSet<>();
    private final Set<RouterId> newerSaid = new HashSet<>();
    private final Map<RouterId, Long> duplicatesSaid = new HashMap<>();
    private int ignoredThisTick;
    private long suppressed;

    Complaints(Effects effects) {
        this.effects = effects;
    }

    void ignored(MeshMessage message, String reason) {
        ignored(message.id(), message.opcode(), reason);
    }

    void ignored(RouterId router, String opcode, String reason) {
        if (++ignoredThisTick > IGNORED_PER_TICK) {
            suppressed++;
            return;
        }
        effects.event(new MeshEvent.Ignored(router, opcode, reason));
    }

    /** Said again only after a tick in which the limit was not met. */
    void limit(String name, int value, RouterId router) {
        limitsThisTick.add(name);
        if (limitsSaid.add(name)) {
            effects.event(new MeshEvent.LimitReached(name, value, router));
        }
    }

    void newerProtocol(RouterId router, long version) {
        if (newerSaid.size() < MAX_REMEMBERED && newerSaid.add(router)) {
            effects.event(new MeshEvent.NewerProtocol(router, version));
        }
    }

    void duplicate(RouterId router, long instance, long other, long now, long quietNs) {
        Long said = duplicatesSaid.get(router);
        if (said != null ? now - said <= quietNs : duplicatesSaid.size() >= MAX_REMEMBERED) {
            return;
        }
        duplicatesSaid.put(router, now);
        effects.event(new MeshEvent.DuplicateRouterId(router, instance, other));
    }

    /** Messages ignored without an event so far. */
    long suppressed() {
        return suppressed;
    }

    void tick() {
        limitsSaid.retainAll(limitsThisTick);
        limitsThisTick.clear();
        ignoredThisTick = 0;
    }
}
