// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.Symbol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one SASL exchange; an object per connection, called on its loop. AMQP 1.0 part 5, 5.3.
 */
public interface SaslServer {
    /** The mechanisms offered, best first. */
    List<Symbol> mechanisms();

    /**
     * The client chose one of the mechanisms offered.
     *
     * @param initialResponse null when there was none
     * @param hostname the host that the client means, null when it did not say
     */
    SaslStep init(Symbol mechanism, byte @Nullable [] initialResponse, @Nullable String hostname);

    /** The client answered a challenge. */
    SaslStep response(byte[] response);

    /** Offers ANONYMOUS alone and accepts everybody. */
    static SaslServer anonymous() {
        return new SaslServer() {
            @Override
            public List<Symbol> mechanisms() {
                return List.of(SaslClient.ANONYMOUS);
            }

            @Override
            public SaslStep init(Symbol mechanism, byte @Nullable [] initialResponse, @Nullable String hostname) {
                return SaslStep.OK;
            }

            @Override
            public SaslStep response(byte[] response) {
                return SaslStep.FAILED;
            }
        };
    }
}
