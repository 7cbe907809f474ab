// SPDX-License-Identifier: Apache-2.0
/**
 * The link-state mesh between routers: identities now, neighbours and paths with the mesh engine. Start with {@link io.linkspan.mesh.RouterId}.
 */
@NullMarked
package io.linkspan.mesh;

import org.jspecify.annotations.NullMarked;
