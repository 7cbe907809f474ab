// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

/** A connection between two simulated routers, with what can go wrong on it. Side 0 is the one that was named first. */
final class Wire {
    final int number;
    final SimulatedRouter[] ends;
    final int cost;

    boolean up;
    /** Grows when the connection is lost, so that what was under way is lost too. */
    int epoch;
    /** Whether messages from this side are lost without notice. */
    final boolean[] silent = new boolean[2];

    final long[] lastArrival = new long[2];
    long extraDelayNs;

    Wire(int number, SimulatedRouter a, SimulatedRouter b, int cost) {
        this.number = number;
        this.ends = new SimulatedRouter[] {a, b};
        this.cost = cost;
    }

    int side(SimulatedRouter router) {
        return ends[0] == router ? 0 : 1;
    }

    SimulatedRouter other(SimulatedRouter router) {
        return ends[1 - side(router)];
    }

    @Override
    public String toString() {
        return "wire " + number + " " + ends[0].name() + "-" + ends[1].name();
    }
}
