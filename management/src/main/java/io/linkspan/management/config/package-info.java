// SPDX-License-Identifier: Apache-2.0
/**
 * The configuration file: from its text to typed settings and a list of problems. Start with
 * {@link io.linkspan.management.config.ConfigurationReader}.
 */
@NullMarked
package io.linkspan.management.config;

import org.jspecify.annotations.NullMarked;
