// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.amqp.AmqpError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;

/** An endpoint whose answers come at once: one reply, or a rejection and no reply. */
final class AskedEndpoint {
    private final AgentEndpoint endpoint;

    /** What became of a request message. */
    sealed interface Answer {
        record Reply(String address, ByteBuf message) implements Answer {}

        record Rejection(AmqpError error) implements Answer {}
    }

    AskedEndpoint(Asked asked, ByteBufAllocator allocator) {
        this.endpoint = new AgentEndpoint(asked.agent(), allocator);
    }

    Answer answer(ByteBuf request) {
        List<Answer> answers = new ArrayList<>();
        AmqpError error =
                endpoint.answer(request, null, (address, message) -> answers.add(new Answer.Reply(address, message)));
        if (error != null) {
            answers.add(new Answer.Rejection(error));
        }
        if (answers.size() != 1) {
            throw new AssertionError(answers.size() + " answers");
        }
        return answers.get(0);
    }
}
