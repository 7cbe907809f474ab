// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.BusUrl;
import io.linkspan.management.cli.ToolFailure;
import io.vertx.proton.sasl.MechanismMismatchException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.security.sasl.SaslException;
import org.jspecify.annotations.Nullable;

/** Why there is no connection, in the words of the original tools. */
final class ConnectFailures {
    private static final String SOCKET = "proton.pythonio";
    private static final String FRAMING = "amqp:connection:framing-error";
    private static final String UNAUTHORIZED = "amqp:unauthorized-access";

    private ConnectFailures() {}

    /** The failure for what kept the library from connecting. */
    static ToolFailure of(BusOptions bus, Throwable cause) {
        BusUrl url = bus.url();
        if (among(cause, CertificateException.class)) {
            return disconnected(
                    url, FRAMING, "SSL Failure: error:0A000086:SSL routines::certificate verify failed", cause);
        }
        if (among(cause, SSLException.class)) {
            return disconnected(
                    url, FRAMING, "SSL Failure: error:0A000126:SSL routines::unexpected eof while reading", cause);
        }
        if (among(cause, MechanismMismatchException.class)) {
            return disconnected(url, UNAUTHORIZED, "Authentication failed [mech=none]", cause);
        }
        if (among(cause, SaslException.class)) {
            return disconnected(url, UNAUTHORIZED, "Authentication failed [mech=" + mechanism(bus) + "]", cause);
        }
        if (among(cause, UnknownHostException.class)) {
            return disconnected(url, SOCKET, "Name or service not known", cause);
        }
        if (among(cause, SocketTimeoutException.class) || isConnectTimeout(cause)) {
            return new ToolFailure("Timeout", "Connection " + url + " timed out: Opening connection", cause);
        }
        if (among(cause, ConnectException.class)) {
            return disconnected(url, SOCKET, "Connection refused to all addresses", cause);
        }
        return bus.secure()
                ? disconnected(
                        url, FRAMING, "SSL Failure: error:0A000126:SSL routines::unexpected eof while reading", cause)
                : aborted(url, false);
    }

    /** The failure for a socket that the peer closed without AMQP's CLOSE. */
    static ToolFailure aborted(BusUrl url, boolean opened) {
        String text = opened
                ? "connection aborted"
                : "Expected AMQP protocol header: no protocol header found (connection aborted)";
        return new ToolFailure(
                "ConnectionException", "Connection " + url + " disconnected: " + condition(FRAMING, text));
    }

    /** An error condition as the original tools print it. */
    static String condition(String name, @Nullable String description) {
        return "Condition('" + name + "'" + (description == null ? "" : ", '" + description + "'") + ")";
    }

    private static ToolFailure disconnected(BusUrl url, String name, String description, Throwable cause) {
        return new ToolFailure(
                "ConnectionException", "Connection " + url + " disconnected: " + condition(name, description), cause);
    }

    /** The mechanism that was tried: the library does not say, but the options leave one. */
    private static String mechanism(BusOptions bus) {
        if (bus.mechanisms().size() == 1) {
            return bus.mechanisms().get(0);
        }
        if (bus.user() != null) {
            return "PLAIN";
        }
        return bus.certificate() != null ? "EXTERNAL" : "ANONYMOUS";
    }

    private static boolean isConnectTimeout(Throwable cause) {
        return among(cause, io.netty.channel.ConnectTimeoutException.class);
    }

    private static boolean among(Throwable failure, Class<? extends Throwable> kind) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (kind.isInstance(t)) {
                return true;
            }
        }
        return false;
    }
}
