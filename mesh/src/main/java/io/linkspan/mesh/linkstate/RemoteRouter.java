// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.linkstate;

import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.mobile.RemoteAddresses;
import io.linkspan.mesh.path.RouteTable;
import org.jspecify.annotations.Nullable;

/**
 * Everything kept of one other router: identity, link state, neighbourhood, addresses. Confined to the mesh's loop; the
 * times are those of the node's own clock.
 */
public final class RemoteRouter {

    /** What an instance means to a router that is known. */
    public enum Incarnation {
        /** The running one, or none given. */
        SAME,
        /** Started later: everything that was told before is void. */
        NEW,
        /** One that a later start has replaced; the message was under way too long, or two routers use one id. */
        REPLACED
    }

    private final RouterId id;
    private final int index;
    private final RemoteAddresses addresses = new RemoteAddresses();

    private long instance;
    private long replacedInstance;
    private long replacedAt;
    private boolean contested;
    private boolean doubted;
    private long contestedAt;

    private long sequence;
    private int @Nullable [] heads;
    private int @Nullable [] costs;
    private long lastTold;

    private long connection = RouteTable.NO_CONNECTION;
    private int connectionCost;

    private final Question linkStateQuestion = new Question();
    private final Question addressQuestion = new Question();
    private int namedBy;
    private int lonelyTicks;
    private boolean reachable;
    private long unreachableSince;

    private final FloodMemory advertisements = new FloodMemory();
    private final FloodMemory addressUpdates = new FloodMemory();

    RemoteRouter(RouterId id, int index, long now) {
        this.id = id;
        this.index = index;
        lastTold = now;
        unreachableSince = now;
        linkStateQuestion.open();
    }

    /** The router. */
    public RouterId id() {
        return id;
    }

    /** Its index, at least 1. */
    public int index() {
        return index;
    }

    /** Its mobile addresses. */
    public RemoteAddresses addresses() {
        return addresses;
    }

    /** Its start time; 0 while not known. */
    public long instance() {
        return instance;
    }

    /** The instance that the running one replaced; 0 if none. */
    public long replacedInstance() {
        return replacedInstance;
    }

    /**
     * Says what an instance means and remembers it. A replaced instance is recognised for as long as its messages can be
     * under way; after that it counts as new, because a clock may have been set back.
     */
    public Incarnation incarnation(long told, long now, long memoryNs) {
        if (told == 0 || told == instance) {
            return Incarnation.SAME;
        }
        if (instance == 0) {
            instance = told;
            return Incarnation.SAME;
        }
        if (told == replacedInstance && now - replacedAt <= memoryNs) {
            return Incarnation.REPLACED;
        }
        replacedInstance = instance;
        replacedAt = now;
        instance = told;
        return Incarnation.NEW;
    }

    /** The number of its link state; 0 if it told none, or none that still counts. */
    public long sequence() {
        return sequence;
    }

    /** Indices of the neighbours it told; null if it told nothing yet. Never written. */
    public int @Nullable [] heads() {
        return heads;
    }

    /** The costs beside {@link #heads()}. */
    public int @Nullable [] costs() {
        return costs;
    }

    /** Its numbers begin again. */
    public void forgetFloods() {
        advertisements.forget();
        addressUpdates.forget();
    }

    void setLinkState(long newSequence, int @Nullable [] newHeads, int @Nullable [] newCosts) {
        sequence = newSequence;
        heads = newHeads;
        costs = newCosts;
    }

    /** When it was last heard of: its advertisement, or its link state. */
    public long lastTold() {
        return lastTold;
    }

    /** It was heard of. */
    public void told(long now) {
        lastTold = now;
    }

    /** The connection by which it is our neighbour; {@link RouteTable#NO_CONNECTION} if it is not. */
    public long connection() {
        return connection;
    }

    /** Whether it is our neighbour. */
    public boolean isNeighbor() {
        return connection != RouteTable.NO_CONNECTION;
    }

    /** The cost of that connection. */
    public int connectionCost() {
        return connectionCost;
    }

    void setConnection(long newConnection, int cost) {
        connection = newConnection;
        connectionCost = cost;
    }

    /** The question for its link state (LSR); open from the beginning. */
    public Question linkStateQuestion() {
        return linkStateQuestion;
    }

    /** The question for its addresses (MAR). */
    public Question addressQuestion() {
        return addressQuestion;
    }

    void named(int change) {
        namedBy += change;
    }

    /** Counts the ticks in a row in which nothing speaks for the router's existence. */
    int countLonely() {
        boolean lonely = !isNeighbor() && namedBy == 0 && (heads == null || heads.length == 0);
        lonelyTicks = lonely ? lonelyTicks + 1 : 0;
        return lonelyTicks;
    }

    /** Whether there is a path to it in the newest table. */
    public boolean isReachable() {
        return reachable;
    }

    /** There is a path to it, or none. */
    public void setReachable(boolean newReachable, long now) {
        if (reachable && !newReachable) {
            unreachableSince = now;
        } else if (!reachable && newReachable) {
            linkStateQuestion.hurry();
            addressQuestion.hurry();
        }
        reachable = newReachable;
    }

    /** How long there has been no path to it; 0 while there is one. */
    public long unreachableFor(long now) {
        return reachable ? 0 : now - unreachableSince;
    }

    /** An advertisement came that says less than we have, or does not; true for the second in a row that does. */
    public boolean doubts(boolean less) {
        boolean again = less && doubted;
        doubted = less && !again;
        return again;
    }

    /** A message of a replaced instance came. */
    public void contested(long now) {
        contested = true;
        contestedAt = now;
    }

    /** Whether messages of a replaced instance came lately. */
    public boolean isContested() {
        return contested;
    }

    /** Whether replaced instances have been silent for so long now; says so once. */
    public boolean endsContest(long now, long silenceNs) {
        boolean ends = contested && now - contestedAt > silenceNs;
        contested &= !ends;
        return ends;
    }

    /** How long ago the running instance took the place of another. */
    public long hasReplacedFor(long now) {
        return now - replacedAt;
    }

    /** Its advertisements that were passed on. */
    public FloodMemory advertisements() {
        return advertisements;
    }

    /** Its address updates that were passed on. */
    public FloodMemory addressUpdates() {
        return addressUpdates;
    }
}
