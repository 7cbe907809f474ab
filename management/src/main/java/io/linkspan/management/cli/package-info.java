// SPDX-License-Identifier: Apache-2.0
/**
 * The tools of the command line that ask a router about itself: {@code stat} (qdstat) and {@code manage} (qdmanage),
 * without any socket. Start with {@link io.linkspan.management.cli.StatCommand} and
 * {@link io.linkspan.management.cli.ManagementNode}.
 */
@NullMarked
package io.linkspan.management.cli;

import org.jspecify.annotations.NullMarked;
