// SPDX-License-Identifier: Apache-2.0
/**
 * Connectors: connections that the router makes and keeps. Start with Connector.
 */
@NullMarked
package io.linkspan.server.connect;

import org.jspecify.annotations.NullMarked;
