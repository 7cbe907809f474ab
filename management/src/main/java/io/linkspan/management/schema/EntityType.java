// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One type of entities: its names, attributes and operations. Immutable. */
public final class EntityType {
    /** What the schema may say about an entity type, in the words of the resource. */
    public enum Word {
        /** Has no instances of its own. */
        ABSTRACT,
        /** Has one instance at most. */
        SINGLETON,
        /** Its instances must have a name. */
        NAMED,
        /** Without a future. */
        DEPRECATED,
        /** Recognised and validated, but this version does not act upon it. */
        LATER,
        /** A section of the protocol adaptors of releases 1.16 to 1.18: accepted in files, unknown to management. */
        ADAPTOR
    }

    /**
     * A column of the answer to QUERY.
     *
     * @param name of the attribute
     * @param amqpType type of its values in the words of AMQP; empty where the attribute's type decides
     * @param nullable whether a value may be null
     */
    public record Column(String name, String amqpType, boolean nullable) {}

    private final String key;
    private final String longName;
    private final List<EntityType> bases;
    private final Set<Word> words;
    private final List<String> operations;
    private final Map<String, AttributeType> attributes;
    private final Map<String, String> currentNames = new LinkedHashMap<>();
    private final List<Column> columns;
    private final boolean live;
    private final String description;

    EntityType(
            String key,
            @Nullable EntityType base,
            Set<Word> words,
            List<String> ownOperations,
            Map<String, AttributeType> ownAttributes,
            List<Column> columns,
            String description) {
        this.key = key;
        this.longName = key.startsWith(Schema.OUR_PREFIX) ? key : Schema.PREFIX + key;
        this.words = Set.copyOf(words);
        this.description = description;
        this.bases = base == null ? List.of() : concat(List.of(base), base.bases);
        this.operations = base == null ? List.copyOf(ownOperations) : concat(ownOperations, base.operations);
        Map<String, AttributeType> all = new LinkedHashMap<>(ownAttributes);
        if (base != null) {
            base.attributes.forEach(all::putIfAbsent);
        }
        this.attributes = Collections.unmodifiableMap(all);
        for (AttributeType attribute : all.values()) {
            if (attribute.deprecatedName() != null) {
                currentNames.put(attribute.deprecatedName(), attribute.name());
            }
        }
        this.live = !columns.isEmpty();
        this.columns = columns.isEmpty()
                ? all.keySet().stream().map(name -> new Column(name, "", true)).toList()
                : List.copyOf(columns);
    }

    private static <T> List<T> concat(List<T> first, List<T> rest) {
        List<T> all = new ArrayList<>(first);
        rest.stream().filter(item -> !first.contains(item)).forEach(all::add);
        return List.copyOf(all);
    }

    /** The full name, such as {@code org.apache.qpid.dispatch.router.link}. */
    public String longName() {
        return longName;
    }

    /** The name without the prefix, such as {@code router.link} or {@code router.config.address}. */
    public String key() {
        return key.startsWith(Schema.OUR_PREFIX) ? key.substring(Schema.OUR_PREFIX.length()) : key;
    }

    /** The name in configuration files, schema answers and identities: the key without {@code router.config.}. */
    public String shortName() {
        String name = key();
        return name.startsWith(Schema.CONFIG_PREFIX) ? name.substring(Schema.CONFIG_PREFIX.length()) : name;
    }

    /** The types it extends, nearest first. */
    public List<EntityType> bases() {
        return bases;
    }

    /** True if it is that type or extends it. */
    public boolean isA(EntityType other) {
        return this == other || bases.contains(other);
    }

    /** True if the schema says this of the type. */
    public boolean is(Word word) {
        return words.contains(word);
    }

    /** Operations, its own first, then inherited ones. */
    public List<String> operations() {
        return operations;
    }

    /** True if the operation, in any letter case, is one of its own. */
    public boolean allows(String operation) {
        return operations.contains(operation.toUpperCase(Locale.ROOT));
    }

    /** Attributes, its own first, then name, identity and type. */
    public Collection<AttributeType> attributes() {
        return attributes.values();
    }

    /** The attribute of that name; null if there is none. Deprecated names are not found. */
    public @Nullable AttributeType attribute(String name) {
        return attributes.get(name);
    }

    /** The present name of an attribute given by its deprecated name; null if that is none. */
    public @Nullable String currentName(String deprecatedName) {
        return attributes.containsKey(deprecatedName) ? null : currentNames.get(deprecatedName);
    }

    /**
     * True if the schema lists its columns: the types that the original's core answers for, whose answers name their
     * values' types and keep null.
     */
    public boolean isLive() {
        return live;
    }

    /** Columns of a QUERY for all attributes, in their order. */
    public List<Column> columns() {
        return columns;
    }

    /** One sentence for people; may be empty. */
    public String description() {
        return description;
    }

    @Override
    public String toString() {
        return longName;
    }
}
