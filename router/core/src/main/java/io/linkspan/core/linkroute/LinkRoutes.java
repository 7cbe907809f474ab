// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.linkroute;

import io.linkspan.core.address.Pattern;
import io.linkspan.core.address.PatternSyntax;
import io.linkspan.core.address.PatternTrie;
import io.linkspan.core.address.PrefixOrPattern;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.link.Direction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The link routes of this router and those that other routers have told of, and which container a link goes to. Routing,
 * chapter 7.
 *
 * <p>A route is active while a connection serves it; {@link Advertiser} hears which patterns have a local container at
 * all. A pattern that is known from other routers alone vanishes when the last of them withdraws it; one that is
 * configured here stays and refuses (MAT-14). Confined to the core's loop.
 */
public final class LinkRoutes {

    /** What an operator, a configuration file or a peer asks for. Null means not given. */
    public record Request(
            @Nullable String name,
            @Nullable String prefix,
            @Nullable String pattern,
            @Nullable String direction,
            @Nullable String distribution,
            @Nullable String containerId,
            @Nullable String connection,
            @Nullable String addExternalPrefix,
            @Nullable String delExternalPrefix) {

        /** A route with a prefix to the connections with this name. */
        public static Request prefix(String prefix, Direction direction, String connection) {
            return new Request(null, prefix, null, direction.toString(), null, null, connection, null, null);
        }

        /** A route with a pattern to the connections with this name. */
        public static Request pattern(String pattern, Direction direction, String connection) {
            return new Request(null, null, pattern, direction.toString(), null, null, connection, null, null);
        }

        /** The same with external prefixes. */
        public Request withExternal(@Nullable String add, @Nullable String remove) {
            return new Request(name, prefix, pattern, direction, distribution, containerId, connection, add, remove);
        }
    }

    /** What became of a request. */
    public sealed interface Result {}

    /** The route exists now. */
    public record Created(LinkRoute route) implements Result {}

    /** Refused; management answers 400 with the text. */
    public record Refused(String text) implements Result {}

    /** Hears which patterns have a container at this router, for the other routers (LNK-02). */
    public interface Advertiser {
        /** The first container came. */
        void activated(LinkRoutePattern pattern);

        /** The last container went. */
        void deactivated(LinkRoutePattern pattern);
    }

    private static final Advertiser NOBODY = new Advertiser() {
        @Override
        public void activated(LinkRoutePattern pattern) {}

        @Override
        public void deactivated(LinkRoutePattern pattern) {}
    };

    private static final String LINK_BALANCED = "linkBalanced";

    private final LongSupplier identities;
    private final PatternTrie<LinkRoutePattern> in = new PatternTrie<>();
    private final PatternTrie<LinkRoutePattern> out = new PatternTrie<>();
    private final Map<LinkRoute, LinkRoutePattern> configured = new LinkedHashMap<>();
    private final Map<LinkRoute, LinkRoutePattern> owned = new LinkedHashMap<>();
    private final Map<String, LinkRoutePattern> patterns = new LinkedHashMap<>();
    private final List<Connection> open = new ArrayList<>();
    private boolean resumable = true;
    private Advertiser advertiser = NOBODY;
    private long changes;

    /** @param identities numbers of management entities */
    public LinkRoutes(LongSupplier identities) {
        this.identities = identities;
    }

    /** Moves with every change of what there is. */
    public long generation() {
        return changes;
    }

    /** Whether links may be routed whose terminus outlives them, {@code allowResumableLinkRoute} (LNK-19). */
    public boolean resumable() {
        return resumable;
    }

    /** See {@link #resumable()}; true unless configured. */
    public void resumable(boolean allowed) {
        resumable = allowed;
    }

    /** Who tells the other routers; hears at once of what is active already. */
    public void advertiser(Advertiser newAdvertiser) {
        advertiser = newAdvertiser;
        activePatterns().forEach(newAdvertiser::activated);
    }

    /** The configured routes, oldest first. */
    public Collection<LinkRoute> all() {
        return Collections.unmodifiableCollection(configured.keySet());
    }

    /** The routes made over a connection, oldest first (LNK-03). */
    public List<LinkRoute> of(Connection owner) {
        return owned.keySet().stream().filter(route -> route.owner() == owner).toList();
    }

    /** Whether there is no route at all, here or elsewhere. */
    public boolean isEmpty() {
        return patterns.isEmpty();
    }

    /** All patterns, of this router and of others, oldest first. */
    public Collection<LinkRoutePattern> patterns() {
        return Collections.unmodifiableCollection(patterns.values());
    }

