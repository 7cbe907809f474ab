// SPDX-License-Identifier: Apache-2.0
/** Scenarios with real clients against one router; {@link io.linkspan.tests.interop.Clients} starts them once for all. */
@NullMarked
package io.linkspan.tests.interop;

import org.jspecify.annotations.NullMarked;
