// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.core.Admission;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.Address;
import io.linkspan.core.address.AddressEntity;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.AddressTable;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.address.Group;
import io.linkspan.core.address.Member;
import io.linkspan.core.address.Route;
import io.linkspan.core.address.Subscription;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.link.Direction;
import io.linkspan.core.link.OutboundLink;
import io.linkspan.core.linkroute.Choice;
import io.linkspan.core.linkroute.LinkRoute;
import io.linkspan.core.mesh.Neighbor;
import io.linkspan.core.mesh.RouterNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a sender or a receiver at an address now: the rule that applies, the distribution and where it comes
 * from, who would get a message, and what the policy says. Looks only: it makes no address, and attaches nobody.
 * Confined to the core's loop.
 */
public final class AddressExplanation {
    /** Most receivers that are named; of the rest the number is told. */
    static final int MAX_RECEIVERS = 100;

    private final RouterCore core;
    private final RouterView.Question question;
    private final Map<String, @Nullable Object> answer = new LinkedHashMap<>();

    private AddressExplanation(RouterCore core, RouterView.Question question) {
        this.core = core;
        this.question = question;
    }

    /**
     * Explains.
     *
     * @param policy what the policy says about it, in words
     */
    public static Map<String, @Nullable Object> of(RouterCore core, RouterView.Question question, String policy) {
        AddressExplanation explanation = new AddressExplanation(core, question);
        explanation.explain();
        explanation.answer.put("policy", policy);
        return explanation.answer;
    }

    private void explain() {
        AddressKey key =
                question.sends() ? core.senderKey(question.address(), 0) : core.receiverKey(question.address(), 0);
        AddressEntity entity = core.entityOf(key);
        answer.put("router", core.settings().routerId());
        answer.put("direction", question.sends() ? "send" : "receive");
        answer.put("address", question.address());
        answer.put("key", key.toString());
        answer.put("class", key.addressClass().name().toLowerCase(java.util.Locale.ROOT));
        answer.put("rule", entity == null ? "no address entity matches" : rule(entity));
        Admission.Refused refused = question.sends() ? core.refusesProducer(key) : core.refusesConsumer(key);
        answer.put(
                "attach",
                refused == null
                        ? "accepted"
                        : "refused: " + (refused.error() == null ? "no reason given" : refused.error()));
        Choice choice = core.linkRoutes().look(question.sends() ? Direction.IN : Direction.OUT, question.address());
        if (choice != null) {
            answer.put("linkRoute", text(choice));
            answer.put("outcome", "the link itself goes to the container; the rule and its distribution do not apply");
        } else if (question.sends()) {
            explainSending(key, entity);
        } else {
            explainReceiving(key, entity);
        }
    }

    private static String text(Choice choice) {
        if (choice instanceof Choice.Container container) {
            LinkRoute route = container.route();
            return (route.name() == null ? Long.toString(route.identity()) : route.name())
                    + (route.prefix() == null ? ", pattern " + route.pattern() : ", prefix " + route.prefix())
                    + ", to container " + container.connection().facts().container() + " on connection "
                    + container.connection().identity();
        }
        return choice instanceof Choice.NextHop hop
                ? "of another router, next hop " + hop.connection().facts().container() + ", over connection "
                        + hop.connection().identity()
                : "matches and has no container now: links are refused";
    }

    private static String rule(AddressEntity entity) {
        StringBuilder text = new StringBuilder("address ");
        text.append(entity.name() == null ? Long.toString(entity.identity()) : entity.name());
        text.append(entity.prefix() == null ? ", pattern " + entity.pattern() : ", prefix " + entity.prefix());
        text.append(", distribution ").append(entity.distribution());
        if (entity.isWaypoint()) {
            text.append(", phases ")
                    .append(entity.ingressPhase())
                    .append(" in and ")
                    .append(entity.egressPhase())
                    .append(" out");
        }
        if (entity.priority() >= 0) {
            text.append(", priority ").append(entity.priority());
        }
        return text.append(entity.fallback() ? ", with fallback" : "").toString();
    }

    private void explainSending(AddressKey key, @Nullable AddressEntity entity) {
        Route route = core.route(key);
        route.refresh();
        putDistribution(route.address(), key, entity);
        List<Object> receivers = new ArrayList<>();
        int[] left = {0};
        Group anycast = route.anycast();
        for (int i = 0; anycast != null && i < anycast.size(); i++) {
            add(
                    receivers,
                    left,
                    anycast.get(i),
                    anycast.size() == 1 ? "gets it" : "one of " + anycast.size() + " gets it");
        }
        for (Member copy : route.copies()) {
            add(receivers, left, copy, "gets a copy");
        }
        for (Group group : route.shared()) {
            for (int i = 0; i < group.size(); i++) {
                add(receivers, left, group.get(i), "one of a named group of " + group.size() + " gets a copy");
            }
        }
        answer.put("copies", (long) route.destinations());
        answer.put("receivers", receivers);
        if (left[0] > 0) {
            answer.put("moreReceivers", (long) left[0]);
        }
        boolean elsewhere = route.address() != null && explainOthers(route.address(), !receivers.isEmpty());
        answer.put(
                "outcome",
                elsewhere && route.destinations() == 0 && !route.isUnavailable()
                        ? "senders get credit, and learn the outcome of who receives at other routers"
                        : outcome(route));
    }

