// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

import io.linkspan.mesh.message.LinkState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One router as operators see it (entity {@code router.node}); a snapshot.
 *
 * @param id the router
 * @param index its index in the route table
 * @param instance its start time, 0 while not known
 * @param nextHop the first router on the path when that is another one; null for a neighbour, ourselves, and out of reach
 * @param connection the connection if it is our neighbour, -1 otherwise
 * @param cost path cost; 0 for ourselves, {@code Integer.MAX_VALUE} out of reach
 * @param peers the neighbours it told and its costs to them; null if it told nothing yet, none if that is too old
 * @param linkStateSequence number of its link state
 * @param mobileSequence number of its mobile addresses
 * @param mobileAddresses how many of them are kept
 */
public record KnownRouter(
        RouterId id,
        int index,
        long instance,
        @Nullable RouterId nextHop,
        long connection,
        int cost,
        @Nullable List<LinkState.Peer> peers,
        long linkStateSequence,
        long mobileSequence,
        int mobileAddresses) {}
