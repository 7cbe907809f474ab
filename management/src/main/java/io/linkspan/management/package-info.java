// SPDX-License-Identifier: Apache-2.0
/**
 * Configuration, schema, management agent and command line. Start with the schema package.
 */
@NullMarked
package io.linkspan.management;

import org.jspecify.annotations.NullMarked;
