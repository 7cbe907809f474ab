// SPDX-License-Identifier: Apache-2.0
/**
 * What travels: the content of a message, where it came from and where it went. Start with {@code Content}.
 */
@NullMarked
package io.linkspan.core.delivery;

import org.jspecify.annotations.NullMarked;
