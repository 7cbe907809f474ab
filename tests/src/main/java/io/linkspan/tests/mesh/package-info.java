// SPDX-License-Identifier: Apache-2.0
/**
 * A simulated network of production mesh nodes: one thread, one queue of events ordered by time, one seeded generator. The
 * same seed gives the same run. Start with {@link io.linkspan.tests.mesh.Simulation}; {@link io.linkspan.tests.mesh.Chaos}
 * breaks things in it.
 */
@NullMarked
package io.linkspan.tests.mesh;

import org.jspecify.annotations.NullMarked;
