// SPDX-License-Identifier: Apache-2.0
/** Tests of the commands against a router that is a script. Start with ManagementToolsIT. */
@NullMarked
package io.linkspan.server.cli;

import org.jspecify.annotations.NullMarked;
