// SPDX-License-Identifier: Apache-2.0
/**
 * Link routes: whole links that go through to a container, by the address of their terminus. Start with {@code
 * LinkRoutes}; the links themselves are relayed by {@code core.amqp.RoutedLink}.
 */
@NullMarked
package io.linkspan.core.linkroute;

import org.jspecify.annotations.NullMarked;
