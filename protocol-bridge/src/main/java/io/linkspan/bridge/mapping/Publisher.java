// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

import org.jspecify.annotations.Nullable;

/**
 * Who published a message.
 *
 * @param clientId the client identifier
 * @param user the user it was authenticated as, or null
 */
public record Publisher(String clientId, @Nullable String user) {}
