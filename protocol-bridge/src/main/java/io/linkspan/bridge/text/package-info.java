// SPDX-License-Identifier: Apache-2.0
/**
 * UTF-8 as MQTT asks for it: checked in place, never repaired. Start with {@link io.linkspan.bridge.text.Utf8}.
 */
@NullMarked
package io.linkspan.bridge.text;

import org.jspecify.annotations.NullMarked;
