// SPDX-License-Identifier: Apache-2.0
/**
 * The log: the original's modules, levels and line format. Start with Log.
 */
@NullMarked
package io.linkspan.server.log;

import org.jspecify.annotations.NullMarked;
