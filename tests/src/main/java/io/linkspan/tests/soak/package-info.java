// SPDX-License-Identifier: Apache-2.0
/** Long seeded runs against a real router. Start with {@link io.linkspan.tests.soak.Soak}. */
@NullMarked
package io.linkspan.tests.soak;

import org.jspecify.annotations.NullMarked;
