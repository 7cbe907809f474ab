// SPDX-License-Identifier: Apache-2.0
/**
 * Client programs that do what a test tells them; start with {@link io.linkspan.interop.Peer}. Each library's program is
 * in a module of its own, because their dependencies do not go together.
 */
package io.linkspan.interop;
