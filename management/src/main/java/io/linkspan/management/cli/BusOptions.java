// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say where the router is and how to connect; the names are those of qdstat and qdmanage. */
public final class BusOptions {
    private static final String DEFAULT_HOST = "0.0.0.0";

    private final BusUrl.Protocol protocol;
    private BusUrl url;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec tool;

    @Option(
            names = {"-t", "--timeout"},
            paramLabel = "SECS",
            defaultValue = "5",
            description = "Longest wait for the connection and for each answer, in seconds (default ${DEFAULT-VALUE}).")
    private double timeoutSeconds = 5;

    @Option(names = "--ssl-certificate", paramLabel = "CERT", description = "Certificate of the client (PEM file).")
    private @Nullable Path certificate;

    @Option(names = "--ssl-key", paramLabel = "KEY", description = "Private key of the client (PEM file).")
    private @Nullable Path key;

    @Option(
            names = "--ssl-trustfile",
            paramLabel = "TRUSTED-CA-DB",
            description = "Certificates of the authorities to trust (PEM file).")
    private @Nullable Path trustFile;

    @Option(names = "--ssl-password", paramLabel = "PASSWORD", description = "Password of the client's private key.")
    private @Nullable String keyPassword;

    @Option(
            names = "--ssl-password-file",
            paramLabel = "SSL-PASSWORD-FILE",
            description = "File whose first line is the password of the client's private key.")
    private @Nullable Path keyPasswordFile;

    @Option(
            names = "--ssl-disable-peer-name-verify",
            description = "Do not compare the router's name with its certificate. Insecure, not for production.")
    private boolean peerNameIgnored;

    @Option(
            names = "--sasl-mechanisms",
            paramLabel = "SASL-MECHANISMS",
            description = "SASL mechanisms that may be used, separated by blanks or commas.")
    private @Nullable String mechanisms;

    @Option(
            names = {"--sasl-username", "--username"},
            paramLabel = "SASL-USERNAME",
            description = "User name.")
    private @Nullable String user;

    @Option(
            names = {"--sasl-password", "--password"},
            paramLabel = "SASL-PASSWORD",
            description = "Password.")
    private @Nullable String password;

    @Option(
            names = "--sasl-password-file",
            paramLabel = "SASL-PASSWORD-FILE",
            description = "File whose first line is the password.")
    private @Nullable Path passwordFile;

    /** Makes the options of a tool that speaks the protocol. */
    public BusOptions(BusUrl.Protocol protocol) {
        this.protocol = protocol;
        this.url = BusUrl.parse(DEFAULT_HOST, protocol);
    }

    @Option(
            names = {"-b", "--bus"},
            paramLabel = "URL",
            defaultValue = DEFAULT_HOST,
            description = "The router to connect to: [SCHEME://][user:password@]host[:port][/address]"
                    + " (default ${DEFAULT-VALUE}).")
    void url(String text) {
        try {
            url = BusUrl.parse(text, protocol);
        } catch (IllegalArgumentException e) {
            throw ToolLine.wrongValue(tool, "Invalid value for option '--bus': " + e.getMessage());
        }
    }

    /** Where the router is. */
    public BusUrl url() {
        return url;
    }

    /** Longest wait for the connection, and again for each answer. */
    public Duration timeout() {
        return Duration.ofNanos((long) (timeoutSeconds * 1e9));
    }

    /** True if the connection starts with a TLS handshake: amqps, or a certificate or trust file is named. */
    public boolean secure() {
        return url.secure() || certificate != null || trustFile != null;
    }

    /** True if a SASL exchange goes before the AMQP header; without it the header comes first. */
    public boolean authenticating() {
        return secure() || mechanisms != null || user() != null || password != null || passwordFile != null;
    }

    /** PEM file of the client's certificate. */
    public @Nullable Path certificate() {
        return certificate;
    }

    /** PEM file of the client's key. */
    public @Nullable Path key() {
        return key;
    }

    /** PEM file of the authorities to trust. */
    public @Nullable Path trustFile() {
        return trustFile;
    }

    /** Password of the client's key. */
    public @Nullable String keyPassword() {
        return keyPassword != null || keyPasswordFile == null ? keyPassword : firstLine(keyPasswordFile);
    }

    /** True if the router's name has to be one its certificate names. */
    public boolean peerNameVerified() {
        return !peerNameIgnored;
    }

    /** The SASL mechanisms that may be used; empty for any. */
    public List<String> mechanisms() {
        return mechanisms == null ? List.of() : List.of(mechanisms.trim().split("[ ,]+"));
    }

    /** User name for SASL; an option wins over the URL. */
    public @Nullable String user() {
        return user != null ? user : url.user();
    }

    /** Password for SASL; an option wins over the URL. */
    public @Nullable String password() {
        if (password != null) {
            return password;
        }
        return passwordFile != null ? firstLine(passwordFile) : url.password();
    }

    private static String firstLine(Path file) {
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            return lines.isEmpty() ? "" : lines.get(0);
        } catch (IOException e) {
            throw new ToolFailure(
                    "FileNotFoundError", "cannot read the password file '" + file + "': " + e.getMessage(), e);
        }
    }
}
