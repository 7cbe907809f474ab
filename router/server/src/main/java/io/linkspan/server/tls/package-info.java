// SPDX-License-Identifier: Apache-2.0
/**
 * Certificates, keys and rules of TLS, from the files that an sslProfile names. Start with TlsProfile.
 */
@NullMarked
package io.linkspan.server.tls;

import org.jspecify.annotations.NullMarked;
