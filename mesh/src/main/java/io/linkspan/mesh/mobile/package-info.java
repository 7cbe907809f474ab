// SPDX-License-Identifier: Apache-2.0
/**
 * Mobile addresses between routers: what we announce and what the others have. Start with {@link
 * io.linkspan.mesh.mobile.LocalAddresses}.
 */
@NullMarked
package io.linkspan.mesh.mobile;

import org.jspecify.annotations.NullMarked;
