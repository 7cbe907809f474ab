// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.tls;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What a {@code ciphers} text asks for, in the JVM's names.
 *
 * @param suites the suites that are named, in their order; empty if none is, so that the JVM's own choice stands
 * @param notUnderstood words that name no suite of this JVM: classes and operators such as {@code HIGH} or {@code
 *     !aNULL}
 */
record CipherNames(List<String> suites, List<String> notUnderstood) {

    /**
     * Reads a list between colons, commas or blanks. A suite may have OpenSSL's name ({@code
     * ECDHE-RSA-AES256-GCM-SHA384}) or the standard one ({@code TLS_AES_128_GCM_SHA256}).
     *
     * @param supported the standard names of the suites that this JVM has
     */
    static CipherNames read(String text, Collection<String> supported) {
        List<String> suites = new ArrayList<>();
        List<String> notUnderstood = new ArrayList<>();
        for (String word : text.strip().split("[:,\\s]+", -1)) {
            if (word.isEmpty()) {
                continue;
            }
            List<String> found = supported.stream()
                    .filter(suite -> suite.equals(word) || openSslName(suite).equals(word))
                    .toList();
            if (found.isEmpty()) {
                notUnderstood.add(word);
            } else {
                suites.addAll(found);
            }
        }
        return new CipherNames(List.copyOf(suites), List.copyOf(notUnderstood));
    }

    /** OpenSSL's name of a suite. It leaves out RSA key exchange, CBC, and the hash of ChaCha20. */
    private static String openSslName(String suite) {
        int with = suite.indexOf("_WITH_");
        if (!suite.startsWith("TLS_") || with < 0) {
            return suite;
        }
        String exchange = suite.substring(4, with).replace('_', '-');
        String cipher = suite.substring(with + 6)
                .replace("AES_", "AES")
                .replace("3DES_EDE_CBC", "DES-CBC3")
                .replace("_CBC", "")
                .replace("POLY1305_SHA256", "POLY1305")
                .replace('_', '-');
        return exchange.equals("RSA") ? cipher : exchange + "-" + cipher;
    }
}
