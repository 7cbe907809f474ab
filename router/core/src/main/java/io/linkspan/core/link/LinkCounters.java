// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.link;

import io.linkspan.amqp.DeliveryState;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries of one link or of the whole router, raised when a delivery is finished. Routing CNT-01, CNT-03. Plain
 * counts; confined to the loop.
 */
public class LinkCounters {
    /** All that came in or went out. */
    public long deliveries;
    /** Settled by their sender, or sent settled. */
    public long presettled;
    /** Settled ones thrown away (routing OUT-18, OUT-19). */
    public long droppedPresettled;
    /** Finished accepted. */
    public long accepted;
    /** Finished rejected. */
    public long rejected;
    /** Finished released. */
    public long released;
    /** Finished modified. */
    public long modified;
    /** Finished more than 1 and up to 10 ticks after they came in. */
    public long delayed1Sec;
    /** Finished more than 10 ticks after they came in. */
    public long delayed10Sec;

    /** A delivery ended in this state, null for none. */
    public final void finished(@Nullable DeliveryState state) {
        if (state == null) {
            return;
        }
        switch (state.code()) {
            case DeliveryState.ACCEPTED_CODE -> accepted++;
            case DeliveryState.REJECTED -> rejected++;
            case DeliveryState.RELEASED_CODE -> released++;
            case DeliveryState.MODIFIED -> modified++;
            default -> {
                // Settled with a state that is no outcome: counted by none.
            }
        }
    }

    /** A finished delivery was this many ticks old. */
    public final void age(long ticks) {
        if (ticks > DeliveryAges.OLD_TICKS) {
            delayed10Sec++;
        } else if (ticks > 1) {
            delayed1Sec++;
        }
    }
}
