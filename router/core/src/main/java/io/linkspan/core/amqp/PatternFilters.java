// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.core.address.Pattern;
import io.linkspan.core.address.PatternSyntax;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The filters in a source that ask for what matches a pattern (MQ-1-8). A text as value, described or not, is a pattern
 * that must match beside the address; any other value says nothing but that the address is one.
 *
 * <p>{@code apache.org:topic-filter:string} has the wildcards of the listener, {@code mqtt:filter} those of MQTT.
 * Immutable.
 */
final class PatternFilters {

    private static final String TOPIC_FILTER = "apache.org:topic-filter:string";
    private static final String MQTT_FILTER = "mqtt:filter";

    private final Map<Object, @Nullable Object> named;

    private PatternFilters(Map<Object, @Nullable Object> named) {
        this.named = named;
    }

    /** Those of a source; null if there are none. */
    static @Nullable PatternFilters of(Terminus source) {
        RawValue filter = source.filter();
        if (filter == null || !(filter.decode() instanceof Map<?, ?> filters)) {
            return null;
        }
        Map<Object, @Nullable Object> found = new LinkedHashMap<>();
        filters.forEach((name, value) -> {
            String text = String.valueOf(name);
            if (name != null && (text.equals(TOPIC_FILTER) || text.equals(MQTT_FILTER))) {
                found.put(name, value);
            }
        });
        return found.isEmpty() ? null : new PatternFilters(found);
    }

    /** The filter set of the answer: what of the peer's is honoured. */
    RawValue honoured() {
        return RawValue.of(named);
    }

    /**
     * The patterns in a listener's syntax, as addresses are written.
     *
     * @return null if one of them has a level that no address of this syntax can have
     */
    @Nullable
    List<String> patterns(PatternSyntax syntax) {
        List<String> patterns = new ArrayList<>();
        for (Map.Entry<Object, @Nullable Object> entry : named.entrySet()) {
            Object value = entry.getValue() instanceof Described described ? described.value() : entry.getValue();
            if (!(value instanceof String text) || text.isEmpty()) {
                continue;
            }
            boolean isMqtt = entry.getKey().toString().equals(MQTT_FILTER);
            Pattern pattern = new Pattern(
                    Pattern.parse(text, isMqtt ? PatternSyntax.SLASHES : syntax).levels(), syntax);
            String written = pattern.toString();
            if (!Pattern.parse(written, syntax).equals(pattern)) {
                return null;
            }
            patterns.add(written);
        }
        return patterns;
    }
}
