// SPDX-License-Identifier: Apache-2.0
/**
 * What management reads: the router, its connections, links and addresses as rows. Start with {@code CoreRows}.
 */
@NullMarked
package io.linkspan.core.rows;

import org.jspecify.annotations.NullMarked;
