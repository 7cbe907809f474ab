// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

import io.linkspan.mesh.linkstate.RemoteRouter;
import io.linkspan.mesh.message.MobileAddressRequest;
import io.linkspan.mesh.message.MobileAddressUpdate;
import io.linkspan.mesh.message.Treatment;
import io.linkspan.mesh.mobile.LocalAddresses;
import io.linkspan.mesh.mobile.RemoteAddresses;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the mobile addresses of all routers equal to what they announce, strictly by number: a change that does not follow
 * on the set we have is not applied, the whole set is asked for. Confined to the mesh's loop. spec section 8.
 */
final class AddressSync {

    /** Classes that never travel: local, topological, router, area. spec section 1.1. */
    private static final String CONFINED_CLASSES = "LTRA";

    private final MeshConfig config;
    private final Effects effects;
    private final Complaints complaints;
    private final LocalAddresses local = new LocalAddresses();
    private int kept;

    AddressSync(MeshConfig config, Effects effects, Complaints complaints) {
        this.config = config;
        this.effects = effects;
        this.complaints = complaints;
    }

    LocalAddresses local() {
        return local;
    }

    /** What changed here since the last announcement; null if nothing did. */
    MobileAddressUpdate.@Nullable Differential announce() {
        return local.changed() ? local.announce(config.self()) : null;
    }

    void onDifferential(MobileAddressUpdate.Differential update, RemoteRouter router) {
        RemoteAddresses known = router.addresses();
        if (update.sequence() == known.sequence() + 1) {
            known.apply(update, mapping(router));
        } else if (update.sequence() > known.sequence()) {
            router.addressQuestion().open();
        }
    }

    void onAbsolute(MobileAddressUpdate.Absolute update, RemoteRouter router) {
        RemoteAddresses known = router.addresses();
        if (update.sequence() >= known.sequence()) {
            known.replace(update, mapping(router));
            router.addressQuestion().close();
        }
    }

    /** Answers at once, but only once between two ticks; a second request is answered with the tick. */
    void onRequest(MobileAddressRequest request, RemoteRouter router) {
        if (request.haveSequence() >= local.sequence() || !router.isReachable()) {
            return;
        }
        if (router.addresses().mayAnswer()) {
            effects.sendToRouter(router.id(), local.all(config.self()));
        }
    }

    /** Takes addresses of routers that are out of reach from the core, and answers what was put off. */
    void tick(Collection<RemoteRouter> routers, long now) {
        for (RemoteRouter router : routers) {
            if (router.unreachableFor(now) > MeshNode.HOLD_OFF_NS) {
                router.addresses().map(false, mapping(router));
            }
            if (router.addresses().tickWithAnswerDue() && router.isReachable()) {
                effects.sendToRouter(router.id(), local.all(config.self()));
            }
        }
    }

    void inReach(RemoteRouter router) {
        if (!router.addresses().isMapped()) {
            router.addresses().map(true, mapping(router));
        }
    }

    void forget(RemoteRouter router) {
        router.addresses().clear(mapping(router));
        router.addressQuestion().close();
    }

    private RemoteAddresses.Mapping mapping(RemoteRouter router) {
        return new RemoteAddresses.Mapping() {
            @Override
            public void added(String key, @Nullable Treatment hint) {
                effects.mobileAddressAdded(router.index(), key, hint);
            }

            @Override
            public void removed(String key) {
                effects.mobileAddressRemoved(router.index(), key);
            }

            @Override
            public boolean admits(String key, int known) {
                MeshConfig.Limits limits = config.limits();
                if (key.length() < 2 || CONFINED_CLASSES.indexOf(key.charAt(0)) >= 0) {
                    complaints.ignored(router.id(), "MAU", "an address of class '" + key + "' never travels");
                } else if (key.length() > limits.keyCharacters()) {
                    complaints.limit("keyCharacters", limits.keyCharacters(), router.id());
                } else if (known >= limits.mobileAddresses()) {
                    complaints.limit("mobileAddresses", limits.mobileAddresses(), router.id());
                } else if (kept >= limits.totalMobileAddresses()) {
                    complaints.limit("totalMobileAddresses", limits.totalMobileAddresses(), router.id());
                } else {
                    return true;
                }
                return false;
            }

            @Override
            public void kept(int change) {
                kept += change;
            }
        };
    }
}
