// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.Symbol;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The client's side of one SASL exchange; an object per connection, called on its loop. AMQP 1.0 part 5, 5.3. */
public interface SaslClient {
    Symbol ANONYMOUS = new Symbol("ANONYMOUS");
    Symbol PLAIN = new Symbol("PLAIN");

    /** The mechanism to use of those the server offers; null when none will do. */
    @Nullable
    Symbol choose(List<Symbol> offered);

    /** What is sent along with the choice; null for nothing. */
    byte @Nullable [] initialResponse();

    /** Answers a challenge; null gives up. */
    byte @Nullable [] respond(byte[] challenge);

    /** Authenticates as nobody; the trace (who we are, for the server's log) may be empty. RFC 4505. */
    static SaslClient anonymous(String trace) {
        return single(ANONYMOUS, trace.getBytes(StandardCharsets.UTF_8));
    }

    /** Authenticates by name and password, in the clear. RFC 4616. */
    static SaslClient plain(String user, String password) {
        return single(PLAIN, ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Authenticates by name and password where there are any and the server takes them, otherwise as nobody.
     *
     * @param allowed names of the mechanisms that may be used; empty for any
     * @param trace for ANONYMOUS
     */
    static SaslClient of(List<String> allowed, @Nullable String user, @Nullable String password, String trace) {
        SaslClient anonymous = anonymous(trace);
        SaslClient named = user == null || password == null ? anonymous : plain(user, password);
        return new SaslClient() {
            private SaslClient chosen = anonymous;

            @Override
            public @Nullable Symbol choose(List<Symbol> offered) {
                List<Symbol> possible = offered.stream()
                        .filter(mechanism -> allowed.isEmpty() || allowed.contains(mechanism.toString()))
                        .toList();
                chosen = named.choose(possible) == null ? anonymous : named;
                return chosen.choose(possible);
            }

            @Override
            public byte @Nullable [] initialResponse() {
                return chosen.initialResponse();
            }

            @Override
            public byte @Nullable [] respond(byte[] challenge) {
                return chosen.respond(challenge);
            }
        };
    }

    private static SaslClient single(Symbol mechanism, byte[] initialResponse) {
        return new SaslClient() {
            @Override
            public @Nullable Symbol choose(List<Symbol> offered) {
                return offered.contains(mechanism) ? mechanism : null;
            }

            @Override
            public byte @Nullable [] initialResponse() {
                return initialResponse;
            }

            @Override
            public byte @Nullable [] respond(byte[] challenge) {
                return null;
            }
        };
    }
}
