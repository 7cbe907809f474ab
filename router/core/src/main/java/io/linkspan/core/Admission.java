// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core;

import io.linkspan.amqp.AmqpError;
import org.jspecify.annotations.Nullable;

/** What the core says to a link that wants to attach. */
public sealed interface Admission {

    /** The link is known now. */
    record Admitted() implements Admission {
        static final Admitted INSTANCE = new Admitted();
    }

    /**
     * The link is refused; nothing has changed.
     *
     * @param error what the peer is told; null detaches without an error (routing ADR-15)
     */
    record Refused(@Nullable AmqpError error) implements Admission {}
}
