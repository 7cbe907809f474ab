// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.vertx.core.Handler;
import io.vertx.core.net.NetSocket;
import io.vertx.proton.ProtonConnection;
import io.vertx.proton.sasl.ProtonSaslAuthenticator;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.qpid.proton.engine.Sasl;
import org.apache.qpid.proton.engine.Transport;

/** Knows one user, bob, by SASL PLAIN. */
final class PlainPassword implements ProtonSaslAuthenticator {
    @SuppressWarnings("NullAway.Init") // init() comes first
    private Sasl sasl;

    private boolean succeeded;

    @Override
    public void init(NetSocket socket, ProtonConnection connection, Transport transport) {
        sasl = transport.sasl();
        sasl.server();
        sasl.allowSkip(false);
        sasl.setMechanisms("PLAIN");
    }

    @Override
    public void process(Handler<Boolean> completion) {
        if (sasl.getRemoteMechanisms().length == 0) {
            completion.handle(false);
            return;
        }
        byte[] response = new byte[sasl.pending()];
        sasl.recv(response, 0, response.length);
        succeeded = sasl.getRemoteMechanisms()[0].toUpperCase(Locale.ROOT).equals("PLAIN")
                && new String(response, StandardCharsets.UTF_8).equals("\0bob\0secret");
        sasl.done(succeeded ? Sasl.SaslOutcome.PN_SASL_OK : Sasl.SaslOutcome.PN_SASL_AUTH);
        completion.handle(true);
    }

    @Override
    public boolean succeeded() {
        return succeeded;
    }
}
