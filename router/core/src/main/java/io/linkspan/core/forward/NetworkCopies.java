// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.forward;

import io.linkspan.core.address.Member;
import io.linkspan.core.address.NeighborLoad;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.ToAnnotation;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The copies that one delivery makes here and at other routers, before any of them is offered. Used again for the next
 * delivery. Confined to the core's loop.
 */
final class NetworkCopies {

    private Member[] members = new Member[8];
    private @Nullable NeighborLoad[] loads = new NeighborLoad[8];
    private @Nullable ToAnnotation[] annotations = new ToAnnotation[8];
    private long[] numbers = new long[8];
    private boolean[] decides = new boolean[8];
    private int size;
    private int deciding;

    int size() {
        return size;
    }

    /** How many of them decide the outcome. */
    int deciding() {
        return deciding;
    }

    /** A copy for one; see {@link #add(Member, NeighborLoad, ToAnnotation, long, boolean)}. */
    void add(Member member, @Nullable NeighborLoad load, @Nullable ToAnnotation to, boolean decidesOutcome) {
        add(member, load, to, 0, decidesOutcome);
    }

    /**
     * One more.
     *
     * @param load where an unsettled copy is counted
     * @param to what it says about its destination; null for what the message says itself
     * @param number what it has in common with the copies for the same receivers on other ways (ADR 0016); 0 for nothing
     */
    void add(
            Member member,
            @Nullable NeighborLoad load,
            @Nullable ToAnnotation to,
            long number,
            boolean decidesOutcome) {
        if (size == members.length) {
            int capacity = 2 * size;
            members = Arrays.copyOf(members, capacity);
            loads = Arrays.copyOf(loads, capacity);
            annotations = Arrays.copyOf(annotations, capacity);
            numbers = Arrays.copyOf(numbers, capacity);
            decides = Arrays.copyOf(decides, capacity);
        }
        members[size] = member;
        loads[size] = load;
        annotations[size] = to;
        numbers[size] = number;
        decides[size++] = decidesOutcome;
        deciding += decidesOutcome ? 1 : 0;
    }

    /** Whether one of the first copies goes to a connection. */
    boolean go(Connection connection, int count) {
        for (int i = 0; i < count; i++) {
            if (members[i].link().connection() == connection) {
                return true;
            }
        }
        return false;
    }

    Member member(int i) {
        return members[i];
    }

    /** Where an unsettled copy is counted, or null. */
    @Nullable
    NeighborLoad load(int i) {
        return loads[i];
    }

    /** The content says what this copy says. */
    void address(int i, Content content) {
        content.annotatedTo(annotations[i], numbers[i]);
    }

    boolean decides(int i) {
        return decides[i];
    }

    void clear() {
        Arrays.fill(members, 0, size, null);
        Arrays.fill(loads, 0, size, null);
        Arrays.fill(annotations, 0, size, null);
        size = 0;
        deciding = 0;
    }
}
