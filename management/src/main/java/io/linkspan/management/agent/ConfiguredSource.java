// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.management.config.ConfiguredEntity;
import io.linkspan.management.config.LiveConfiguration;
import io.linkspan.management.schema.AttributeType;
import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Configured entities, of the file or made since, with what the router knows of them now. Good for listener, connector,
 * sslProfile, authServicePlugin, policy, vhost and mqtt.
 */
public final class ConfiguredSource implements EntitySource {
    /** What the router knows of a configured entity. */
    @FunctionalInterface
    public interface LiveValues {
        /** Nothing is known beyond the file. */
        LiveValues NONE = (entity, attribute) -> null;

        /** The present value of an attribute, see {@link EntitySource}; null if the file's value stands. */
        @Nullable
        Object value(ConfiguredEntity entity, String attribute);
    }

    private final EntityType type;
    private final List<String> attributes;
    private final LiveConfiguration configuration;
    private final LiveValues liveValues;

    /**
     * Makes a source.
     *
     * @param type type of the entities, long or short
     * @param configuration has the entities
     * @param liveValues asked for each attribute first
     */
    public ConfiguredSource(String type, LiveConfiguration configuration, LiveValues liveValues) {
        this.type = Schema.standard().type(type);
        this.attributes =
                this.type.attributes().stream().map(AttributeType::name).toList();
        this.configuration = configuration;
        this.liveValues = liveValues;
    }

    @Override
    public String type() {
        return type.longName();
    }

    @Override
    public List<String> attributes() {
        return attributes;
    }

    @Override
    public void read(long skip, RowReader reader) {
        List<ConfiguredEntity> entities = configuration.entities(type);
        for (long i = skip; i < entities.size(); i++) {
            if (!reader.row(row(entities.get((int) i)))) {
                return;
            }
        }
    }

    private @Nullable Object[] row(ConfiguredEntity entity) {
        Map<String, Object> configured = entity.attributes();
        @Nullable Object[] row = new Object[attributes.size()];
        int column = 0;
        for (AttributeType attribute : type.attributes()) {
            Object live = liveValues.value(entity, attribute.name());
            row[column++] = live != null ? live : orNone(configured.get(attribute.name()), attribute);
        }
        return row;
    }

    /** Counters are numbers and the groups of a vhost are a map: qdstat fails on null there. */
    private @Nullable Object orNone(@Nullable Object value, AttributeType attribute) {
        if (value != null) {
            return value;
        }
        if (attribute.is(AttributeType.Word.STATISTIC)) {
            return 0L;
        }
        return attribute.name().equals("groups") ? Map.of() : null;
    }
}
