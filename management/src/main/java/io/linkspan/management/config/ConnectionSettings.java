// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What listeners and connectors settle about an AMQP connection, all defaults applied.
 *
 * @param role whom it is with
 * @param cost cost of the way over it, from 1; used between routers alone
 * @param maxFrameSizeBytes largest frame we receive, from 512
 * @param maxSessions most sessions, 1 to 32768; channel-max is one less
 * @param maxSessionFrames incoming window of a session in frames; 2^31-1 stands for no limit
 * @param idleTimeoutSeconds seconds without a frame after which we close; 0 for never. Open tells half of it
 * @param stripIn whether router annotations are taken off messages that come in
 * @param stripOut whether they are taken off messages that go out
 * @param linkCapacity most deliveries under way on a link, from 1
 * @param saslMechanisms mechanisms in their order; empty if none are given
 * @param openProperties properties to add to our Open: String, Long, Double, Boolean, null, maps and lists of these
 * @param messageLogging parts of messages that are logged, of {@link #MESSAGE_PARTS}; none of them for no line
 * @param protocolTrace whether frames are written to the log
 */
public record ConnectionSettings(
        Role role,
        int cost,
        long maxFrameSizeBytes,
        int maxSessions,
        int maxSessionFrames,
        int idleTimeoutSeconds,
        boolean stripIn,
        boolean stripOut,
        int linkCapacity,
        List<String> saslMechanisms,
        Map<String, @Nullable Object> openProperties,
        Set<String> messageLogging,
        boolean protocolTrace) {
    /** Parts of messages that may be logged, in the order of a line. */
    public static final List<String> MESSAGE_PARTS = List.of(
            "message-id",
            "user-id",
            "to",
            "subject",
            "reply-to",
            "correlation-id",
            "content-type",
            "content-encoding",
            "absolute-expiry-time",
            "creation-time",
            "group-id",
            "group-sequence",
            "reply-to-group-id",
            "app-properties");

    /** Least frame size that AMQP 1.0 allows (part 2, 2.4.1). */
    public static final int MIN_FRAME_SIZE_BYTES = 512;

    /** Most sessions of a connection. */
    public static final int MAX_SESSIONS = 32768;

    /** Link capacity when none is given. */
    public static final int DEFAULT_LINK_CAPACITY = 250;
}
