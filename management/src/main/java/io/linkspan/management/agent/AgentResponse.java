// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a management request.
 *
 * @param status its status
 * @param description words for it
 * @param body value of the body, in the Java forms of {@link io.linkspan.amqp.codec.TypeEncoder}
 */
public record AgentResponse(
        Status status, String description, @Nullable Object body) {
    static AgentResponse ok(Object body) {
        return new AgentResponse(Status.OK, Status.OK.description(), body);
    }

    /** A refusal with an empty map, as most are. */
    static AgentResponse refused(Status status, String description) {
        return new AgentResponse(status, description, Map.of());
    }

    static AgentResponse refused(Status status) {
        return refused(status, status.description());
    }

    /** A change that was made; the note says what is not as asked, and may be empty. */
    static AgentResponse made(Status status, String note, @Nullable Object body) {
        String description = status.description();
        return new AgentResponse(status, note.isEmpty() ? description : description + ": " + note, body);
    }

    AgentResponse withBody(@Nullable Object otherBody) {
        return new AgentResponse(status, description, otherBody);
    }
}
