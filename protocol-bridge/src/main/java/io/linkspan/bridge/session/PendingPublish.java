// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.codec.ReasonCode;
import io.linkspan.bridge.mapping.MqttMessage;
import io.linkspan.core.delivery.Destination;
import org.jspecify.annotations.Nullable;

/**
 * A publish of QoS 1 that is not acknowledged yet. Made for one publish after the other; a plain record of
 * {@link PublisherLink}, which alone writes it.
 */
final class PendingPublish {

    /** Its number for the core now; it gets a new one each time it is tried. */
    int key;

    int packetId;
    /** Whether the core still has it. */
    boolean underWay;
    /** Where it is, as the core says. */
    @Nullable
    Destination where;

    int whereKey;
    /** What it is answered with; null while that is open. */
    @Nullable
    ReasonCode answer;

    @Nullable
    String answerText;

    /** Whether it has been answered. */
    boolean answered;
    /** Whether its outcome is to be settled by us. */
    boolean settling;
    /** Whether it has its packet identifier in use. */
    boolean ownsId;
    /** Whether its Payload Format Indicator is 1. */
    boolean saysText;
    /** Attempts that ended with modified. */
    int failures;
    /** When it is given up; 0: the clock has not been asked yet. */
    long deadlineNs;
    /** Whether it waits to be tried again. */
    boolean waitsForRetry;
    /** When it is tried again; 0: the clock has not been asked yet. */
    long retryAtNs;
    /** How long it waits the next time. */
    long retryDelayNs;

    /** Its message, in the memory of {@link #chunk}. */
    final MqttMessage message = new MqttMessage();

    RetryLog.@Nullable Chunk chunk;

    void begin(int id, boolean isText) {
        packetId = id;
        saysText = isText;
        answered = false;
        settling = false;
        ownsId = false;
        underWay = false;
        where = null;
        answer = null;
        answerText = null;
        failures = 0;
        deadlineNs = 0;
        waitsForRetry = false;
        retryAtNs = 0;
        retryDelayNs = PublisherLink.FIRST_RETRY_NS;
    }
}
