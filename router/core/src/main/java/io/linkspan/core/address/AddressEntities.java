// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code address} entities of this router, and which of them an address belongs to. Routing MAT-01 to MAT-11.
 * Confined to the core's loop.
 */
public final class AddressEntities {

    /** What an operator or a configuration file asks for. Null means not given. */
    public record Request(
            @Nullable String name,
            @Nullable String prefix,
            @Nullable String pattern,
            @Nullable String distribution,
            boolean waypoint,
            @Nullable Integer ingressPhase,
            @Nullable Integer egressPhase,
            @Nullable Integer priority,
            boolean fallback,
            boolean topicPattern,
            DeliveryOptions options) {

        /** A request without options. */
        public Request(
                @Nullable String name,
                @Nullable String prefix,
                @Nullable String pattern,
                @Nullable String distribution,
                boolean waypoint,
                @Nullable Integer ingressPhase,
                @Nullable Integer egressPhase,
                @Nullable Integer priority,
                boolean fallback,
                boolean topicPattern) {
            this(
                    name,
                    prefix,
                    pattern,
                    distribution,
                    waypoint,
                    ingressPhase,
                    egressPhase,
                    priority,
                    fallback,
                    topicPattern,
                    DeliveryOptions.NONE);
        }

        /** A request with a prefix and a distribution and nothing else. */
        public static Request prefix(String prefix, String distribution) {
            return new Request(null, prefix, null, distribution, false, null, null, null, false, false);
        }

        /** A request with a pattern and a distribution and nothing else. */
        public static Request pattern(String pattern, String distribution) {
            return new Request(null, null, pattern, distribution, false, null, null, null, false, false);
        }
    }

    /** What became of a request. */
    public sealed interface Result {}

    /** The entity exists now. */
    public record Created(AddressEntity entity) implements Result {}

    /** Refused; management answers 400 with the text. */
    public record Refused(String text) implements Result {}

    /** The highest priority. */
    public static final int MAX_PRIORITY = 9;

    private final PatternTrie<AddressEntity> tree = new PatternTrie<>();
    private final List<AddressEntity> entities = new ArrayList<>();

    /** The entities in the order of their creation. */
    public List<AddressEntity> all() {
        return Collections.unmodifiableList(entities);
    }

    /** The entity an address text belongs to, or null. */
    public @Nullable AddressEntity match(String text) {
        return tree.size() == 0 ? null : tree.matchBest(PatternSyntax.CONFIGURED.levels(text));
    }

    /** Checks a request and makes the entity. {@code RouterCore.createAddress} is the way in. */
    Result create(Request request, long identity) {
        PrefixOrPattern given = PrefixOrPattern.of(request.prefix(), request.pattern());
        if (given instanceof PrefixOrPattern.Wrong wrong) {
            return new Refused(wrong.reason());
        }
        Pattern matcher = ((PrefixOrPattern.Read) given).matcher();
        if (request.name() != null && byName(request.name()) != null) {
            return new Refused("Name conflicts with an existing entity");
        }
        if ((request.ingressPhase() == null) != (request.egressPhase() == null)) {
            return new Refused("Either both 'ingressPhase' and 'egressPhase' must be given, or none of them");
        }
        int ingress = request.ingressPhase() != null ? request.ingressPhase() : 0;
        int egress = request.egressPhase() != null ? request.egressPhase() : request.waypoint() ? 1 : 0;
        if (isNoPhase(ingress) || isNoPhase(egress)) {
            return new Refused("Phase values must be between 0 and 9");
        }
        int priority = request.priority() == null ? -1 : request.priority();
        if (priority < -1 || priority > MAX_PRIORITY) {
            return new Refused("Priority value, if present, must be between 0 and QDR_MAX_PRIORITY");
        }
        if (request.fallback() && (request.waypoint() || ingress > 0 || egress > 0)) {
            return new Refused("Fallback cannot be specified with waypoint or non-zero ingress and egress phases");
        }
        if (tree.get(matcher) != null) {
            return new Refused("Already exists");
        }
        AddressEntity entity = new AddressEntity(
                identity,
                request.name(),
                request.prefix(),
                request.pattern(),
                matcher,
                Distribution.ofEntity(request.distribution()),
                ingress,
                egress,
                priority,
                request.fallback(),
                request.topicPattern(),
                request.options());
        tree.put(matcher, entity);
        entities.add(entity);
        return new Created(entity);
    }

    /** Takes an entity out; false if it is not there (any more). */
    boolean delete(AddressEntity entity) {
        if (!entities.remove(entity)) {
            return false;
        }
        tree.remove(entity.matcher());
        return true;
    }

    private @Nullable AddressEntity byName(String name) {
        for (AddressEntity entity : entities) {
            if (name.equals(entity.name())) {
                return entity;
            }
        }
        return null;
    }

    private static boolean isNoPhase(int phase) {
        return phase < 0 || phase > AddressKey.MAX_PHASE;
    }
}
