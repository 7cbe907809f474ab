// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.core.connection.Connection;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How the entities of one type come to be, change and go while the router runs. Confined to the core's loop; every call
 * gets one answer, at once or later on that loop, and the agent makes the next change only after it.
 *
 * <p>What is refused leaves no trace. The agent has found out before that the schema allows the operation, and reads the
 * entity from its {@link EntitySource} when it is done.
 */
public interface EntityLifecycle {
    /** Name of the entity type, long or short. */
    String type();

    /**
     * Makes an entity.
     *
     * @param attributes as given, in plain values (see {@link EntitySource}); null counts as absent
     */
    void create(Map<String, @Nullable Object> attributes, Consumer<Outcome> outcome);

    /**
     * Changes an entity.
     *
     * @param identity of one that exists
     * @param attributes new values; null takes the attribute away
     */
    default void update(String identity, Map<String, @Nullable Object> attributes, Consumer<Outcome> outcome) {
        throw new IllegalStateException(type() + " has no UPDATE");
    }

    /**
     * Deletes an entity.
     *
     * @param identity of one that exists
     */
    default void delete(String identity, Consumer<Outcome> outcome) {
        throw new IllegalStateException(type() + " has no DELETE");
    }

    /**
     * The lifecycle as it is for a connection, for types whose entities belong to one connection.
     *
     * @param asker the connection, or null for requests that came in otherwise
     */
    default EntityLifecycle askedBy(@Nullable Connection asker) {
        return this;
    }

    /** What became of a change. */
    sealed interface Outcome {}

    /**
     * It has happened.
     *
     * @param identity of the entity
     * @param note what the entity does not do in this router; empty if there is nothing to say
     */
    record Done(String identity, String note) implements Outcome {}

    /**
     * It has not happened, and nothing is left of it.
     *
     * @param status why
     * @param text why, in words
     */
    record Refused(Status status, String text) implements Outcome {}

    /** It has happened, and there is nothing to add. */
    static Outcome done(String identity) {
        return new Done(identity, "");
    }

    /** There is no such entity any more. */
    static Outcome gone() {
        return new Refused(Status.NOT_FOUND, Status.NOT_FOUND.description());
    }

    /** The request asks for something that cannot be. */
    static Outcome bad(String text) {
        return new Refused(Status.BAD_REQUEST, text);
    }
}
