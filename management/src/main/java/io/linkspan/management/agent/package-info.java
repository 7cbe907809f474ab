// SPDX-License-Identifier: Apache-2.0
/**
 * The management node $management: requests in, answers out. Start with
 * {@link io.linkspan.management.agent.ManagementAgent}; {@link io.linkspan.management.agent.AgentEndpoint} is its
 * message form.
 */
@NullMarked
package io.linkspan.management.agent;

import org.jspecify.annotations.NullMarked;
