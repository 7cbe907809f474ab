// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import org.jspecify.annotations.Nullable;

/**
 * A DISCONNECT of a client. MQTT 5.0, 3.14.
 *
 * @param reason why; {@link ReasonCode#SUCCESS} before MQTT 5.0
 * @param sessionExpirySeconds the new expiry, or -1 if it stays
 * @param reasonString the client's sentence, or null
 */
public record DisconnectPacket(
        ReasonCode reason,
        long sessionExpirySeconds,
        @Nullable String reasonString) {}