    /** The patterns that have a container at this router, oldest first. */
    public List<LinkRoutePattern> activePatterns() {
        return patterns.values().stream()
                .filter(pattern -> pattern.containerCount() > 0)
                .toList();
    }

    /** Whether some connection serves the route now. */
    public boolean isActive(LinkRoute route) {
        LinkRoutePattern pattern = patternOf(route);
        return pattern != null && pattern.isActive(route);
    }

    private @Nullable LinkRoutePattern patternOf(LinkRoute route) {
        LinkRoutePattern pattern = configured.get(route);
        return pattern != null ? pattern : owned.get(route);
    }

    // ---- who asks --------------------------------------------------------------------------------------------------

    /** Where a link to this address goes, in its turn; null if no route matches it. */
    public @Nullable Choice choose(Direction direction, String address) {
        LinkRoutePattern best = best(direction, address);
        return best == null ? null : orNowhere(best.next());
    }

    /** Where a link goes that another router sends here; null if no route matches its address. */
    public @Nullable Choice onward(Direction direction, String address, Connection from) {
        LinkRoutePattern best = best(direction, address);
        return best == null ? null : orNowhere(best.onward(from));
    }

    /** Where the next link to this address would go; nobody's turn passes. Null if no route matches it. */
    public @Nullable Choice look(Direction direction, String address) {
        LinkRoutePattern best = best(direction, address);
        return best == null ? null : orNowhere(best.peek());
    }

    private @Nullable LinkRoutePattern best(Direction direction, String address) {
        PatternTrie<LinkRoutePattern> tree = tree(direction);
        return tree.size() == 0 ? null : tree.matchBest(PatternSyntax.CONFIGURED.levels(address));
    }

    private static Choice orNowhere(@Nullable Choice next) {
        return next == null ? Choice.Nowhere.INSTANCE : next;
    }

    private PatternTrie<LinkRoutePattern> tree(Direction direction) {
        return direction == Direction.IN ? in : out;
    }

    // ---- connections -----------------------------------------------------------------------------------------------

    /** A connection has opened: it serves the routes that name it. */
    public void opened(Connection connection) {
        open.add(connection);
        if (connection.isRouteContainer()) {
            configured.forEach((route, pattern) -> {
                if (route.servedBy(connection)) {
                    serve(pattern, route, connection);
                }
            });
        }
    }

    /** A connection is gone, and the routes made over it. */
    public void gone(Connection connection) {
        if (!open.remove(connection)) {
            return;
        }
        of(connection).forEach(this::delete);
        if (connection.isRouteContainer()) {
            for (LinkRoutePattern pattern : List.copyOf(patterns.values())) {
                change(pattern, () -> pattern.remove(connection));
            }
        }
    }

    private void serve(LinkRoutePattern pattern, LinkRoute route, Connection connection) {
        change(pattern, () -> pattern.add(route, connection));
    }

    private void change(LinkRoutePattern pattern, Runnable change) {
        int before = pattern.containerCount();
        change.run();
        int now = pattern.containerCount();
        if (before != now) {
            changes++;
        }
        if (before == 0 && now > 0) {
            advertiser.activated(pattern);
        } else if (before > 0 && now == 0) {
            advertiser.deactivated(pattern);
        }
    }

    // ---- configuration ---------------------------------------------------------------------------------------------

    /** Makes a configured route (LNK-01); it is active at once if a connection serves it. */
    public Result create(Request request) {
        Result checked = check(request, null);
        if (checked instanceof Created created) {
            LinkRoute route = created.route();
            LinkRoutePattern pattern = enter(route);
            configured.put(route, pattern);
            for (Connection connection : open) {
                if (route.servedBy(connection)) {
                    serve(pattern, route, connection);
                }
            }
        }
        return checked;
    }

    /**
     * Makes a route over a peer's own connection, of any role but that of another router; it ends with the connection
     * (LNK-03).
     */
    public Result createOver(
            Connection owner, @Nullable String name, @Nullable String pattern, @Nullable String direction) {
        if (pattern == null) {
            return new Refused("Pattern field is required");
        }
        if (direction == null) {
            return new Refused("Missing value for 'direction'");
        }
        if (!open.contains(owner)) {
            return new Refused("The connection is not open");
        }
        if (!owner.carriesLinks() || owner.role() == ConnectionRole.INTER_ROUTER) {
            return new Refused("Only a container's own AMQP connection can serve a link route");
        }
        Result checked = check(new Request(name, null, pattern, direction, null, null, null, null, null), owner);
        if (checked instanceof Created created) {
            LinkRoutePattern entered = enter(created.route());
            owned.put(created.route(), entered);
            serve(entered, created.route(), owner);
        }
        return checked;
    }

