// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import io.linkspan.management.schema.ValueType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The configured entities of a running router: those of its file, and what management has made, changed and deleted
 * since. The types whose entities the core keeps (addresses, link routes, autoLinks, exchanges, bindings) are not here.
 *
 * <p>Confined to the core's loop.
 */
public final class LiveConfiguration {
    /** Most entities that are kept; a CREATE beyond is refused. */
    public static final int MAX_ENTITIES = 100_000;

    private static final List<String> UNIQUE = List.of("name", "identity");

    private final Schema schema = Schema.standard();
    private final RouterSettings.Mode mode;
    private final Surroundings surroundings;
    private final Map<String, ConfiguredEntity> byIdentity = new LinkedHashMap<>();
    private long unnamed;

    /** Begins with the entities of a configuration. */
    public LiveConfiguration(RouterConfiguration configuration, Surroundings surroundings) {
        this.mode = configuration.router().mode();
        this.surroundings = surroundings;
        for (ConfiguredEntity entity : configuration.entities()) {
            if (!entity.type().isLive() || entity.type().shortName().equals("router")) {
                add(entity);
            }
        }
        readLogs(configuration);
    }

    /**
     * Takes the log entities of a configuration, of the file as it was or as it is now, in the place of those there are.
     * There is one of every module, whether the file has it or not.
     */
    public void readLogs(RouterConfiguration configuration) {
        List<ConfiguredEntity> ofFile = configuration.entities();
        EntityType type = schema.type("log");
        byIdentity.values().removeIf(entity -> entity.type() == type);
        Map<String, ConfiguredEntity> byModule = new LinkedHashMap<>();
        for (ConfiguredEntity entity : ofFile) {
            if (entity.type() == type && entity.isGiven("module")) {
                byModule.putIfAbsent(entity.text("module"), entity);
            }
        }
        for (String module :
                Objects.requireNonNull(type.attribute("module")).type().tags()) {
            ConfiguredEntity entity = byModule.get(module);
            if (entity == null) {
                entity = ConfiguredEntity.absent(type);
                entity.put("module", module, new SectionAttribute("module", module, 0, false));
                entity.identify("log/" + module, "log/" + module);
            }
            add(entity);
        }
    }

    /**
     * The log settings of all modules with one log entity changed.
     *
     * @param changed what it becomes; not listed yet
     */
    public EntitySettings.Reading<Map<String, LogSettings>> logs(ConfiguredEntity changed) {
        EntityType type = schema.type("log");
        Problems problems = new Problems("");
        List<ConfiguredEntity> logs = entities(type).stream()
                .map(entity -> entity.identity().equals(changed.identity()) ? changed : entity)
                .toList();
        Map<String, LogSettings> settings = LogRules.read(logs, type, problems);
        return EntitySettings.Reading.of(settings, problems);
    }

    /** What became of making an entity of attributes. */
    public sealed interface Draft {
        /**
         * It can be added.
         *
         * @param entity the entity, not added yet
         * @param warnings what is doubtful about it
         */
        record Made(ConfiguredEntity entity, List<Problem> warnings) implements Draft {}

        /**
         * It cannot be made.
         *
         * @param text why, in the original's words
         */
        record Refused(String text) implements Draft {}
    }

    /** The entities of a type in the order of their making. */
    public List<ConfiguredEntity> entities(EntityType type) {
        return byIdentity.values().stream()
                .filter(entity -> entity.type() == type)
                .toList();
    }

    /** The entity with an identity; null if there is none. */
    public @Nullable ConfiguredEntity entity(String identity) {
        return byIdentity.get(identity);
    }

    /** All entities. */
    public List<ConfiguredEntity> entities() {
        return List.copyOf(byIdentity.values());
    }

    /** Takes an entity in, in the place of one with its identity. */
    public void add(ConfiguredEntity entity) {
        byIdentity.put(entity.identity(), entity);
    }

    /** Takes an entity out. */
    public void remove(ConfiguredEntity entity) {
        byIdentity.remove(entity.identity());
    }

    /** Makes settings with the profiles there are now; may be used on another thread. */
    public EntitySettings settings() {
        return new EntitySettings(
                mode, entities(schema.type("sslProfile")), entities(schema.type("mqtt")), surroundings);
    }

    /** Makes an entity of attributes that a request gives, and checks that it can be added. */
    public Draft make(EntityType type, Map<String, Object> attributes) {
        Draft draft = read(type, attributes);
        if (!(draft instanceof Draft.Made made)) {
            return draft;
        }
        if (byIdentity.size() >= MAX_ENTITIES) {
            return new Draft.Refused("there are " + MAX_ENTITIES + " entities already");
        }
        ConfiguredEntity entity = made.entity();
        if (type.shortName().equals("dummy") && !entity.isGiven("name")) {
            String numbered = "dummy/" + unnamed++;
            entity.identify(numbered, numbered);
        }
        for (String attribute : UNIQUE) {
            for (ConfiguredEntity other : byIdentity.values()) {
                if (unique(entity, attribute).equals(unique(other, attribute))) {
                    return new Draft.Refused("adding " + shown(entity) + " duplicates unique attribute '" + attribute
                            + "' from existing " + shown(other));
                }
            }
        }
        return draft;
    }

    /**
     * Makes what an entity becomes by an UPDATE.
     *
     * @param changes new values; null takes the attribute away, so that its default stands
     */
    public Draft change(ConfiguredEntity entity, Map<String, @Nullable Object> changes) {
        Map<String, Object> attributes = new LinkedHashMap<>(entity.given());
        changes.forEach((name, value) -> {
            if (value == null) {
                attributes.remove(name);
            } else {
                attributes.put(name, value);
            }
        });
        Draft draft = read(entity.type(), attributes);
        if (draft instanceof Draft.Made made) {
            made.entity().identify(entity.name(), entity.identity());
        }
        return draft;
    }

    private Draft read(EntityType type, Map<String, Object> attributes) {
        Problems problems = new Problems("");
        Section section = new Section(type.shortName(), 0);
        attributes.forEach((name, value) -> section.attributes().add(new SectionAttribute(name, value, 0, false)));
        List<ConfiguredEntity> entities = EntityReader.readOne(section, type, schema, problems);
        if (!problems.anyWrong() && type.shortName().equals("vhost")) {
            new VhostRules(schema, problems).check(entities);
        }
        String refusal = problems.firstWrong();
        if (refusal != null || entities.isEmpty()) {
            return new Draft.Refused(refusal == null ? "not an entity" : refusal);
        }
        return new Draft.Made(entities.get(0), problems.list());
    }

    private static String unique(ConfiguredEntity entity, String attribute) {
        return attribute.equals("name") ? entity.name() : entity.identity();
    }

    /** An entity as the original's messages show it: {@code ListenerEntity(cost=1, host=, ...)}. */
    private static String shown(ConfiguredEntity entity) {
        StringBuilder text = new StringBuilder();
        String name = entity.type().shortName();
        text.append(Character.toUpperCase(name.charAt(0)))
                .append(name, 1, name.length())
                .append("Entity(");
        int start = text.length();
        new TreeMap<>(entity.attributes())
                .forEach((attribute, value) -> text.append(text.length() > start ? ", " : "")
                        .append(attribute)
                        .append('=')
                        .append(value instanceof String plain ? plain : ValueType.quoted(value)));
        return text.append(')').toString();
    }
}
