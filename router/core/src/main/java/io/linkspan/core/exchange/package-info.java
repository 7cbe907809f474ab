// SPDX-License-Identifier: Apache-2.0
/**
 * Topic exchanges inside the router: by its subject a message goes on to the addresses that are bound. Start with {@code
 * Exchanges}. Routing, chapter 8.
 */
@NullMarked
package io.linkspan.core.exchange;

import org.jspecify.annotations.NullMarked;
