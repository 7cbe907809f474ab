// SPDX-License-Identifier: Apache-2.0
/** AMQP peers against the core, in memory. Start with {@link io.linkspan.core.amqp.Network}. */
@NullMarked
package io.linkspan.core.amqp;

import org.jspecify.annotations.NullMarked;
