// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.message;

import org.jspecify.annotations.Nullable;

/** How an address spreads its messages, as a hint between routers. The codes are those of the wire. spec section 8. */
public enum Treatment {
    /** 0: to all, without the test of origins; control messages only. */
    MULTICAST_FLOOD(0),
    /** 1: one copy to each receiver. */
    MULTICAST(1),
    /** 2: the receiver of lowest cost. */
    CLOSEST(2),
    /** 3: the receiver of least load. */
    BALANCED(3),
    /** 4: link routes, in turn. */
    LINK_BALANCED(4);

    private static final Treatment[] ALL = values();

    private final int code;

    Treatment(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** The treatment of a code; null for one that is not known (5, {@code unavailable}, gives no hint either). */
    public static @Nullable Treatment of(long code) {
        return code >= 0 && code < ALL.length ? ALL[(int) code] : null;
    }
}
