// SPDX-License-Identifier: Apache-2.0
/**
 * The AMQP 1.0 type system (part 1) as Java values and bytes. Start with
 * {@link io.linkspan.amqp.codec.TypeDecoder} and {@link io.linkspan.amqp.codec.TypeEncoder}.
 */
@NullMarked
package io.linkspan.amqp.codec;

import org.jspecify.annotations.NullMarked;
