// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.log;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Exceptions as text. */
final class Stacks {
    /** Longest text of an exception, in characters: a stack overflow has a thousand lines that say the same. */
    static final int MAX_CHARS = 8_000;

    private Stacks() {}

    /** The exception and its stack, cut off at {@link #MAX_CHARS}. */
    static String text(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        String whole = text.toString().stripTrailing();
        return whole.length() <= MAX_CHARS ? whole : whole.substring(0, MAX_CHARS) + "...";
    }
}
