// SPDX-License-Identifier: Apache-2.0
/**
 * An adaptor without a protocol, to test the core with.
 */
@NullMarked
package io.linkspan.core.fake;

import org.jspecify.annotations.NullMarked;
