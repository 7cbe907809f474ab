// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.ToolFailure;
import io.linkspan.server.tls.PrivateKeyFile;
import io.linkspan.server.tls.TlsException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A blocking socket to the router that the user named, with TLS inside when the options ask for it. */
final class ToolSocket {
    private static final char[] NO_PASSWORD = new char[0];

    private ToolSocket() {}

    /**
     * Tries all addresses of the host, one after the other.
     *
     * @throws ToolFailure if there is no connection by the deadline, or a file of the options cannot be used
     */
    static Socket connect(BusOptions bus, long deadlineNs) {
        SSLContext tls = bus.secure() ? context(bus) : null;
        try {
            Socket socket = connected(bus, deadlineNs);
            try {
                socket.setTcpNoDelay(true);
                return tls == null ? socket : secured(bus, tls, socket, deadlineNs);
            } catch (IOException | RuntimeException e) {
                socket.close();
                throw e;
            }
        } catch (IOException e) {
            throw ConnectFailures.of(bus, e);
        }
    }

    private static Socket connected(BusOptions bus, long deadlineNs) throws IOException {
        IOException last = null;
        for (InetAddress address : InetAddress.getAllByName(bus.url().host())) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address, bus.url().port()), leftMs(deadlineNs));
                return socket;
            } catch (IOException e) {
                socket.close();
                last = e;
            }
        }
        throw last == null ? new IOException("no address") : last;
    }

    private static Socket secured(BusOptions bus, SSLContext tls, Socket plain, long deadlineNs) throws IOException {
        SSLSocket socket = (SSLSocket) tls.getSocketFactory()
                .createSocket(plain, bus.url().host(), bus.url().port(), true);
        if (bus.peerNameVerified()) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
        }
        socket.setSoTimeout(leftMs(deadlineNs));
        socket.startHandshake();
        return socket;
    }

    private static int leftMs(long deadlineNs) throws SocketTimeoutException {
        long left = deadlineNs - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("the time is over");
        }
        return (int) Math.min(Integer.MAX_VALUE, 1 + left / 1_000_000);
    }

    private static SSLContext context(BusOptions bus) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(bus), trusted(bus.trustFile()), null);
            return context;
        } catch (TlsException e) {
            throw new ToolFailure("SSLException", String.valueOf(e.getMessage()), e);
        } catch (GeneralSecurityException | IOException e) {
            throw new ToolFailure("SSLException", "the TLS options cannot be used: " + e.getMessage(), e);
        }
    }

    private static KeyManager @Nullable [] keys(BusOptions bus)
            throws GeneralSecurityException, IOException, TlsException {
        Path certificate = bus.certificate();
        if (certificate == null) {
            return null;
        }
        Certificate[] chain = certificates(certificate).toArray(Certificate[]::new);
        Path keyFile = bus.key() == null ? certificate : bus.key();
        PrivateKey key = PrivateKeyFile.read(keyFile.toString(), bus.keyPassword());
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, NO_PASSWORD);
        store.setKeyEntry("client", key, NO_PASSWORD, chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    /** Null stands for the authorities of the Java runtime. */
    private static TrustManager @Nullable [] trusted(@Nullable Path file) throws GeneralSecurityException, IOException {
        if (file == null) {
            return null;
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, NO_PASSWORD);
        int count = 0;
        for (Certificate certificate : certificates(file)) {
            store.setCertificateEntry("authority" + count++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static Collection<? extends Certificate> certificates(Path file) throws GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in);
        } catch (IOException e) {
            throw new ToolFailure("SSLException", "cannot read '" + file + "': " + e.getMessage(), e);
        }
    }
}
