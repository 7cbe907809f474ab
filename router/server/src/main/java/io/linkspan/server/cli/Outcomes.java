// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import java.util.Locale;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/** Names the outcome of a delivery for people. */
final class Outcomes {
    private Outcomes() {}

    /** {@code accepted}, {@code released}, {@code modified}, {@code rejected} with the error if it has one. */
    static String text(@Nullable DeliveryState state) {
        if (state == null) {
            return "settled without an outcome";
        }
        String name = state.getType().name().toLowerCase(Locale.ROOT);
        ErrorCondition error = state instanceof Rejected rejected ? rejected.getError() : null;
        if (error == null || error.getCondition() == null) {
            return name;
        }
        return name + " " + error.getCondition()
                + (error.getDescription() == null ? "" : ": " + error.getDescription());
    }
}
