// SPDX-License-Identifier: Apache-2.0
/**
 * What passes through the router as text, while somebody asks for it: frames in module PROTOCOL, messages in module
 * MESSAGE. Start with FrameLines.
 */
@NullMarked
package io.linkspan.server.trace;

import org.jspecify.annotations.NullMarked;
