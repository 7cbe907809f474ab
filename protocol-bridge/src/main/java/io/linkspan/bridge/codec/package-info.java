// SPDX-License-Identifier: Apache-2.0
/**
 * The packets of MQTT 3.1, 3.1.1 and 5.0: a strict, streaming decoder for what clients send and an encoder for what a
 * server sends. Start with {@link io.linkspan.bridge.codec.PacketDecoder}.
 */
@NullMarked
package io.linkspan.bridge.codec;

import org.jspecify.annotations.NullMarked;
