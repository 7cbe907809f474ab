// SPDX-License-Identifier: Apache-2.0
/** Looks into encoded messages without decoding them. Start with {@link io.linkspan.core.message.MessageView}. */
@NullMarked
package io.linkspan.core.message;

import org.jspecify.annotations.NullMarked;
