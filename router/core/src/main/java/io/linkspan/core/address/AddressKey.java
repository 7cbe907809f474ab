// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import org.jspecify.annotations.Nullable;

/**
 * The identity of an address: class, phase and text, byte-exact and case-sensitive. Routing ADR-04, ADR-07.
 *
 * @param addressClass the class
 * @param phase 0 to 9 for mobile addresses, or {@link #FALLBACK_PHASE}; otherwise 0
 * @param text the address without scheme, class prefix and trailing separator; for router, area and edge addresses the
 *     name of that place
 */
public record AddressKey(AddressClass addressClass, int phase, String text) {

    /** The highest phase. */
    public static final int MAX_PHASE = 9;

    /** The phase of the fallback destination of an address, whose letter is F. Routing FBK-01, FBK-05. */
    public static final int FALLBACK_PHASE = 'F' - '0';

    /** Texts of dynamic targets begin like this. Routing ANO-10. */
    public static final String TEMPORARY_PREFIX = "_$temp.";

    /** Texts between Linkspan routers begin like this; nobody else sends or receives there. */
    public static final String PART_PREFIX = Part.PREFIX;

    public AddressKey {
        if (!isPhase(phase) || (phase > 0 && addressClass != AddressClass.MOBILE)) {
            throw new IllegalArgumentException("phase " + phase + " of a " + addressClass + " address");
        }
    }

    /** A mobile address of phase 0; the text is taken as it is and never read as another class. */
    public static AddressKey mobile(String text) {
        return new AddressKey(AddressClass.MOBILE, 0, text);
    }

    /** A mobile address of a phase; the text is taken as it is. */
    public static AddressKey mobile(String text, int phase) {
        return new AddressKey(AddressClass.MOBILE, phase, text);
    }

    /** A local address of this router. */
    public static AddressKey local(String text) {
        return new AddressKey(AddressClass.LOCAL, 0, text);
    }

    /** The key that another router announces as {@code M}, a phase digit and text; null for what is no address. */
    public static @Nullable AddressKey ofAnnouncement(String key) {
        if (key.length() > 2 && key.charAt(0) == 'M') {
            int phase = key.charAt(1) - '0';
            return isPhase(phase) && !key.startsWith(Part.PREFIX, 2) ? mobile(key.substring(2), phase) : null;
        }
        return key.length() > 1 && key.charAt(0) == 'H' ? new AddressKey(AddressClass.EDGE, 0, key.substring(1)) : null;
    }

    /** Whether some address may have this phase. */
    public static boolean isPhase(int phase) {
        return (phase >= 0 && phase <= MAX_PHASE) || phase == FALLBACK_PHASE;
    }

    /** Whether this is where deliveries go that nobody else takes. */
    public boolean isFallback() {
        return phase == FALLBACK_PHASE;
    }

    /** The same address in another phase, if it is mobile; otherwise itself. */
    public AddressKey inPhase(int newPhase) {
        return addressClass == AddressClass.MOBILE && newPhase != phase
                ? new AddressKey(addressClass, newPhase, text)
                : this;
    }

    /** The key as management shows it, such as {@code M0q/1} or {@code Lqdhello}. */
    @Override
    public String toString() {
        return addressClass == AddressClass.MOBILE ? "M" + (char) ('0' + phase) + text : addressClass.letter() + text;
    }
}
