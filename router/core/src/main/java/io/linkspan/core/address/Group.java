// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import io.linkspan.core.link.OutboundLink;
import io.linkspan.core.mesh.Mesh;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Receivers of which each delivery reaches one, in the order they came. Routing, chapter 3, the local part.
 *
 * <p>The list is a ring with a first member: turning it by one (DST-10, DST-23) moves the first member to the end. A new
 * member goes to the end. Confined to the core's loop.
 */
public final class Group {

    private static final Member[] NONE = {};

    private final boolean balanced;
    private Member[] members = NONE;
    private int size;
    private int first;

    /** Of the member that {@link #leastOutstanding} gave. */
    private int value;

    /** A group under closest (members in turn) or balanced (fewest outstanding). */
    Group(Distribution distribution) {
        this.balanced = distribution != Distribution.CLOSEST;
    }

    /** How many members there are. */
    public int size() {
        return size;
    }

    /** The member at a place, in no order that a rule depends on. */
    public Member get(int index) {
        return members[index];
    }

    void add(Member member) {
        if (size == members.length) {
            members = Arrays.copyOf(members, Math.max(2, size * 2));
        }
        if (size == 0) {
            first = 0;
        }
        System.arraycopy(members, first, members, first + 1, size - first);
        members[first] = member;
        size++;
        first = size == 1 ? 0 : (first + 1) % size;
    }

    boolean remove(@Nullable Member member) {
        for (int i = 0; i < size; i++) {
            if (members[i].equals(member)) {
                System.arraycopy(members, i + 1, members, i, size - i - 1);
                Arrays.fill(members, size - 1, members.length, null);
                size--;
                if (i < first) {
                    first--;
                }
                if (first == size) {
                    first = 0;
                }
                return true;
            }
        }
        return false;
    }

    /** Makes these the members; nothing changes, the turn included, when they are the same. */
    void become(List<Member> wanted) {
        if (wanted.size() == size) {
            boolean same = true;
            for (int i = 0; same && i < size; i++) {
                same = members[i].equals(wanted.get(i));
            }
            if (same) {
                return;
            }
        }
        members = wanted.toArray(NONE);
        size = members.length;
        first = 0;
    }

    /**
     * The member the next delivery goes to. The group has at least one.
     *
     * @param settled whether the delivery is settled: of those nothing stays outstanding, so the ones that were sent
     *     lately count too, and a burst of them is spread like other deliveries
     */
    public Member pick(boolean settled) {
        if (size == 1) {
            return members[0];
        }
        if (!balanced) {
            Member next = members[first];
            turn();
            return next;
        }
        return leastOutstanding(settled);
    }

    /** The member a delivery goes to that these links have had already, or null when there is no other. */
    public @Nullable Member pickOther(List<OutboundLink> tried) {
        Member best = null;
        int bestValue = Integer.MAX_VALUE;
        for (int i = 0, at = first; i < size; i++) {
            Member member = members[at];
            if (!tried.contains(member.link())) {
                int value = balanced ? member.link().outstanding() : i;
                if (value < bestValue) {
                    best = member;
                    bestValue = value;
                }
            }
            if (++at == size) {
                at = 0;
            }
        }
        return best;
    }

    /**
     * As {@link #pick(boolean)}, with other routers among the candidates; the group may be empty.
     *
     * @param origin where in the network the delivery came in
     * @return null when a router has been chosen, or nobody: see {@link Remotes#chosen()}
     */
    public @Nullable Member pick(Remotes remotes, Mesh mesh, int origin) {
        if (!balanced) {
            if (size > 0) {
                return pick(false);
            }
            remotes.chooseClosest(mesh);
            return null;
        }
        Member local = size == 0 ? null : leastOutstanding(false);
        boolean eligible = local != null && value < local.link().capacity();
        if (eligible && value == 0) {
            return local;
        }
        boolean remote = remotes.chooseLightest(
                mesh,
                origin,
                eligible ? value : Integer.MAX_VALUE,
                eligible || local == null ? Integer.MAX_VALUE : value);
        return remote ? null : local;
    }

    /** DST-20 to DST-24. */
    private Member leastOutstanding(boolean settled) {
        Member eligible = null;
        Member ineligible = null;
        int eligibleValue = Integer.MAX_VALUE;
        int ineligibleValue = Integer.MAX_VALUE;
        for (int i = 0, at = first; i < size; i++) {
            Member member = members[at];
            OutboundLink link = member.link();
            int outstanding = link.outstanding();
            int weight = settled ? outstanding + link.sentSettledLately() : outstanding;
            if (outstanding < link.capacity()) {
                if (weight < eligibleValue) {
                    eligible = member;
                    eligibleValue = weight;
                    if (weight == 0) {
                        turn();
                        break;
                    }
                }
            } else if (weight < ineligibleValue) {
                ineligible = member;
                ineligibleValue = weight;
            }
            if (++at == size) {
                at = 0;
            }
        }
        Member best = eligible != null ? eligible : ineligible;
        value = eligible != null ? eligibleValue : ineligibleValue;
        if (best == null) {
            throw new IllegalStateException("picked from a group of " + size);
        }
        return best;
    }

    private void turn() {
        if (++first >= size) {
            first = 0;
        }
    }
}
