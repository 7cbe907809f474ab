// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.linkspan.bridge.mapping;

import org.jspecify.annotations.NullMarked;
