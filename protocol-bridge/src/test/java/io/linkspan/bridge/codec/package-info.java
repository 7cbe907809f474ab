// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.linkspan.bridge.codec;

import org.jspecify.annotations.NullMarked;
