// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.core.connection.Connection;
import io.linkspan.core.linkroute.RemoteContainers;
import org.jspecify.annotations.Nullable;

/** Another router's containers, at a place of the test's choice. */
record FarContainers(@Nullable Connection way, int cost) implements RemoteContainers {}
