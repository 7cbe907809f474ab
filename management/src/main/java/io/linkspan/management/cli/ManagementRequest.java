// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request to a management node: its application properties in the order they are written, and the value of its
 * body. Values are plain: null, Boolean, Long, Double, String, List and Map of these.
 */
public record ManagementRequest(
        Map<String, @Nullable Object> properties, @Nullable Object body) {
    /** Copies the properties, keeping their order. */
    public ManagementRequest {
        properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }
}
