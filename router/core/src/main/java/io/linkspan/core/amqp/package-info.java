// SPDX-License-Identifier: Apache-2.0
/**
 * AMQP 1.0 as an adaptor of the core: what an engine hears becomes links, deliveries and outcomes, and back. Start with
 * {@link io.linkspan.core.amqp.AmqpConnection}.
 */
@NullMarked
package io.linkspan.core.amqp;

import org.jspecify.annotations.NullMarked;
