// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import java.util.List;

/** Lists of members who stand alone: their order means nothing, so leaving costs nothing. */
final class Members {

    private Members() {}

    /** Takes a subscription's member out of the list at its slot; the last member moves there. */
    static void takeOut(List<Member> members, Subscription subscription) {
        int slot = subscription.slot;
        if (slot < 0 || !members.get(slot).equals(subscription.member)) {
            throw new IllegalStateException("slot " + slot + " of " + members.size());
        }
        Member last = members.remove(members.size() - 1);
        if (!last.equals(subscription.member)) {
            members.set(slot, last);
            last.subscriptions().get(0).slot = slot;
        }
        subscription.slot = -1;
    }
}
