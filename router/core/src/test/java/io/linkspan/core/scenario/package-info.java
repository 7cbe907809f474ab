// SPDX-License-Identifier: Apache-2.0
/** Long random histories of a whole core, with invariants checked on the way. */
@NullMarked
package io.linkspan.core.scenario;

import org.jspecify.annotations.NullMarked;
