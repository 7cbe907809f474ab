// SPDX-License-Identifier: Apache-2.0
/**
 * Ports that listen: which protocol a connection speaks by its first bytes, TLS, HTTP and WebSocket. Start with Port.
 */
@NullMarked
package io.linkspan.server.port;

import org.jspecify.annotations.NullMarked;
