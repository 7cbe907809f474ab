// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.management.config.ConfiguredEntity;
import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The log entities: one of each module, {@code log/MODULE}, whether the file has it or not; what it does not set is absent. */
public final class LogSource implements EntitySource {
    private static final List<String> ATTRIBUTES =
            List.of("module", "enable", "includeTimestamp", "includeSource", "outputFile", "name", "identity");

    private final List<@Nullable Object[]> rows = new ArrayList<>();

    /** Makes a source of the log entities of a configuration. */
    public LogSource(List<ConfiguredEntity> configured) {
        EntityType type = Schema.standard().type("log");
        Map<Object, Map<String, Object>> byModule = new HashMap<>();
        for (ConfiguredEntity entity : configured) {
            if (entity.type() == type) {
                Map<String, Object> attributes = entity.attributes();
                byModule.put(Objects.requireNonNull(attributes.get("module")), attributes);
            }
        }
        for (String module :
                Objects.requireNonNull(type.attribute("module")).type().tags()) {
            Map<String, Object> given = byModule.getOrDefault(module, Map.of());
            @Nullable Object[] row = new Object[ATTRIBUTES.size()];
            for (int i = 0; i < row.length; i++) {
                row[i] = given.get(ATTRIBUTES.get(i));
            }
            row[0] = module;
            row[5] = given.getOrDefault("name", "log/" + module);
            row[6] = "log/" + module;
            rows.add(row);
        }
    }

    @Override
    public String type() {
        return "log";
    }

    @Override
    public List<String> attributes() {
        return ATTRIBUTES;
    }

    @Override
    public void read(long skip, RowReader reader) {
        for (long i = skip; i < rows.size(); i++) {
            if (!reader.row(rows.get((int) i))) {
                return;
            }
        }
    }
}
