// SPDX-License-Identifier: Apache-2.0
/**
 * The seam between a protocol engine and the socket that carries it; protocol neutral. Start with
 * {@link io.linkspan.wire.WireEngine}.
 */
@NullMarked
package io.linkspan.wire;

import org.jspecify.annotations.NullMarked;
