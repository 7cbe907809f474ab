// SPDX-License-Identifier: Apache-2.0
/** Which rule of routing is shown by which test: docs/conformance.md. */
@NullMarked
package io.linkspan.tests.conformance;

import org.jspecify.annotations.NullMarked;
