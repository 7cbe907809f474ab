// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.amqp.SaslClient;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.management.cli.BusOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a tool authenticates: by its certificate where it has one, by name and password where it has those, otherwise as
 * nobody; within what the user allows and the peer offers.
 */
final class ToolSasl implements SaslClient {
    private static final Symbol EXTERNAL = new Symbol("EXTERNAL");

    private final BusOptions bus;
    private final SaslClient named;
    private @Nullable Symbol chosen;

    ToolSasl(BusOptions bus) {
        this.bus = bus;
        this.named = SaslClient.of(bus.mechanisms(), bus.user(), bus.password(), "anonymous");
    }

    /** The mechanism in use, as messages name it. */
    String mechanism() {
        return chosen == null ? "none" : chosen.text();
    }

    @Override
    public @Nullable Symbol choose(List<Symbol> offered) {
        boolean byCertificate = bus.certificate() != null
                && offered.contains(EXTERNAL)
                && (bus.mechanisms().isEmpty() || bus.mechanisms().contains(EXTERNAL.text()));
        chosen = byCertificate ? EXTERNAL : named.choose(offered);
        return chosen;
    }

    @Override
    public byte @Nullable [] initialResponse() {
        return EXTERNAL.equals(chosen) ? new byte[0] : named.initialResponse();
    }

    @Override
    public byte @Nullable [] respond(byte[] challenge) {
        return EXTERNAL.equals(chosen) ? new byte[0] : named.respond(challenge);
    }
}
