// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

/** Carries a violation from where it is seen to the entry of the decoder; it never leaves this package. */
@SuppressWarnings("serial") // Never serialized: thrown and caught within one call of the decoder.
final class ViolationException extends RuntimeException {

    private final Violation violation;

    private ViolationException(Violation violation) {
        super(violation.description(), null, false, false);
        this.violation = violation;
    }

    Violation violation() {
        return violation;
    }

    static ViolationException malformed(String description) {
        return of(ReasonCode.MALFORMED_PACKET, description);
    }

    static ViolationException protocol(String description) {
        return of(ReasonCode.PROTOCOL_ERROR, description);
    }

    static ViolationException of(ReasonCode code, String description) {
        return new ViolationException(new Violation(code, false, description));
    }

    static ViolationException silent(ReasonCode code, String description) {
        return new ViolationException(new Violation(code, true, description));
    }
}
