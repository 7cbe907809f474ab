// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One pattern that receivers are subscribed to: those who stand alone, and the shared groups by name. Confined to the
 * core's loop.
 */
final class Filter {

    private final Pattern pattern;
    private final List<Member> alone = new ArrayList<>(1);
    private @Nullable Map<String, Group> shared;
    private @Nullable IdentityHashMap<AddressEntity, Boolean> containment;
    private int memberCount;
    private long egress;

    Filter(Pattern pattern) {
        this.pattern = pattern;
    }

    Pattern pattern() {
        return pattern;
    }

    List<Member> alone() {
        return alone;
    }

    Map<String, Group> shared() {
        return shared == null ? Map.of() : shared;
    }

    int memberCount() {
        return memberCount;
    }

    /** A delivery went to a member through this pattern, and not through the record of an exact address. */
    void countEgress() {
        egress++;
    }

    long egress() {
        return egress;
    }

    void add(Subscription subscription, Member member) {
        memberCount++;
        String share = subscription.share();
        if (share == null) {
            subscription.slot = alone.size();
            alone.add(member);
        } else {
            if (shared == null) {
                shared = new LinkedHashMap<>(2);
            }
            shared.computeIfAbsent(share, name -> new Group(Distribution.BALANCED))
                    .add(member);
        }
    }

    void remove(Subscription subscription) {
        memberCount--;
        String share = subscription.share();
        if (share == null) {
            Members.takeOut(alone, subscription);
        } else if (shared != null) {
            Group group = shared.get(share);
            if (group != null && group.remove(subscription.member) && group.size() == 0) {
                shared.remove(share);
            }
        }
    }

    /**
     * Whether the entity's pattern covers all of this one, so that the receivers join its queue instead of matching
     * nothing there. Remembered per entity.
     */
    boolean containedIn(AddressEntity entity) {
        if (containment == null) {
            containment = new IdentityHashMap<>(2);
        }
        return containment.computeIfAbsent(entity, e -> e.matcher().contains(pattern));
    }

    void forgetContainment() {
        containment = null;
    }
}
