// SPDX-License-Identifier: Apache-2.0
/** Networks of real routers, in this process or in their own. Start with {@link io.linkspan.tests.network.RouterNetwork}. */
@NullMarked
package io.linkspan.tests.network;

import org.jspecify.annotations.NullMarked;
