// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of the stat and manage tools against recorded answers. Start with RecordedRunsTest.
 */
@NullMarked
package io.linkspan.management.cli;

import org.jspecify.annotations.NullMarked;
