// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.network;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;

/** The cable of one link: passes bytes on between a fixed port and a router, until it is cut. Safe for several threads. */
public final class Relay {

    private final Vertx vertx;
    private final NetServer server;
    private final NetClient client;
    private final List<NetSocket> sockets = new ArrayList<>();
    private boolean whole = true;
    private int target;

    Relay(Vertx vertx) {
        this.vertx = vertx;
        this.client = vertx.createNetClient();
        this.server = vertx.createNetServer().connectHandler(this::connected);
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    }

    int port() {
        return server.actualPort();
    }

    /** Where the other end is now; 0 for nowhere. */
    synchronized void leadTo(int port) {
        target = port;
    }

    private synchronized void connected(NetSocket in) {
        if (!whole || target == 0) {
            in.close();
            return;
        }
        in.pause();
        sockets.add(in);
        client.connect(target, "127.0.0.1").onFailure(failure -> in.close()).onSuccess(out -> {
            synchronized (this) {
                sockets.add(out);
                if (!whole) {
                    in.close();
                    out.close();
                    return;
                }
            }
            out.closeHandler(closed -> in.close());
            in.closeHandler(closed -> out.close());
            in.pipeTo(out);
            out.pipeTo(in);
        });
    }

    /** Ends what is there; nothing comes through until {@link #mend}. */
    public synchronized void cut() {
        whole = false;
        List<NetSocket> ending = List.copyOf(sockets);
        sockets.clear();
        vertx.runOnContext(now -> ending.forEach(NetSocket::close));
    }

    synchronized boolean isWhole() {
        return whole;
    }

    /** Lets new connections through. */
    public synchronized void mend() {
        whole = true;
    }
}
