// SPDX-License-Identifier: Apache-2.0
/**
 * One event loop and the sockets it carries: flushing, ticks, back-pressure and containment of failures. Start with
 * Loop.
 */
@NullMarked
package io.linkspan.server.loop;

import org.jspecify.annotations.NullMarked;
