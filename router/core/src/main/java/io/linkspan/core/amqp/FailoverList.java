// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.amqp.AmqpProfile.Failover;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code failover-server-list} among the properties of a peer's Open (routing CON-05, CON-06). */
final class FailoverList {
    /** Most entries that are taken; what follows is left out. */
    static final int MAX_ENTRIES = 64;

    private static final String PROPERTY = "failover-server-list";
    private static final String DEFAULT_PORT = "5672";

    private FailoverList() {}

    /**
     * Reads the list; an entry without a host is left out.
     *
     * @param properties the decoded properties
     * @return null when the property is absent, which is not the same as an empty list
     */
    static @Nullable List<Failover> of(@Nullable Object properties) {
        if (!(properties instanceof Map<?, ?> map) || !(get(map, PROPERTY) instanceof List<?> entries)) {
            return null;
        }
        List<Failover> list = new ArrayList<>();
        for (Object entry : entries) {
            if (list.size() < MAX_ENTRIES && entry instanceof Map<?, ?> place && get(place, "network-host") != null) {
                String port = text(get(place, "port"));
                list.add(new Failover(
                        text(get(place, "scheme")),
                        String.valueOf(text(get(place, "network-host"))),
                        port == null ? DEFAULT_PORT : port));
            }
        }
        return List.copyOf(list);
    }

    private static @Nullable Object get(Map<?, ?> map, String key) {
        Object value = map.get(new Symbol(key));
        return value != null ? value : map.get(key);
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
