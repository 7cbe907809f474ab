// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The place of a router as the user writes it: {@code [amqp://|amqps://][user:password@]host[:port][/address]}.
 *
 * <p>The parts that are left out have the original tools' values: scheme amqp, host 0.0.0.0, the scheme's port.
 *
 * @param portText the port, a number or the name {@code amqp} or {@code amqps}
 * @param address the path without its slash, null if there is none
 */
public record BusUrl(
        String scheme,
        @Nullable String user,
        @Nullable String password,
        String host,
        String portText,
        @Nullable String address) {
    /** Highest port. */
    public static final int MAX_PORT = 65_535;

    private static final String PLAIN = "amqp";
    private static final String SECURE = "amqps";

    /**
     * Reads the text.
     *
     * @throws IllegalArgumentException with a sentence for the user, if it is no such place
     */
    public static BusUrl parse(String text) {
        String rest = text;
        String scheme = PLAIN;
        int schemeEnd = rest.indexOf("://");
        if (schemeEnd >= 0) {
            scheme = rest.substring(0, schemeEnd);
            rest = rest.substring(schemeEnd + 3);
            if (!scheme.equals(PLAIN) && !scheme.equals(SECURE)) {
                throw new IllegalArgumentException(
                        "'" + text + "' has the scheme '" + scheme + "', expected amqp or amqps");
            }
        }
        String address = null;
        int slash = rest.indexOf('/');
        if (slash >= 0) {
            address = slash + 1 < rest.length() ? decoded(rest.substring(slash + 1)) : null;
            rest = rest.substring(0, slash);
        }
        String user = null;
        String password = null;
        int at = rest.lastIndexOf('@');
        if (at >= 0) {
            String credentials = rest.substring(0, at);
            rest = rest.substring(at + 1);
            int colon = credentials.indexOf(':');
            user = decoded(colon < 0 ? credentials : credentials.substring(0, colon));
            password = colon < 0 ? null : decoded(credentials.substring(colon + 1));
        }
        String host = rest;
        String port = "";
        int colon = rest.lastIndexOf(':');
        if (rest.startsWith("[")) {
            int end = rest.indexOf(']');
            if (end < 0) {
                throw new IllegalArgumentException("'" + text + "' has a '[' without ']'");
            }
            host = rest.substring(1, end);
            String afterHost = rest.substring(end + 1);
            if (!afterHost.isEmpty() && !afterHost.startsWith(":")) {
                throw new IllegalArgumentException("'" + text + "' has '" + afterHost + "' after the host");
            }
            port = afterHost.isEmpty() ? "" : afterHost.substring(1);
        } else if (colon >= 0) {
            host = rest.substring(0, colon);
            port = rest.substring(colon + 1);
        }
        BusUrl url = new BusUrl(
                scheme, user, password, host.isEmpty() ? "0.0.0.0" : host, port.isEmpty() ? scheme : port, address);
        url.port(); // a port that cannot be one is refused here
        return url;
    }

    /** True for amqps. */
    public boolean secure() {
        return scheme.equals(SECURE);
    }

    /** The port as a number. */
    public int port() {
        if (portText.equals(PLAIN)) {
            return 5672;
        }
        if (portText.equals(SECURE)) {
            return 5671;
        }
        int number;
        try {
            number = Integer.parseInt(portText);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the port '" + portText + "' is neither a number nor amqp nor amqps", e);
        }
        if (number < 1 || number > MAX_PORT) {
            throw new IllegalArgumentException("the port " + number + " is not between 1 and " + MAX_PORT);
        }
        return number;
    }

    /** The place as messages name it: without credentials and path. */
    @Override
    public String toString() {
        String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return scheme + "://" + shown + ":" + portText;
    }

    private static String decoded(String part) {
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
