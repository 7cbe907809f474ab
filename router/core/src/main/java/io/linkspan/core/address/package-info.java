// SPDX-License-Identifier: Apache-2.0
/**
 * Addresses, patterns and the groups of receivers behind them. Start with {@code AddressTable}.
 */
@NullMarked
package io.linkspan.core.address;

import org.jspecify.annotations.NullMarked;
