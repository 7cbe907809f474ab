// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.linkspan.tests.mesh;

import org.jspecify.annotations.NullMarked;
