// SPDX-License-Identifier: Apache-2.0
/**
 * Paths through the network: the graph of all link states, shortest-path trees, what follows from them. Start with
 * {@link io.linkspan.mesh.path.RouteTable}.
 */
@NullMarked
package io.linkspan.mesh.path;

import org.jspecify.annotations.NullMarked;
