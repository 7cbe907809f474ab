// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All entity types, read once from the resource {@code schema.txt}, which explains its own form. Immutable.
 *
 * <p>The names and attributes are those of qdrouterd 1.19; types of our own have names in {@value #OUR_PREFIX} and
 * short names that no other type has.
 */
public final class Schema {
    /** Prefix of the original's type names, with its dot. */
    public static final String PREFIX = "org.apache.qpid.dispatch.";

    /** Prefix of our own type names, with its dot. */
    public static final String OUR_PREFIX = "io.linkspan.";

    /** What the short names of address, linkRoute, autoLink, exchange and binding leave out. */
    static final String CONFIG_PREFIX = "router.config.";

    private static final String RESOURCE = "schema.txt";

    private final Map<String, EntityType> byKey;
    private final Map<String, EntityType> byShortName = new LinkedHashMap<>();

    Schema(Map<String, EntityType> byKey) {
        this.byKey = Collections.unmodifiableMap(byKey);
        for (EntityType type : byKey.values()) {
            EntityType other = byShortName.put(type.shortName(), type);
            if (other != null) {
                throw new IllegalStateException("short name " + type.shortName() + " of " + type + " and " + other);
            }
        }
    }

    /** The schema of this version. */
    public static Schema standard() {
        return Standard.SCHEMA;
    }

    private static final class Standard {
        static final Schema SCHEMA = load();

        private static Schema load() {
            try (InputStream in = Schema.class.getResourceAsStream(RESOURCE)) {
                if (in == null) {
                    throw new IllegalStateException("resource " + RESOURCE + " is missing");
                }
                return SchemaText.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** All types, adaptor sections too, in the order of the resource: bases before those that extend them. */
    public Collection<EntityType> types() {
        return byKey.values();
    }

    /** The types that management knows: all but the adaptor sections. */
    public List<EntityType> managedTypes() {
        return byKey.values().stream()
                .filter(type -> !type.is(EntityType.Word.ADAPTOR))
                .toList();
    }

    /** The type that has this name, long or short, as a management request gives it; null if there is none. */
    public @Nullable EntityType find(String name) {
        String key = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
        key = key.startsWith(OUR_PREFIX) ? key.substring(OUR_PREFIX.length()) : key;
        EntityType type = byKey.get(key);
        return type != null ? type : byShortName.get(key);
    }

    /** The type of a section of a configuration file, by its name in camel case; null if there is none. */
    public @Nullable EntityType section(String name) {
        return byShortName.get(name);
    }

    /** The type that has this name; the caller knows that there is one. */
    public EntityType type(String name) {
        EntityType type = find(name);
        if (type == null) {
            throw new IllegalStateException("no entity type " + name);
        }
        return type;
    }
}
