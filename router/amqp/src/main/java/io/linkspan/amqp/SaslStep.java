// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import org.jspecify.annotations.Nullable;

/** What a {@link SaslServer} answers. */
public sealed interface SaslStep {
    /** Authenticated. */
    SaslStep OK = new Outcome(Outcome.CODE_OK, null);
    /** Wrong credentials; the connection ends. */
    SaslStep FAILED = new Outcome(Outcome.CODE_AUTH, null);
    /** The answer comes later, by {@link AmqpEngine#continueSasl}. */
    SaslStep LATER = new Later();

    /** A question to the client. */
    final class Challenge implements SaslStep {
        private final byte[] octets;

        public Challenge(byte[] octets) {
            this.octets = octets;
        }

        byte[] octets() {
            return octets;
        }
    }

    /** The end of the exchange. AMQP 1.0 part 5, 5.3.3.5 and 5.3.3.6. */
    final class Outcome implements SaslStep {
        public static final int CODE_OK = 0;
        public static final int CODE_AUTH = 1;
        public static final int CODE_SYS = 2;
        public static final int CODE_SYS_PERM = 3;
        public static final int CODE_SYS_TEMP = 4;

        private final int code;
        private final byte @Nullable [] additional;

        /**
         * An outcome.
         *
         * @param code one of the constants
         * @param additional the mechanism's last word on success, null for none
         */
        public Outcome(int code, byte @Nullable [] additional) {
            this.code = code;
            this.additional = additional;
        }

        int code() {
            return code;
        }

        byte @Nullable [] additional() {
            return additional;
        }
    }

    /** See {@link #LATER}. */
    final class Later implements SaslStep {
        private Later() {}
    }
}
