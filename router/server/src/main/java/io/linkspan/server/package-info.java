// SPDX-License-Identifier: Apache-2.0
/**
 * The shell around the engines: sockets, loops, timers, files and the process. Start with Main.
 */
@NullMarked
package io.linkspan.server;

import org.jspecify.annotations.NullMarked;
