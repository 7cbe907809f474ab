// SPDX-License-Identifier: Apache-2.0
/**
 * The routing core: addresses, links and deliveries of any protocol. Start with RouterCore.
 */
@NullMarked
package io.linkspan.core;

import org.jspecify.annotations.NullMarked;
