// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One pattern that receivers are subscribed to, here or at other routers: those who stand alone, and the shared groups by
 * name. Confined to the core's loop.
 */
final class Filter {

    private final Pattern pattern;
    private final List<Member> alone = new ArrayList<>(1);
    private @Nullable Map<String, Group> shared;
    private @Nullable IdentityHashMap<AddressEntity, Boolean> containment;
    private final TopicsAway away = new TopicsAway();
    private final AnnouncedTopics announcedTopics = new AnnouncedTopics();
    private int memberCount;
    private int hidingAlone;
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

    /** Receivers at this router. */
    int memberCount() {
        return memberCount;
    }

    /** Receivers at other routers. */
    TopicsAway away() {
        return away;
    }

    /** What other Linkspan routers are told of the receivers here. */
    void announceTopics(AddressTable.Announcements network) {
        List<String> keys = new ArrayList<>(2);
        if (hasAlone(false)) {
            addText(keys, TopicKey.alone(pattern, false));
        }
        if (hasAlone(true)) {
            addText(keys, TopicKey.alone(pattern, true));
        }
        shared().forEach((share, group) -> addText(keys, TopicKey.shared(share, pattern, isHiding(group))));
        announcedTopics.become(keys, network);
    }

    private static void addText(List<String> keys, TopicKey key) {
        String text = key.text();
        if (text != null) {
            keys.add(text);
        }
    }

    boolean isUnused() {
        return memberCount == 0 && away.isEmpty();
    }

    private boolean hasAlone(boolean hiding) {
        return hiding ? hidingAlone > 0 : alone.size() > hidingAlone;
    }

    private boolean isHiding(Group group) {
        return hides(group.get(0).subscriptions().get(0));
    }

    private boolean hides(Subscription subscription) {
        return pattern.startsWithWildcard() && subscription.isHidingDollar();
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
            hidingAlone += hides(subscription) ? 1 : 0;
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
            hidingAlone -= hides(subscription) ? 1 : 0;
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
