// SPDX-License-Identifier: Apache-2.0
/**
 * The way of a delivery from its inbound link to the receivers its route names. Start with {@code Forwarder}.
 */
@NullMarked
package io.linkspan.core.forward;

import org.jspecify.annotations.NullMarked;
