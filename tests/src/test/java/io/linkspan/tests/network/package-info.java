// SPDX-License-Identifier: Apache-2.0
/** Networks of real routers on the loopback interface, with links that can be cut. */
@NullMarked
package io.linkspan.tests.network;

import org.jspecify.annotations.NullMarked;