    /** The other routers that have the address, the way to each, and whether the message takes it; false without any. */
    private boolean explainOthers(Address address, boolean here) {
        RouterNode[] nodes = address.remotes().nodes();
        int least = Integer.MAX_VALUE;
        for (RouterNode node : nodes) {
            least = Math.min(least, node.cost());
        }
        List<Object> rows = new ArrayList<>();
        for (RouterNode node : nodes) {
            if (rows.size() == MAX_RECEIVERS) {
                answer.put("moreOtherRouters", (long) (nodes.length - MAX_RECEIVERS));
                break;
            }
            Neighbor hop = node.nextHop();
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("router", node.id().value());
            row.put("nextHop", hop == null ? null : hop.connection().facts().container());
            row.put("cost", hop == null ? null : (long) node.cost());
            row.put("share", hop == null ? "is out of reach" : share(address, here, node.cost() == least));
            rows.add(row);
        }
        if (!rows.isEmpty()) {
            answer.put("otherRouters", rows);
        }
        return !rows.isEmpty();
    }

    private static String share(Address address, boolean here, boolean nearest) {
        return switch (address.distribution()) {
            case MULTICAST, FLOOD -> "gets a copy";
            case CLOSEST ->
                here
                        ? "gets it when nobody receives at this router"
                        : nearest
                                ? "gets it in turn with others of this cost, the least"
                                : "gets it when no nearer router has receivers";
            case BALANCED, LINK_BALANCED ->
                "gets it while its cost and what is unsettled on the way there are the least";
            case UNAVAILABLE -> "gets nothing";
        };
    }

    private String outcome(Route route) {
        if (route.isUnavailable()) {
            return "messages are refused: the distribution is unavailable";
        }
        if (route.destinations() == 0) {
            return "senders get no credit until somebody receives; what comes without credit of the address is released";
        }
        return "senders get credit, and learn the outcome of "
                + (route.anycast() != null ? "the receiver" : "all receivers");
    }

    private static void add(List<Object> receivers, int[] left, Member member, String share) {
        if (receivers.size() >= MAX_RECEIVERS) {
            left[0]++;
            return;
        }
        OutboundLink link = member.link();
        Connection connection = link.connection();
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        if (connection.isInProcess()) {
            row.put("router", "itself");
        } else {
            row.put("link", Long.toString(link.identity()));
            row.put("connection", Long.toString(connection.identity()));
            row.put("host", connection.facts().host());
            row.put("container", connection.facts().container());
            row.put("credit", (long) link.creditAvailable());
        }
        List<String> subscriptions =
                member.subscriptions().stream().map(Subscription::owningKey).toList();
        row.put("subscription", String.join(" ", subscriptions));
        row.put("share", share);
        receivers.add(row);
    }

    private void explainReceiving(AddressKey key, @Nullable AddressEntity entity) {
        Address address = core.address(key.toString());
        putDistribution(address, key, entity);
        answer.put("senders", address == null ? 0L : (long) address.senderCount());
        answer.put("otherReceivers", address == null ? 0L : (long) address.subscriberCount());
        Distribution distribution = address == null ? distribution(key, entity) : address.distribution();
        answer.put(
                "outcome",
                switch (distribution) {
                    case MULTICAST, FLOOD -> "it gets a copy of every message";
                    case CLOSEST, BALANCED, LINK_BALANCED ->
                        "it takes turns with the others that receive from the address";
                    case UNAVAILABLE -> "it is refused";
                });
    }

    private void putDistribution(@Nullable Address address, AddressKey key, @Nullable AddressEntity entity) {
        if (address != null) {
            String now = address.distribution() + " (" + text(address.distributionCause()) + ")";
            boolean older = !Objects.equals(entity, address.entity());
            answer.put("distribution", older ? now + ", as it was when the address came up" : now);
            return;
        }
        String why = entity != null
                ? text(Distribution.Cause.CONFIGURED)
                : AddressTable.isTemporary(key) || key.toString().charAt(0) != 'M'
                        ? text(Distribution.Cause.CLASS)
                        : text(Distribution.Cause.DEFAULT);
        answer.put("distribution", distribution(key, entity) + " (" + why + ")");
    }

    private Distribution distribution(AddressKey key, @Nullable AddressEntity entity) {
        return entity != null ? entity.distribution() : core.table().distribution(key);
    }

    private static String text(Distribution.Cause cause) {
        return switch (cause) {
            case CONFIGURED -> "of the address entity";
            case HINT -> "told by another router";
            case DEFAULT -> "router.defaultDistribution";
            case CLASS -> "of this class of addresses";
        };
    }
}
