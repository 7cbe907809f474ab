// SPDX-License-Identifier: Apache-2.0
/**
 * AutoLinks: links that the router itself attaches to containers, so that their queues are behind addresses of the
 * network. Start with {@code AutoLinks}.
 */
@NullMarked
package io.linkspan.core.autolink;

import org.jspecify.annotations.NullMarked;
