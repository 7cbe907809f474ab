// SPDX-License-Identifier: Apache-2.0
/** A short slice of each long run, in every test run. */
@NullMarked
package io.linkspan.tests.soak;

import org.jspecify.annotations.NullMarked;
