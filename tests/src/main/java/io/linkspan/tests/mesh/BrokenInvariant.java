// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

/** A simulated network did what it must not do; the message has the seed and the last events. */
public final class BrokenInvariant extends RuntimeException {
    private static final long serialVersionUID = 1;

    BrokenInvariant(String message) {
        super(message);
    }
}
