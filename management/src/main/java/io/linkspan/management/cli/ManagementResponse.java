// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import org.jspecify.annotations.Nullable;

/**
 * The answer of a management node. The body is plain: null, Boolean, Long, BigInteger, Double, String, List and Map of
 * these, whatever width or symbol the wire had.
 */
public record ManagementResponse(
        int statusCode,
        @Nullable String description,
        @Nullable Object body) {}
