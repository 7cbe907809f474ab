// SPDX-License-Identifier: Apache-2.0
/** Foreign clients in processes of their own (tests/interop); start with {@link io.linkspan.tests.client.ClientProcess}. */
@NullMarked
package io.linkspan.tests.client;

import org.jspecify.annotations.NullMarked;
