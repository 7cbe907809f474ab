// SPDX-License-Identifier: Apache-2.0
/**
 * The entity types of management and configuration, with their attributes, as one table. Start with
 * {@link io.linkspan.management.schema.Schema} and the resource schema.txt beside it.
 */
@NullMarked
package io.linkspan.management.schema;

import org.jspecify.annotations.NullMarked;
