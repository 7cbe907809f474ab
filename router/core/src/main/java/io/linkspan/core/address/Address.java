// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import io.linkspan.core.exchange.Exchange;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.mesh.RouterNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The record of an exact address: who sends to it, who receives from it by its name, and its counters.
 *
 * <p>It exists while somebody does (routing ADR-16) and keeps the distribution it was born with (MAT-11). Receivers with
 * patterns are not here; {@link Route} adds them. Confined to the core's loop.
 */
public final class Address {

    private final AddressKey key;
    private final String keyText;
    private final @Nullable AddressEntity entity;
    private final Distribution distribution;
    private final Distribution.Cause cause;
    private final AddressCounters counters = new AddressCounters();
    private final Group common;
    private final List<Member> alone = new ArrayList<>(0);
    private final Map<String, Group> shared = new LinkedHashMap<>(0);
    private final Remotes remotes = new Remotes();
    private final TopicsAway away = new TopicsAway();
    private final AnnouncedTopics announcedTopics = new AnnouncedTopics();
    private final Group inProcess = new Group(Distribution.CLOSEST);
    private final List<InboundLink> inbound = new ArrayList<>(1);
    private final Route route;
    private boolean announced;
    private @Nullable Exchange exchange;
    private int priority;
    private int pins;
    private int hiddenConsumers;
    private int version;

    Address(
            AddressKey key,
            @Nullable AddressEntity entity,
            Distribution distribution,
            Distribution.Cause cause,
            Route route) {
        this.key = key;
        this.keyText = key.toString();
        this.entity = entity;
        this.distribution = distribution;
        this.cause = cause;
        this.common = new Group(distribution);
        this.priority = entity == null ? -1 : entity.priority();
        this.route = route;
    }

    /** The identity. */
    public AddressKey key() {
        return key;
    }

    /** The key as management shows it. */
    public String keyText() {
        return keyText;
    }

    /** How deliveries are spread; fixed at birth. */
    public Distribution distribution() {
        return distribution;
    }

    /** Where the distribution came from. */
    public Distribution.Cause distributionCause() {
        return cause;
    }

    /** The configuration entity the address was born with, or null. */
    public @Nullable AddressEntity entity() {
        return entity;
    }

    /** 0 to 9, or -1 when not configured. */
    public int priority() {
        return priority;
    }

    /** The priority alone follows the configuration of now, at each local attach (routing MAT-11). */
    void priority(@Nullable AddressEntity current) {
        priority = current == null ? -1 : current.priority();
    }

    /** The counters. */
    public AddressCounters counters() {
        return counters;
    }

    /** How deliveries to this address find their way. */
    public Route route() {
        return route;
    }

    /** Local receivers by this name, in-process ones not counted. */
    public int subscriberCount() {
        int count = common.size() + alone.size();
        for (Group group : shared.values()) {
            count += group.size();
        }
        return count;
    }

    /** The other routers that have the address; those with topic receivers only are not among them. */
    public Remotes remotes() {
        return remotes;
    }

    /** The topic receivers that other routers have for it. */
    TopicsAway away() {
        return away;
    }

    /** All other routers that have receivers of the address, by their index. */
    public Collection<RouterNode> routers() {
        Map<Integer, RouterNode> all = new TreeMap<>();
        List.of(remotes.nodes()).forEach(node -> all.put(node.index(), node));
        away.routers().forEach(node -> all.put(node.index(), node));
        return all.values();
    }

    /** What other Linkspan routers are told of the topic receivers here. */
    void announceTopics(AddressTable.Announcements network) {
        List<String> keys = new ArrayList<>(2);
        if (hasTopicReceiversOnly() && exchange == null) {
            // First, so that the plain key that follows is known for what it is.
            addText(keys, TopicKey.of(TopicKey.Kind.ONLY_TOPICS, key));
        }
        if (!alone.isEmpty()) {
            addText(keys, TopicKey.of(TopicKey.Kind.ALONE, key));
        }
        shared.keySet().forEach(share -> addText(keys, TopicKey.shared(share, key)));
        announcedTopics.become(keys, network);
    }

    private static void addText(List<String> keys, TopicKey key) {
        String text = key.text();
        if (text != null) {
            keys.add(text);
        }
    }

    /** Whether everybody who receives here gets a copy of his own though the distribution says otherwise. */
    public boolean hasTopicReceiversOnly() {
        return common.size() == 0 && subscriberCount() > 0;
    }

    /** Whether local receivers have come or gone since this was asked last. */
    boolean announcementChanged() {
        boolean there = subscriberCount() > 0 || exchange != null;
        boolean changed = there != announced;
        announced = there;
        return changed;
    }

    boolean announced() {
        return announced;
    }

    /** In-process consumers, without those that only serve the router's own links. */
    public int inProcessCount() {
        return inProcess.size() - hiddenConsumers;
    }

    /** Inbound links with this address as target. */
    public int senderCount() {
        return inbound.size();
    }

    /** The exchange that takes what is sent here, or null. */
    public @Nullable Exchange exchange() {
        return exchange;
    }

    void exchange(@Nullable Exchange newExchange) {
        exchange = newExchange;
    }

    Group common() {
        return common;
    }

    List<Member> alone() {
        return alone;
    }

    Map<String, Group> shared() {
        return shared;
    }

    Group inProcess() {
        return inProcess;
    }

    List<InboundLink> inbound() {
        return inbound;
    }

    /** Whether everybody is in one group. */
    boolean isQueue() {
        return cause == Distribution.Cause.CONFIGURED
                && (distribution == Distribution.CLOSEST || distribution == Distribution.BALANCED);
    }

    void add(Subscription subscription, Member member) {
        if (isQueue() || (!subscription.isAlone() && subscription.share() == null)) {
            common.add(member);
        } else if (subscription.share() != null) {
            shared.computeIfAbsent(subscription.share(), name -> new Group(Distribution.BALANCED))
                    .add(member);
        } else {
            subscription.slot = alone.size();
            alone.add(member);
        }
    }

    void remove(Subscription subscription) {
        if (common.remove(subscription.member) || inProcess.remove(subscription.member)) {
            return;
        }
        String share = subscription.share();
        if (share == null) {
            Members.takeOut(alone, subscription);
            return;
        }
        Group group = shared.get(share);
        if (group != null && group.remove(subscription.member) && group.size() == 0) {
            shared.remove(share);
        }
    }

    void addInProcess(Member member, boolean hidden) {
        inProcess.add(member);
        hiddenConsumers += hidden ? 1 : 0;
    }

    void addSender(InboundLink link) {
        link.addressSlot(inbound.size());
        inbound.add(link);
    }

    void removeSender(InboundLink link) {
        InboundLink last = inbound.remove(inbound.size() - 1);
        if (last != link) {
            inbound.set(link.addressSlot(), last);
            last.addressSlot(link.addressSlot());
        }
    }

    /** Who receives by this name has changed, or the record is gone. */
    void touch() {
        version++;
    }

    int version() {
        return version;
    }

    /** A configuration element or an in-core end refers to this address. */
    void pin() {
        pins++;
    }

    void unpin() {
        pins--;
    }

    boolean isUnused() {
        return pins == 0
                && inbound.isEmpty()
                && common.size() == 0
                && alone.isEmpty()
                && shared.isEmpty()
                && inProcess.size() == 0
                && remotes.isEmpty()
                && away.isEmpty();
    }
}
