// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

/** The class of an address and the letter its key begins with in management. Routing ADR-07. */
public enum AddressClass {
    /** Known in the whole network; the key goes on with the phase digit. */
    MOBILE('M'),
    /** Of this router only. */
    LOCAL('L'),
    /** Broadcast to all routers. */
    TOPOLOGICAL('T'),
    /** Anything at another router of this area. */
    ROUTER('R'),
    /** Anything in another area. */
    AREA('A'),
    /** Anything at an edge router of this interior router. */
    EDGE('H');

    private final char letter;

    AddressClass(char letter) {
        this.letter = letter;
    }

    /** The first character of the key. */
    public char letter() {
        return letter;
    }
}
