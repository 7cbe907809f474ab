// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The place of a router as the user writes it, for example
 * {@code [amqp://|amqps://][user:password@]host[:port][/address]}.
 *
 * <p>The parts that are left out have the original tools' values: the plain scheme, host 0.0.0.0, the scheme's port.
 *
 * @param portText the port, a number or the name of a scheme
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

    /** The protocol that is meant, with its schemes. */
    public enum Protocol {
        AMQP("amqp"),
        MQTT("mqtt");

        private final String plain;

        Protocol(String plain) {
            this.plain = plain;
        }

        private boolean has(String scheme) {
            return scheme.equals(plain) || scheme.equals(plain + "s");
        }
    }

    private static final Map<String, Integer> PORTS = Map.of("amqp", 5672, "amqps", 5671, "mqtt", 1883, "mqtts", 8883);

    /**
     * Reads the text.
     *
     * @throws IllegalArgumentException with a sentence for the user, if it is no such place
     */
    public static BusUrl parse(String text, Protocol protocol) {
        String rest = text;
        String scheme = protocol.plain;
        int schemeEnd = rest.indexOf("://");
        if (schemeEnd >= 0) {
            scheme = rest.substring(0, schemeEnd);
            rest = rest.substring(schemeEnd + 3);
            if (!protocol.has(scheme)) {
                throw new IllegalArgumentException("'" + text + "' has the scheme '" + scheme + "', expected "
                        + protocol.plain + " or " + protocol.plain + "s");
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

    /** True for amqps and mqtts. */
    public boolean secure() {
        return scheme.endsWith("s");
    }

    /** The port as a number. */
    public int port() {
        Integer named = PORTS.get(portText);
        if (named != null) {
            return named;
        }
        int number;
        try {
            number = Integer.parseInt(portText);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "the port '" + portText + "' is neither a number nor one of " + new TreeSet<>(PORTS.keySet()), e);
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
