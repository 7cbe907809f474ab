// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.mobile;

import io.linkspan.mesh.message.MobileAddress;
import io.linkspan.mesh.message.MobileAddressUpdate;
import io.linkspan.mesh.message.Treatment;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one other router, as of a number. They are <i>mapped</i> (told to the core) while the router is in
 * reach; out of reach they are kept, so that a short absence costs no transfer. Confined to the mesh's loop.
 */
public final class RemoteAddresses {

    /** Where changes of mapped addresses go, and who has room for how many. */
    public interface Mapping {
        /** An address is mapped. */
        void added(String key, @Nullable Treatment hint);

        /** An address is not mapped any more. */
        void removed(String key);

        /** Whether one more address is taken: asked before each that is new to this router, which has so many. */
        boolean admits(String key, int known);

        /** So many addresses are kept more, or fewer if negative. */
        void kept(int change);
    }

    private final Map<String, @Nullable Treatment> addresses = new LinkedHashMap<>();
    private long sequence;
    private boolean mapped;
    private boolean answered;
    private boolean answerDue;

    /** The number of the set; 0 if there is none. */
    public long sequence() {
        return sequence;
    }

    /** How many are kept. */
    public int size() {
        return addresses.size();
    }

    /** Applies a change that follows on the set we have. */
    public void apply(MobileAddressUpdate.Differential update, Mapping mapping) {
        for (MobileAddress address : update.added()) {
            add(address, mapping);
        }
        for (String key : update.deleted()) {
            if (addresses.containsKey(key)) {
                addresses.remove(key);
                mapping.kept(-1);
                if (mapped) {
                    mapping.removed(key);
                }
            }
        }
        sequence = update.sequence();
    }

    /** Replaces the set; what is in both sets stays as it is. */
    public void replace(MobileAddressUpdate.Absolute update, Mapping mapping) {
        Set<String> existing = new HashSet<>(update.existing().size() * 2);
        for (MobileAddress address : update.existing()) {
            existing.add(address.key());
        }
        for (Iterator<String> keys = addresses.keySet().iterator(); keys.hasNext(); ) {
            String key = keys.next();
            if (!existing.contains(key)) {
                keys.remove();
                mapping.kept(-1);
                if (mapped) {
                    mapping.removed(key);
                }
            }
        }
        for (MobileAddress address : update.existing()) {
            add(address, mapping);
        }
        sequence = update.sequence();
    }

    private void add(MobileAddress address, Mapping mapping) {
        String key = address.key();
        if (addresses.containsKey(key) || !mapping.admits(key, addresses.size())) {
            return;
        }
        addresses.put(key, address.hint());
        mapping.kept(1);
        if (mapped) {
            mapping.added(key, address.hint());
        }
    }

    /** The router is in reach, or not any more. */
    public void map(boolean wanted, Mapping mapping) {
        if (mapped == wanted) {
            return;
        }
        mapped = wanted;
        if (wanted) {
            addresses.forEach(mapping::added);
        } else {
            addresses.keySet().forEach(mapping::removed);
        }
    }

    /** Whether the addresses are told to the core. */
    public boolean isMapped() {
        return mapped;
    }

    /** Forgets the set; the router restarted or is forgotten itself. */
    public void clear(Mapping mapping) {
        if (mapped) {
            addresses.keySet().forEach(mapping::removed);
        }
        mapping.kept(-addresses.size());
        addresses.clear();
        sequence = 0;
    }

    /** Whether our set may be sent to this router now; if not, it is sent with the tick. */
    public boolean mayAnswer() {
        answerDue = answered;
        boolean may = !answered;
        answered = true;
        return may;
    }

    /** A tick has passed; whether an answer was put off until now. */
    public boolean tickWithAnswerDue() {
        boolean due = answerDue;
        answered = due;
        answerDue = false;
        return due;
    }
}
