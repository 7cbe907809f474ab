// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import io.linkspan.core.delivery.ToAnnotation;
import io.linkspan.core.mesh.RouterNode;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What other routers have for one route beside its plain receivers: made when the route is resolved, so that a delivery
 * matches nothing and makes no text. Confined to the core's loop.
 */
public final class TopicsBeyond {

    private static final RouterNode[] NONE = {};

    private final AddressKey address;
    private final RouterNode[] nodes;
    private final RouterNode[] plainNodes;
    private final SharedChoice[] shared;
    private final ToAnnotation topics;
    private final ToAnnotation common;
    private final Map<RouterNode, ToAnnotation> topicsAt = new HashMap<>(2);
    private final Map<RouterNode, ToAnnotation> commonAt = new HashMap<>(2);
    private final Collection<RouterNode> known;

    /**
     * @param nodes routers that get a copy for those who stand alone there
     * @param plainNodes those that have told the plain key for such receivers only
     * @param shared the groups with members at other routers
     * @param known all routers that have told something private of the address, and so are Linkspan
     */
    TopicsBeyond(
            AddressKey address,
            Collection<RouterNode> nodes,
            Collection<RouterNode> plainNodes,
            List<SharedChoice> shared,
            Collection<RouterNode> known) {
        this.address = address;
        this.nodes = nodes.toArray(NONE);
        this.plainNodes = plainNodes.toArray(NONE);
        this.shared = shared.toArray(new SharedChoice[0]);
        this.known = known;
        this.topics = ToAnnotation.of(Part.TOPICS.to(address.text()), address.phase());
        this.common = ToAnnotation.of(Part.COMMON.to(address.text()), address.phase());
    }

    /** The routers that get a copy for those who stand alone there, by their index. Not to be changed. */
    public RouterNode[] nodes() {
        return nodes;
    }

    /** The routers whose plain key stands for topic receivers only, by their index. Not to be changed. */
    public RouterNode[] plainNodes() {
        return plainNodes;
    }

    /** The groups with members at other routers. Not to be changed. */
    public SharedChoice[] shared() {
        return shared;
    }

    /** Whether somebody gets a copy of his own, so that a copy for the common group has to say that it is one. */
    public boolean hasReceivers() {
        return nodes.length > 0 || shared.length > 0;
    }

    /** What a copy for all who stand alone says to a neighbour that is Linkspan. */
    public ToAnnotation topics() {
        return topics;
    }

    /** What a copy for those who stand alone at one router says. */
    public ToAnnotation topicsAt(RouterNode node) {
        ToAnnotation annotation = topicsAt.get(node);
        if (annotation == null) {
            annotation = at(node, Part.TOPICS);
            topicsAt.put(node, annotation);
        }
        return annotation;
    }

    /** What a copy for the common group says to a neighbour that is Linkspan. */
    public ToAnnotation common() {
        return common;
    }

    /** What a copy for the common group at one router says; null if that router may not be Linkspan. */
    public @Nullable ToAnnotation commonAt(RouterNode node) {
        ToAnnotation annotation = commonAt.get(node);
        if (annotation == null && known.contains(node)) {
            annotation = at(node, Part.COMMON);
            commonAt.put(node, annotation);
        }
        return annotation;
    }

    private ToAnnotation at(RouterNode node, Part part) {
        return ToAnnotation.of(part.at(node.id().value(), address.text()), address.phase());
    }
}
