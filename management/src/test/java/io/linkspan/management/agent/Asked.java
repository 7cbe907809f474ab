// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import java.util.ArrayList;
import java.util.List;

/** An agent whose answers come at once, or the test fails. */
record Asked(ManagementAgent agent) {
    AgentResponse handle(AgentRequest request) {
        List<AgentResponse> answers = new ArrayList<>();
        agent.handle(request, answers::add);
        if (answers.size() != 1) {
            throw new AssertionError(answers.size() + " answers to " + request);
        }
        return answers.get(0);
    }
}
