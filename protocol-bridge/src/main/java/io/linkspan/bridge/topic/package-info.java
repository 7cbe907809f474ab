// SPDX-License-Identifier: Apache-2.0
/**
 * Topic names and filters, and the addresses they become (MQTT 5.0, 4.7). Start with
 * {@link io.linkspan.bridge.topic.TopicMapping}.
 */
@NullMarked
package io.linkspan.bridge.topic;

import org.jspecify.annotations.NullMarked;
