// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.tests.RouterProcess;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The router of a test class, in a process of its own. At the end of the class it has to have seen no unexpected
 * exception, to have lost no buffer, and to stop with status 0.
 */
final class InteropRouter implements BeforeAllCallback, AfterAllCallback {

    /** Container id of the router. */
    static final String ID = "interop";

    private static final String CONFIGURATION = """
        router {
            mode: standalone
            id: interop
        }
        listener {
            name: any
            host: 127.0.0.1
            port: 0
            authenticatePeer: no
            protocols: amqp, mqtt, http
        }
        address {
            prefix: everyone
            distribution: multicast
        }
        address {
            prefix: nowhere
            distribution: unavailable
        }
        """;

    private static final AtomicInteger ADDRESSES = new AtomicInteger();

    private final Supplier<String> configuration;
    private @Nullable RouterProcess router;

    /** One port for all protocols, without TLS. */
    InteropRouter() {
        this(() -> CONFIGURATION);
    }

    /** A router with a configuration that is made when the class begins; its listener is called {@code any}. */
    InteropRouter(Supplier<String> configuration) {
        this.configuration = configuration;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        router =
                RouterProcess.start(configuration.get(), List.of("-Xmx96m", "-Dio.netty.leakDetection.level=paranoid"));
    }

    /** The router's process. */
    RouterProcess process() {
        if (router == null) {
            throw new IllegalStateException("the router is not started yet");
        }
        return router;
    }

    /** The URL of the one port of all protocols. */
    String url(String scheme) {
        return scheme + "://127.0.0.1:" + process().port("any") + (scheme.equals("ws") ? "/" : "");
    }

    /** An address that no other test uses. */
    static String address(String prefix) {
        return prefix + ADDRESSES.incrementAndGet();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        RouterProcess ending = process();
        try (ending) {
            int status = ending.terminate();
            assertThat(status)
                    .as(() -> "exit status after " + String.join("\n", ending.output()))
                    .isZero();
            assertThat(ending.output())
                    .noneMatch(line -> line.contains("LEAK"))
                    .noneMatch(line -> line.contains("Unexpected exception"));
        }
    }
}
