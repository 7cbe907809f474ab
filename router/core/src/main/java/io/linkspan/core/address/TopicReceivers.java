// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import io.linkspan.core.mesh.RouterNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Collects who gets copies of his own of what is sent to one address, here and at other routers, while its {@link Route} is
 * resolved. Confined to the core's loop.
 */
final class TopicReceivers {

    private static final Comparator<RouterNode> BY_INDEX = Comparator.comparingInt(RouterNode::index);

    /** A shared group: its name, and the pattern unless it is on the address. */
    private record GroupName(String share, @Nullable Pattern pattern) {}

    private final AddressKey address;
    private final boolean dollar;
    private final List<Member> alone = new ArrayList<>();
    private final Map<GroupName, Group> groups = new LinkedHashMap<>();
    private final Map<GroupName, Remotes> groupsAway = new LinkedHashMap<>(0);
    private final Set<RouterNode> away = new TreeSet<>(BY_INDEX);
    private final Set<RouterNode> aloneAway = new TreeSet<>(BY_INDEX);
    private final Set<RouterNode> plainAway = new TreeSet<>(BY_INDEX);

    TopicReceivers(AddressKey address) {
        this.address = address;
        this.dollar = address.text().startsWith("$");
    }

    /** Those on the address itself. */
    void add(Address record) {
        alone.addAll(record.alone());
        record.shared().forEach((share, group) -> groups.put(new GroupName(share, null), group));
        add(record.away(), null, false);
        plainAway.addAll(away);
        plainAway.removeAll(List.of(record.remotes().nodes()));
    }

    /** Those on a pattern that matches. */
    void add(Filter filter) {
        Pattern pattern = filter.pattern();
        for (Member member : filter.alone()) {
            if (member.subscriptions().get(0).matchesDollar(address.text())) {
                alone.add(member);
            }
        }
        filter.shared().forEach((share, group) -> {
            if (group.get(0).subscriptions().get(0).matchesDollar(address.text())) {
                groups.put(new GroupName(share, pattern), group);
            }
        });
        add(filter.away(), pattern, dollar && pattern.startsWithWildcard());
    }

    private void add(TopicsAway there, @Nullable Pattern pattern, boolean hidden) {
        there.forEachAlone(!hidden, node -> {
            aloneAway.add(node);
            away.add(node);
        });
        there.shared().forEach((share, group) -> {
            if (!hidden || group.takesDollar()) {
                groupsAway.put(new GroupName(share, pattern), group.remotes());
                away.addAll(List.of(group.remotes().nodes()));
            }
        });
    }

    /** Those at this router who stand alone. */
    List<Member> alone() {
        return alone;
    }

    /** The groups that have all their members at this router. */
    List<Group> localGroups() {
        List<Group> local = new ArrayList<>(groups.size());
        groups.forEach((name, group) -> {
            if (!groupsAway.containsKey(name)) {
                local.add(group);
            }
        });
        return local;
    }

    /** The groups that have members elsewhere. */
    List<SharedChoice> choices() {
        List<SharedChoice> choices = new ArrayList<>(groupsAway.size());
        groupsAway.forEach((name, remotes) -> choices.add(choice(name, remotes)));
        return choices;
    }

    /** One group, if it has members elsewhere. */
    @Nullable
    SharedChoice choice(String share, @Nullable Pattern pattern) {
        GroupName name = new GroupName(share, pattern);
        Remotes remotes = groupsAway.get(name);
        return remotes == null ? null : choice(name, remotes);
    }

    private SharedChoice choice(GroupName name, Remotes remotes) {
        return new SharedChoice(groups.get(name), remotes, address, name.share(), name.pattern());
    }

    /** The members of one group at this router, or null. */
    @Nullable
    Group group(String share, @Nullable Pattern pattern) {
        return groups.get(new GroupName(share, pattern));
    }

    /** Everybody at this router, for a queue that they join. */
    List<Member> members() {
        List<Member> members = new ArrayList<>(alone);
        groups.values().forEach(group -> {
            for (int i = 0; i < group.size(); i++) {
                members.add(group.get(i));
            }
        });
        return members;
    }

    /** All other routers that have some of them. */
    Collection<RouterNode> away() {
        return away;
    }

    /** The other routers that have some who stand alone. */
    Collection<RouterNode> aloneAway() {
        return aloneAway;
    }

    /** The other routers that have told the plain key of the address for topic receivers only. */
    Collection<RouterNode> plainAway() {
        return plainAway;
    }
}
