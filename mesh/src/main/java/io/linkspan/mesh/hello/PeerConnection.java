// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.hello;

import io.linkspan.mesh.PeerProduct;
import io.linkspan.mesh.RouterId;

/** An inter-router connection that is up, and what HELLOs said on it. Times are those of the node's clock. */
public final class PeerConnection {

    private static final long NEVER = Long.MIN_VALUE / 2;

    private final long id;
    private final RouterId peer;
    private final int cost;
    private final PeerProduct product;

    private long heardAt = NEVER;
    private long heardUsAt = NEVER;
    private long instance;
    private long strangeInstance;
    private boolean saidParallel;
    private boolean saidForged;
    private boolean saidSelf;
    private boolean saidNarrowed;

    PeerConnection(long id, RouterId peer, int cost, PeerProduct product) {
        this.id = id;
        this.peer = peer;
        this.cost = cost;
        this.product = product;
    }

    /** The number of the connection. */
    public long id() {
        return id;
    }

    /** The router that the OPEN named. */
    public RouterId peer() {
        return peer;
    }

    /** The cost, the same on both sides. */
    public int cost() {
        return cost;
    }

    /** The software of the other end. */
    public PeerProduct product() {
        return product;
    }

    /** The start time in the last HELLO; 0 if none. */
    public long instance() {
        return instance;
    }

    /** A HELLO of the peer came. */
    public void heard(long newInstance, boolean seesUs, long now) {
        instance = newInstance;
        heardAt = now;
        if (seesUs) {
            heardUsAt = now;
        }
    }

    /** Whether a HELLO came lately. */
    public boolean isHeard(long now, long maxAgeNs) {
        return now - heardAt <= maxAgeNs;
    }

    /** Whether a HELLO that names us came lately: both directions work. */
    public boolean isTwoWay(long now, long maxAgeNs) {
        return now - heardUsAt <= maxAgeNs;
    }

    /** When the last HELLO came. */
    public long heardAt() {
        return heardAt;
    }

    /** Whether this foreign instance under our id is a new one. */
    public boolean noteStrangeInstance(long strange) {
        boolean isNew = strange != strangeInstance;
        strangeInstance = strange;
        return isNew;
    }

    /** True the first time: the connection is a second one to its peer. */
    public boolean sayParallel() {
        boolean first = !saidParallel;
        saidParallel = true;
        return first;
    }

    /** True the first time: a HELLO names another router. */
    public boolean sayForged() {
        boolean first = !saidForged;
        saidForged = true;
        return first;
    }

    /** True the first time: the connection leads to ourselves. */
    public boolean saySelf() {
        boolean first = !saidSelf;
        saidSelf = true;
        return first;
    }

    /** True when the network begins to be larger than the peer bears. */
    public boolean sayNarrowed(boolean narrowed) {
        boolean begins = narrowed && !saidNarrowed;
        saidNarrowed = narrowed;
        return begins;
    }
}
