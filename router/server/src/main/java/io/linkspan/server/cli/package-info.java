// SPDX-License-Identifier: Apache-2.0
/**
 * The commands of the {@code linkspan} program that talk to a router from outside. Start with Subcommands.
 */
@NullMarked
package io.linkspan.server.cli;

import org.jspecify.annotations.NullMarked;
