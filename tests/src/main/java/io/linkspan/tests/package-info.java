// SPDX-License-Identifier: Apache-2.0
/** Programs and fixtures of the system tests: long runs (soak) and what they share with the tests. */
@NullMarked
package io.linkspan.tests;

import org.jspecify.annotations.NullMarked;
