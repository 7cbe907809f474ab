// SPDX-License-Identifier: Apache-2.0
/**
 * The six messages that routers exchange about the network, as records. Bytes belong to the codec in router/core; start
 * with {@link io.linkspan.mesh.message.MeshMessage}.
 */
@NullMarked
package io.linkspan.mesh.message;

import org.jspecify.annotations.NullMarked;
