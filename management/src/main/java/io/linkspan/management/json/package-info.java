// SPDX-License-Identifier: Apache-2.0
/**
 * Reading and writing JSON text as plain Java values. Start with {@link io.linkspan.management.json.Json}.
 */
@NullMarked
package io.linkspan.management.json;

import org.jspecify.annotations.NullMarked;
