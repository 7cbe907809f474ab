// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.core.address.Pattern;
import io.linkspan.core.address.PatternSyntax;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A broker's way of naming topics in an attach, understood where a listener asks for it (MQ-1-10).
 *
 * <p>Only the address of a terminus is looked at. What anonymous senders write into their messages is taken as it is.
 */
public enum AddressAlias {
    /** Receivers of {@code a.#} and {@code a.*} want what matches, without a capability that says so. */
    ARTEMIS {
        @Override
        @Nullable
        Named named(String address, PatternSyntax syntax) {
            return Pattern.parse(address, syntax).hasWildcard() ? new Named(address, true) : null;
        }
    },

    /**
     * {@code /topic/KEY}, {@code /exchange/amq.topic/KEY} and {@code /exchanges/amq.topic/KEY} are the address KEY, and
     * receivers of them get what matches it. In the last form {@code %XX} stands for a byte of UTF-8.
     */
    RABBITMQ {
        @Override
        @Nullable
        Named named(String address, PatternSyntax syntax) {
            for (String prefix : LITERAL) {
                if (address.startsWith(prefix) && address.length() > prefix.length()) {
                    return new Named(address.substring(prefix.length()), true);
                }
            }
            if (address.startsWith(ENCODED) && address.length() > ENCODED.length()) {
                return decoded(address.substring(ENCODED.length()))
                        .map(key -> new Named(key, true))
                        .orElse(null);
            }
            return null;
        }
    };

    private static final List<String> LITERAL = List.of("/topic/", "/exchange/amq.topic/");
    private static final String ENCODED = "/exchanges/amq.topic/";

    /**
     * What an address means.
     *
     * @param address the router's address
     * @param pattern whether a receiver of it wants what matches
     */
    record Named(String address, boolean pattern) {}

    /** What this broker's clients mean by an address; null if it says nothing that the router would not say. */
    @Nullable
    abstract Named named(String address, PatternSyntax syntax);

    /** What an address of a terminus means to a listener with these aliases. */
    static Named of(Set<AddressAlias> aliases, String address, PatternSyntax syntax) {
        for (AddressAlias alias : aliases) {
            Named named = alias.named(address, syntax);
            if (named != null) {
                return named;
            }
        }
        return new Named(address, false);
    }

    /** The text behind percent signs (RFC 3986, 2.1); empty if they are not right. */
    private static Optional<String> decoded(String text) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (c == '%') {
                int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
                if (low < 0) {
                    return Optional.empty();
                }
                bytes.put((byte) (high << 4 | low));
                i += 3;
            } else {
                bytes.put(Character.toString(c).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(c);
            }
        }
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
