// SPDX-License-Identifier: Apache-2.0
/**
 * The link-state mesh between routers, a pure engine: messages, connections, addresses and time in, effects out. Start with
 * {@link io.linkspan.mesh.MeshNode}; docs/mesh.md tells states, timers, limits and what is done differently from the
 * original.
 */
@NullMarked
package io.linkspan.mesh;

import org.jspecify.annotations.NullMarked;
