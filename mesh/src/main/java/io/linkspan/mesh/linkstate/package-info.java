// SPDX-License-Identifier: Apache-2.0
/**
 * What each router told of its neighbours: the database of link states and of the routers they name. Start with {@link
 * io.linkspan.mesh.linkstate.LinkStateDatabase}.
 */
@NullMarked
package io.linkspan.mesh.linkstate;

import org.jspecify.annotations.NullMarked;
