// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.message;

import org.jspecify.annotations.Nullable;

/**
 * A key that its router announces to the network, with the treatment that router gives it.
 *
 * @param key class letter, for class M a phase character, then text. spec section 1.1
 * @param hint null when the sender gave no (usable) hints
 */
public record MobileAddress(String key, @Nullable Treatment hint) {}
