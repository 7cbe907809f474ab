// SPDX-License-Identifier: Apache-2.0
/**
 * Who is at the other end of each inter-router connection, and whether we hear each other. Start with {@link
 * io.linkspan.mesh.hello.HelloTable}.
 */
@NullMarked
package io.linkspan.mesh.hello;

import org.jspecify.annotations.NullMarked;
