// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.loop;

import java.util.regex.Pattern;

/** What the operating system said about a socket, without what libraries put around it. */
public final class SystemError {
    /** {@code bind(..) failed with error(-98): } of the native transport. */
    private static final Pattern CALL = Pattern.compile("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");

    /** {@code : localhost/127.0.0.1:5672} at the end. */
    private static final Pattern PLACE = Pattern.compile(": [^ ]*/[0-9a-fA-F.:%\\[\\]]+$");

    private SystemError() {}

    /** The words of the system; the kind of the failure if it has none. */
    public static String text(Throwable failure) {
        String message = failure.getMessage();
        if (message == null) {
            return failure.getClass().getSimpleName();
        }
        return PLACE.matcher(CALL.matcher(message).replaceFirst("")).replaceFirst("");
    }
}
