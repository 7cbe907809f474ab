// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.linkspan.bridge.session;

import org.jspecify.annotations.NullMarked;
