// SPDX-License-Identifier: Apache-2.0
/**
 * The AMQP 1.0 engine: bytes in, events out; commands in, bytes out. Start with AmqpEngine.
 */
@NullMarked
package io.linkspan.amqp;

import org.jspecify.annotations.NullMarked;
