// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import io.linkspan.core.delivery.ToAnnotation;
import io.linkspan.core.mesh.RouterNode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A shared group with members at other routers: each delivery goes to one member of the network, which is chosen where
 * the message comes in, as among the receivers of a balanced address. Confined to the core's loop.
 */
public final class SharedChoice {

    private static final Group NOBODY = new Group(Distribution.BALANCED);

    private final Group local;
    private final Remotes remotes;
    private final AddressKey address;
    private final Part part;
    private final ToAnnotation onward;
    private final Map<RouterNode, ToAnnotation> annotations = new HashMap<>(2);

    /** @param local the members at this router, null for none */
    SharedChoice(@Nullable Group local, Remotes remotes, AddressKey address, String share, @Nullable Pattern pattern) {
        this.local = local == null ? NOBODY : local;
        this.remotes = remotes;
        this.address = address;
        this.part = Part.shared(share, pattern, false);
        this.onward = ToAnnotation.of(part.to(address.text()), address.phase());
    }

    /** The members at this router, perhaps none. */
    public Group local() {
        return local;
    }

    /** The routers with other members. */
    public Remotes remotes() {
        return remotes;
    }

    /** What a copy says to a neighbour that is Linkspan and chooses in its turn. */
    public ToAnnotation onward() {
        return onward;
    }

    /** What a copy says that is for a member at one router. */
    public ToAnnotation at(RouterNode node) {
        ToAnnotation annotation = annotations.get(node);
        if (annotation == null) {
            annotation = ToAnnotation.of(part.at(node.id().value(), address.text()), address.phase());
            annotations.put(node, annotation);
        }
        return annotation;
    }
}
