// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.mobile;

import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.MobileAddress;
import io.linkspan.mesh.message.MobileAddressUpdate;
import io.linkspan.mesh.message.Treatment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The addresses that have a destination at this router, as told to the others and as changed since. Each announcement
 * grows the number of the set by one. Confined to the mesh's loop. spec section 8.
 */
public final class LocalAddresses {

    private final Map<String, Treatment> announced = new LinkedHashMap<>();
    private final Map<String, Treatment> added = new LinkedHashMap<>();
    private final Set<String> deleted = new LinkedHashSet<>();
    private long sequence;

    /** An address has a destination now. One that was deleted and not yet announced so stays announced as it was. */
    public void add(String key, Treatment hint) {
        if (deleted.remove(key) || announced.containsKey(key)) {
            return;
        }
        added.putIfAbsent(key, hint);
    }

    /** An address has no destination any more. */
    public void remove(String key) {
        if (added.remove(key) == null && announced.containsKey(key)) {
            deleted.add(key);
        }
    }

    /** Whether something is to be announced. */
    public boolean changed() {
        return !added.isEmpty() || !deleted.isEmpty();
    }

    /** Takes what changed as announced, under the next number. */
    public MobileAddressUpdate.Differential announce(RouterId self) {
        List<MobileAddress> add = list(added);
        List<String> del = List.copyOf(deleted);
        announced.putAll(added);
        announced.keySet().removeAll(deleted);
        added.clear();
        deleted.clear();
        return new MobileAddressUpdate.Differential(self, ++sequence, add, del);
    }

    /** The set as announced: without what was added since, with what was deleted since, so that the next change fits. */
    public MobileAddressUpdate.Absolute all(RouterId self) {
        return new MobileAddressUpdate.Absolute(self, sequence, list(announced));
    }

    /** The number of the announced set; 0 before the first announcement. */
    public long sequence() {
        return sequence;
    }

    /** How many addresses are announced. */
    public int announcedCount() {
        return announced.size();
    }

    private static List<MobileAddress> list(Map<String, Treatment> addresses) {
        List<MobileAddress> list = new ArrayList<>(addresses.size());
        addresses.forEach((key, hint) -> list.add(new MobileAddress(key, hint)));
        return list;
    }
}
