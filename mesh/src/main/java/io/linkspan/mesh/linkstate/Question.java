// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.linkstate;

/**
 * What is to be asked of a router until it answers: its link state, or its addresses. Question and answer go by ways that
 * may be no more, and are lost without a sign then. So an open question is asked with a tick, with the next one, and then
 * after pauses of 2, 4, 8 ... ticks: a moment's loss costs a tick, and neither a router that cannot answer nor a network
 * that carries more than it can is asked much, n questions in 2<sup>n-1</sup> ticks. Confined to the mesh's loop.
 */
public final class Question {

    private static final int MAX_PAUSE = 1 << 20;

    private boolean open;
    private int pause;
    private int ticksLeft;

    /** It is to be asked; one that is open already keeps its pace. */
    public void open() {
        if (!open) {
            openAnew();
        }
    }

    /** The router told that there is more to ask for: with the next tick, however often it was asked before. */
    public void openAnew() {
        open = true;
        hurry();
    }

    /** It is answered, or needs no answer any more. */
    public void close() {
        open = false;
    }

    /** There is a way to the router again: an open question is asked with the next tick. */
    void hurry() {
        pause = 1;
        ticksLeft = 0;
    }

    /** A tick has passed in which the router was in reach; whether to ask it now. */
    public boolean tick() {
        if (!open || --ticksLeft > 0) {
            return false;
        }
        ticksLeft = pause;
        pause = Math.min(2 * pause, MAX_PAUSE);
        return true;
    }
}
