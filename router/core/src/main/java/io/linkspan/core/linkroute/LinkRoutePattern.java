// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.linkroute;

import io.linkspan.core.address.Pattern;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.link.Direction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pattern of one direction for which there are link routes here or at other routers, and who serves it. Each route
 * keeps its own external prefixes (routing LNK-09). Confined to the core's loop.
 */
public final class LinkRoutePattern {

    /** One route and one connection that serves it. */
    record Place(LinkRoute route, Connection container) {}

    private final String key;
    private final Pattern matcher;
    private final Direction direction;
    private final List<LinkRoute> routes = new ArrayList<>(1);
    private final List<Place> places = new ArrayList<>(1);
    private final List<RemoteContainers> remotes = new ArrayList<>(0);
    private int turn;
    private int remoteTurn;

    LinkRoutePattern(String key, Pattern matcher, Direction direction) {
        this.key = key;
        this.matcher = matcher;
        this.direction = direction;
    }

    /**
     * The key between routers and in management, with the text of the first route: {@code C} (in) or {@code D} (out) and
     * a prefix, {@code E} or {@code F} and a pattern (routing ADR-07).
     */
    public String key() {
        return key;
    }

    Pattern matcher() {
        return matcher;
    }

    /** Of the clients' links. */
    public Direction direction() {
        return direction;
    }

    /** Connections of this router that serve it, counted once per route. */
    public int containerCount() {
        return places.size();
    }

    /** Other routers that have containers for it. */
    public int remoteCount() {
        return remotes.size();
    }

    boolean isActive(LinkRoute route) {
        for (Place place : places) {
            if (place.route().equals(route)) {
                return true;
            }
        }
        return false;
    }

    boolean isUnused() {
        return routes.isEmpty() && remotes.isEmpty();
    }

    void add(LinkRoute route) {
        routes.add(route);
    }

    void remove(LinkRoute route) {
        routes.remove(route);
        places.removeIf(place -> place.route().equals(route));
    }

    void add(LinkRoute route, Connection container) {
        places.add(new Place(route, container));
    }

    void remove(Connection container) {
        places.removeIf(place -> place.container() == container);
    }

    void add(RemoteContainers remote) {
        remotes.add(remote);
    }

    void remove(RemoteContainers remote) {
        remotes.remove(remote);
    }

    /**
     * Who gets a link that another router has sent here: a local container in rotation, else the nearest router that has
     * one, and never the way back. Where the routers see the same paths each hop so comes nearer to some container.
     */
    @Nullable
    Choice onward(Connection from) {
        if (!places.isEmpty()) {
            return next();
        }
        Connection nearest = null;
        int cost = Integer.MAX_VALUE;
        for (RemoteContainers remote : remotes) {
            Connection way = remote.way();
            if (way != null && way != from && remote.cost() < cost) {
                nearest = way;
                cost = remote.cost();
            }
        }
        return nearest == null ? null : new Choice.NextHop(nearest);
    }

    /** Who gets the next link (LNK-04): a local container in rotation, else another router in rotation. */
    @Nullable
    Choice next() {
        Choice next = peek();
        if (next instanceof Choice.Container) {
            turn = (turn + 1) % places.size();
        } else if (next != null) {
            remoteTurn = (remoteTurn + routersPassedOver() + 1) % remotes.size();
        }
        return next;
    }

    /** The same, and nobody's turn passes. */
    @Nullable
    Choice peek() {
        if (!places.isEmpty()) {
            Place place = places.get(turn % places.size());
            return new Choice.Container(place.route(), place.container());
        }
        Connection hop = remotes.isEmpty() ? null : hop(routersPassedOver());
        return hop == null ? null : new Choice.NextHop(hop);
    }

    /** How many routers from the one whose turn it is have no way to them now. */
    private int routersPassedOver() {
        int passed = 0;
        while (passed < remotes.size() - 1 && hop(passed) == null) {
            passed++;
        }
        return passed;
    }

    private @Nullable Connection hop(int ahead) {
        return remotes.get((remoteTurn + ahead) % remotes.size()).way();
    }
}
