// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.interop;

import io.linkspan.tests.client.ClientProcess;
import io.linkspan.tests.client.ClientProgram;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;

/**
 * The client processes of a test class: each starts when it is first needed and serves all classes of the run, because
 * starting takes longer than a scenario. What a test leaves open is closed after it.
 */
final class Clients implements BeforeAllCallback, AfterEachCallback {

    private final Map<ClientProgram, ClientProcess> used = new EnumMap<>(ClientProgram.class);
    private Running running = new Running();

    /** The processes of the whole run; the engine closes them at its end. */
    private static final class Running implements AutoCloseable {
        private final Map<ClientProgram, ClientProcess> processes = new ConcurrentHashMap<>();

        ClientProcess get(ClientProgram program) {
            return processes.compute(
                    program,
                    (key, process) -> process != null && process.isAlive() ? process : ClientProcess.start(key));
        }

        void end(ClientProgram program) {
            ClientProcess process = processes.remove(program);
            if (process != null) {
                process.close();
            }
        }

        @Override
        public void close() {
            processes.values().forEach(ClientProcess::close);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Store store = context.getRoot().getStore(Namespace.create(Clients.class));
        running = store.computeIfAbsent(Running.class, key -> new Running(), Running.class);
    }

    /** An AMQP client with an open connection. */
    ClientProcess amqp(ClientProgram program, String url) {
        ClientProcess client = start(program);
        client.tell("connect " + url);
        client.await("open");
        return client;
    }

    /** A client that is not connected. */
    ClientProcess start(ClientProgram program) {
        return used.computeIfAbsent(program, running::get);
    }

    /** Ends a client's connection in good order: nothing but its own goodbye may have ended it. */
    static void close(ClientProcess client) {
        client.tell(client.program().isMqtt() ? "disconnect" : "close");
        client.await(client.program().isMqtt() ? "disconnected" : "closed");
    }

    @Override
    public void afterEach(ExtensionContext context) {
        boolean failed = context.getExecutionException().isPresent();
        used.forEach((program, client) -> {
            if (failed) {
                running.end(program);
            } else {
                client.forget();
            }
        });
        used.clear();
    }
}