    private LinkRoutePattern enter(LinkRoute route) {
        LinkRoutePattern pattern = obtain(keyOf(route), route.matcher(), route.direction());
        pattern.add(route);
        changes++;
        return pattern;
    }

    private static String keyOf(LinkRoute route) {
        boolean into = route.direction() == Direction.IN;
        String prefix = route.prefix() != null
                ? PrefixOrPattern.withoutSeparatorsAround(route.prefix())
                : PrefixOrPattern.asPrefix(Objects.requireNonNull(route.pattern()));
        return prefix != null
                ? (into ? "C" : "D") + prefix
                : (into ? "E" : "F") + PrefixOrPattern.withoutSeparatorsAround(Objects.requireNonNull(route.pattern()));
    }

    private LinkRoutePattern obtain(String key, Pattern matcher, Direction direction) {
        LinkRoutePattern pattern = tree(direction).get(matcher);
        if (pattern == null) {
            pattern = new LinkRoutePattern(key, matcher, direction);
            tree(direction).put(matcher, pattern);
            patterns.put(key, pattern);
        }
        return pattern;
    }

    private Result check(Request request, @Nullable Connection owner) {
        PrefixOrPattern given = PrefixOrPattern.of(request.prefix(), request.pattern());
        if (given instanceof PrefixOrPattern.Wrong wrong) {
            return new Refused(wrong.reason());
        }
        if (request.direction() == null) {
            return new Refused("No 'direction' attribute provided - it is mandatory");
        }
        Direction direction = Direction.of(request.direction());
        if (direction == null) {
            return new Refused("Invalid value for 'direction'");
        }
        if (request.distribution() != null && !request.distribution().equals(LINK_BALANCED)) {
            return new Refused("Invalid value for 'distribution'");
        }
        if (request.connection() != null && request.containerId() != null) {
            return new Refused("Both connection and containerId cannot be specified. Specify only one");
        }
        if (owner == null && request.name() != null && isNameTaken(request.name())) {
            return new Refused("Name conflicts with an existing entity");
        }
        return new Created(new LinkRoute(
                identities.getAsLong(),
                request.name(),
                request.prefix(),
                request.pattern(),
                ((PrefixOrPattern.Read) given).matcher(),
                direction,
                request.containerId(),
                request.connection(),
                emptyIsNone(request.addExternalPrefix()),
                emptyIsNone(request.delExternalPrefix()),
                owner));
    }

    private boolean isNameTaken(String name) {
        return configured.keySet().stream().anyMatch(route -> name.equals(route.name()));
    }

    private static @Nullable String emptyIsNone(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    /** Deletes a route; links that it has routed stay. False if it does not exist (any more). */
    public boolean delete(LinkRoute route) {
        LinkRoutePattern pattern = configured.remove(route);
        if (pattern == null) {
            pattern = owned.remove(route);
        }
        if (pattern == null) {
            return false;
        }
        LinkRoutePattern from = pattern;
        change(from, () -> from.remove(route));
        changes++;
        removeIfUnused(from);
        return true;
    }

    private void removeIfUnused(LinkRoutePattern pattern) {
        if (pattern.isUnused()) {
            tree(pattern.direction()).remove(pattern.matcher());
            patterns.remove(pattern.key());
        }
    }

    // ---- other routers ---------------------------------------------------------------------------------------------

    /**
     * Another router has a container for a pattern.
     *
     * @param key as told by that router, see {@link LinkRoutePattern#key}
     * @return false for a key that is none of a link route
     */
    public boolean addRemote(String key, RemoteContainers remote) {
        if (!isKey(key)) {
            return false;
        }
        obtain(key, matcherOf(key), directionOf(key)).add(remote);
        changes++;
        return true;
    }

    /** The reverse of {@link #addRemote}. */
    public boolean removeRemote(String key, RemoteContainers remote) {
        if (!isKey(key)) {
            return false;
        }
        LinkRoutePattern pattern = tree(directionOf(key)).get(matcherOf(key));
        if (pattern != null) {
            pattern.remove(remote);
            changes++;
            removeIfUnused(pattern);
        }
        return true;
    }

    private static boolean isKey(String key) {
        return key.length() > 1 && "CDEF".indexOf(key.charAt(0)) >= 0;
    }

    private static Direction directionOf(String key) {
        char letter = key.charAt(0);
        return letter == 'C' || letter == 'E' ? Direction.IN : Direction.OUT;
    }

    private static Pattern matcherOf(String key) {
        char letter = key.charAt(0);
        String text = key.substring(1);
        return Pattern.parse(
                letter == 'C' || letter == 'D' ? text + PrefixOrPattern.ANYTHING_BELOW : text,
                PatternSyntax.CONFIGURED);
    }
}
