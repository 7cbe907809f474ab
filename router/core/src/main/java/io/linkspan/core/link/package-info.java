// SPDX-License-Identifier: Apache-2.0
/**
 * The two ends an adaptor of a protocol extends: messages come in through {@code InboundLink} and leave through
 * {@code OutboundLink}.
 */
@NullMarked
package io.linkspan.core.link;

import org.jspecify.annotations.NullMarked;
