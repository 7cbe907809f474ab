// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Another place to connect to, told to clients in the Open.
 *
 * @param scheme amqp, amqps or another scheme; null if none is given
 * @param host host name or literal
 * @param port port as given, or 5672
 */
public record FailoverUrl(@Nullable String scheme, String host, String port) {
    /** The places that an attribute names; none if it is not given or wrong, which is told. */
    static List<FailoverUrl> of(ConfiguredEntity entity, Problems problems) {
        String text = entity.textOrNull("failoverUrls");
        Optional<List<FailoverUrl>> urls = text == null ? Optional.of(List.of()) : parse(text);
        if (urls.isEmpty()) {
            problems.about(
                    entity,
                    "failoverUrls",
                    Severity.FATAL,
                    "Value: No network host in failover item",
                    "[scheme://]host[:port], separated by commas");
        }
        return urls.orElse(List.of());
    }

    /** Reads {@code [scheme://]host[:port]} items between commas; empty if an item has no host. */
    static Optional<List<FailoverUrl>> parse(String text) {
        List<FailoverUrl> urls = new ArrayList<>();
        for (String item : text.replaceAll("\\s", "").split(",", -1)) {
            int slashes = item.indexOf("://");
            String scheme = slashes < 0 ? null : item.substring(0, slashes);
            String rest = slashes < 0 ? item : item.substring(slashes + 3);
            int colon = rest.lastIndexOf(':');
            String host = colon < 0 ? rest : rest.substring(0, colon);
            if (host.isEmpty()) {
                return Optional.empty();
            }
            urls.add(new FailoverUrl(scheme, host, colon < 0 ? "5672" : rest.substring(colon + 1)));
        }
        return Optional.of(List.copyOf(urls));
    }
}
