// SPDX-License-Identifier: Apache-2.0
/** Tests of the shape itself: who may know whom, and what a pure engine may touch. */
@NullMarked
package io.linkspan.tests.architecture;

import org.jspecify.annotations.NullMarked;
