// SPDX-License-Identifier: Apache-2.0
/**
 * Connections as the core and management see them, whatever their protocol. Start with {@code Connection}.
 */
@NullMarked
package io.linkspan.core.connection;

import org.jspecify.annotations.NullMarked;
