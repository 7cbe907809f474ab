// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.management.config.ConfiguredEntity;
import io.linkspan.management.config.LiveConfiguration;
import io.linkspan.management.config.LiveConfiguration.Draft;
import io.linkspan.management.config.Problem;
import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The lifecycle of configured entities (listener, connector, sslProfile, vhost, ...): checked by the schema and the
 * rules of files, then put to work by an {@link EntityEffect}, then listed. Management protocol, chapter 3. Confined to
 * the core's loop.
 */
public final class ConfiguredLifecycle implements EntityLifecycle {
    private final EntityType type;
    private final LiveConfiguration configuration;
    private final EntityEffect effect;

    /**
     * Makes a lifecycle.
     *
     * @param type type of the entities, long or short
     * @param effect what the router does with them
     */
    public ConfiguredLifecycle(String type, LiveConfiguration configuration, EntityEffect effect) {
        this.type = Schema.standard().type(type);
        this.configuration = configuration;
        this.effect = effect;
    }

    @Override
    public String type() {
        return type.longName();
    }

    @Override
    public void create(Map<String, @Nullable Object> attributes, Consumer<Outcome> outcome) {
        String refusal = Creation.refusal(type, attributes);
        if (refusal != null) {
            outcome.accept(EntityLifecycle.bad(refusal));
            return;
        }
        Map<String, Object> given = new LinkedHashMap<>();
        attributes.forEach((name, value) -> {
            if (value != null && !name.equals("type")) {
                given.put(name, value);
            }
        });
        Draft draft = configuration.make(type, given);
        if (draft instanceof Draft.Refused refused) {
            outcome.accept(EntityLifecycle.bad(refused.text()));
        } else if (draft instanceof Draft.Made made) {
            effect.create(made.entity(), done -> outcome.accept(listed(done, made)));
        }
    }

    @Override
    public void update(String identity, Map<String, @Nullable Object> attributes, Consumer<Outcome> outcome) {
        ConfiguredEntity before = Objects.requireNonNull(configuration.entity(identity), identity);
        Map<String, @Nullable Object> changes = new LinkedHashMap<>();
        String refusal = Creation.changes(type, before, attributes, changes);
        if (refusal != null) {
            outcome.accept(EntityLifecycle.bad(refusal));
            return;
        }
        Draft draft = configuration.change(before, changes);
        if (draft instanceof Draft.Refused refused) {
            outcome.accept(EntityLifecycle.bad(refused.text()));
        } else if (draft instanceof Draft.Made made) {
            effect.update(before, made.entity(), done -> outcome.accept(listed(done, made)));
        }
    }

    /** Lists the entity if the effect was had, and says what the draft warned of. */
    private Outcome listed(Outcome had, Draft.Made made) {
        if (!(had instanceof Done done)) {
            return had;
        }
        configuration.add(made.entity());
        String warnings = made.warnings().stream().map(Problem::message).collect(Collectors.joining("; "));
        return new Done(made.entity().identity(), done.note().isEmpty() ? warnings : done.note());
    }

    @Override
    public void delete(String identity, Consumer<Outcome> outcome) {
        ConfiguredEntity entity = Objects.requireNonNull(configuration.entity(identity), identity);
        effect.delete(entity, done -> {
            if (done instanceof Done) {
                configuration.remove(entity);
            }
            outcome.accept(done);
        });
    }
}
