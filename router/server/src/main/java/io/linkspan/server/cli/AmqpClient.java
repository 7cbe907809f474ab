// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.ToolFailure;
import io.vertx.core.AsyncResult;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.proton.ProtonClient;
import io.vertx.proton.ProtonClientOptions;
import io.vertx.proton.ProtonConnection;
import io.vertx.proton.ProtonLink;
import io.vertx.proton.ProtonTransportOptions;
import io.vertx.proton.impl.ProtonConnectionImpl;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/**
 * One AMQP connection of a tool, whose user waits for each step.
 *
 * <p>The thread of the command calls the public methods and blocks; everything of the connection is confined to the one
 * event loop. When the connection or a link ends unasked, whatever waits fails with the reason.
 */
final class AmqpClient implements AutoCloseable {
    private static final int HEARTBEAT_MS = 10_000;

    private final BusOptions bus;
    private final Steps steps;
    private final String containerId = UUID.randomUUID().toString();

    // Confined to the loop.
    private @Nullable ProtonConnection connection;
    private boolean opened;

    private AmqpClient(BusOptions bus) {
        this.bus = bus;
        this.steps = new Steps(bus);
    }

    /**
     * Connects and exchanges OPEN. Without credentials and TLS no SASL layer is sent, as the original tools do.
     *
     * @throws ToolFailure if that fails, or takes longer than the user waits
     */
    static AmqpClient connect(BusOptions bus) {
        AmqpClient client = new AmqpClient(bus);
        try {
            client.steps.<Boolean>await("Opening connection", client::open);
            return client;
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /** The steps of this connection. */
    Steps steps() {
        return steps;
    }

    /** The container id of this end. */
    String containerId() {
        return containerId;
    }

    /** The connection; to be used on the loop alone, once it is open. */
    ProtonConnection connection() {
        if (connection == null) {
            throw new IllegalStateException("not connected");
        }
        return connection;
    }

    /**
     * Opens a link and tells what becomes of it; to be called on the loop.
     *
     * @param name how messages name the link
     */
    <T extends ProtonLink<T>> void open(T link, String name, Consumer<T> onOpen) {
        link.closeHandler(gone -> linkEnded(link, name));
        link.detachHandler(gone -> linkEnded(link, name));
        link.openHandler(result -> {
            if (result.succeeded()) {
                onOpen.accept(result.result());
            } else {
                linkEnded(link, name);
            }
        });
        link.open();
    }

    private void linkEnded(ProtonLink<?> link, String name) {
        steps.end(new ToolFailure("LinkDetached", name + " closed" + reason(link.getRemoteCondition())));
    }

    private static String reason(@Nullable ErrorCondition condition) {
        return condition == null || condition.getCondition() == null
                ? " by peer"
                : " due to: "
                        + ConnectFailures.condition(condition.getCondition().toString(), condition.getDescription());
    }

    private void open(CompletableFuture<Boolean> done) {
        NetClientOptions tcp = bus.authenticating() ? new ProtonClientOptions() : new NetClientOptions();
        tcp.setConnectTimeout(
                (int) Math.max(1, Math.min(Integer.MAX_VALUE, bus.timeout().toMillis())));
        TlsSettings.apply(bus, tcp);
        if (tcp instanceof ProtonClientOptions sasl) {
            sasl.setHeartbeat(HEARTBEAT_MS);
            bus.mechanisms().forEach(sasl::addEnabledSaslMechanism);
            ProtonClient.create(steps.vertx())
                    .connect(
                            sasl,
                            bus.url().host(),
                            bus.url().port(),
                            bus.user(),
                            bus.password(),
                            result -> authenticated(result, done));
            return;
        }
        NetClient client = steps.vertx().createNetClient(tcp);
        client.connect(bus.url().port(), bus.url().host()).onComplete(socket -> {
            if (socket.failed()) {
                steps.end(ConnectFailures.of(bus, socket.cause()));
                return;
            }
            // ProtonClient always begins with SASL; its connection works without.
            ProtonConnectionImpl bare =
                    new ProtonConnectionImpl(steps.vertx(), bus.url().host(), (ContextInternal) steps.loop());
            bare.bindClient(client, socket.result(), null, new ProtonTransportOptions().setHeartbeat(HEARTBEAT_MS));
            exchangeOpen(bare, done);
        });
    }

    private void authenticated(AsyncResult<ProtonConnection> result, CompletableFuture<Boolean> done) {
        if (result.failed()) {
            steps.end(ConnectFailures.of(bus, result.cause()));
        } else {
            exchangeOpen(result.result(), done);
        }
    }

    private void exchangeOpen(ProtonConnection fresh, CompletableFuture<Boolean> done) {
        connection = fresh;
        fresh.setContainer(containerId);
        fresh.setHostname(bus.url().host());
        fresh.disconnectHandler(gone -> steps.end(ConnectFailures.aborted(bus.url(), opened)));
        fresh.closeHandler(gone -> steps.end(new ToolFailure(
                "ConnectionClosed", "Connection " + bus.url() + " closed" + reason(fresh.getRemoteCondition()))));
        fresh.openHandler(result -> {
            opened = true;
            if (result.succeeded()) {
                done.complete(true);
            }
        });
        fresh.open();
    }

    /** Says goodbye if there is somebody to say it to, and stops the loop. */
    @Override
    public void close() {
        steps.close(done -> {
            if (connection == null || connection.isDisconnected()) {
                done.complete(true);
                return;
            }
            connection.closeHandler(gone -> done.complete(true));
            connection.disconnectHandler(gone -> done.complete(true));
            connection.close();
        });
    }
}
