// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.SaslClient;
import io.linkspan.amqp.SaslServer;
import io.linkspan.amqp.SaslStep;
import io.linkspan.amqp.codec.Symbol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Passes a SASL exchange on and remembers the mechanism that was used, for management. One per connection. */
final class SaslRecord implements SaslServer, SaslClient {

    private final @Nullable SaslServer server;
    private final @Nullable SaslClient client;
    private @Nullable Symbol mechanism;

    SaslRecord(@Nullable SaslServer server, @Nullable SaslClient client) {
        this.server = server;
        this.client = client;
    }

    /** The mechanism in use; null when the peer skipped the SASL layer. */
    @Nullable
    String mechanism() {
        return mechanism == null ? null : mechanism.toString();
    }

    @Override
    public List<Symbol> mechanisms() {
        return server().mechanisms();
    }

    @Override
    public SaslStep init(Symbol chosen, byte @Nullable [] initialResponse, @Nullable String hostname) {
        mechanism = chosen;
        return server().init(chosen, initialResponse, hostname);
    }

    @Override
    public SaslStep response(byte[] response) {
        return server().response(response);
    }

    @Override
    public @Nullable Symbol choose(List<Symbol> offered) {
        mechanism = client().choose(offered);
        return mechanism;
    }

    @Override
    public byte @Nullable [] initialResponse() {
        return client().initialResponse();
    }

    @Override
    public byte @Nullable [] respond(byte[] challenge) {
        return client().respond(challenge);
    }

    private SaslServer server() {
        if (server == null) {
            throw new IllegalStateException("a client's exchange");
        }
        return server;
    }

    private SaslClient client() {
        if (client == null) {
            throw new IllegalStateException("a server's exchange");
        }
        return client;
    }
}
