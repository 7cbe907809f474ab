// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.message;

import io.linkspan.mesh.RouterId;
import java.util.List;

/** MAU: the mobile addresses of the sender, either what changed or all of them. spec section 8. */
public sealed interface MobileAddressUpdate extends MeshMessage {

    /** {@code mobile_seq}: the number of the set once this update is applied. */
    long sequence();

    @Override
    default String opcode() {
        return "MAU";
    }

    /**
     * What changed since the set numbered one less; sent to all.
     *
     * @param id the sender
     * @param sequence {@code mobile_seq}
     * @param added {@code add} with {@code hints}
     * @param deleted {@code del}
     */
    record Differential(RouterId id, long sequence, List<MobileAddress> added, List<String> deleted)
            implements MobileAddressUpdate {

        /** Keeps copies of the lists. */
        public Differential {
            added = List.copyOf(added);
            deleted = List.copyOf(deleted);
        }
    }

    /**
     * The whole set; the answer to a MAR.
     *
     * @param id the sender
     * @param sequence {@code mobile_seq}
     * @param existing {@code exist} with {@code hints}
     */
    record Absolute(RouterId id, long sequence, List<MobileAddress> existing) implements MobileAddressUpdate {

        /** Keeps a copy of the list. */
        public Absolute {
            existing = List.copyOf(existing);
        }
    }
}
