// SPDX-License-Identifier: Apache-2.0
/**
 * The network of routers as the core sees it: the messages of the routing protocol as bytes, the other routers with their
 * addresses, and the neighbours deliveries leave by. Start with {@code Mesh}.
 */
@NullMarked
package io.linkspan.core.mesh;

import org.jspecify.annotations.NullMarked;
