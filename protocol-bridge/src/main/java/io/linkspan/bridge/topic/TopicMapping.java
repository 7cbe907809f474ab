// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.topic;

import io.linkspan.bridge.text.Utf8;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns topic names into addresses and back, for one listener (MQ-1-1..23).
 *
 * <h2>The two written forms</h2>
 *
 * A topic and an address are sequences of levels. Inside a level of a topic {@code /}, {@code +} and {@code #} cannot
 * stand as themselves; inside a level of an address the separator and the two wildcards cannot. Each side writes what
 * it cannot hold as {@code %XX}. An address also must survive the routers it meets, so the address form further
 * escapes a leading slash, a trailing separator, a colon before a slash (routers take what is before it for a scheme),
 * and the first character of a first level that routers keep for themselves. An empty last level is written
 * {@code %00}.
 *
 * <p>With {@link TopicEscape#PERCENT} and {@link TopicEscape#IDENTITY} {@code toTopic(toAddress(t))} is {@code t} for
 * every topic; the two other ways of escaping give that up (MQ-1-12, 1-13).
 *
 * <p>Immutable; used on topics that are seen for the first time, the results are cached.
 */
public final class TopicMapping {

    /** The longest topic name there is, in bytes of UTF-8. MQTT 5.0, 1.5.4. */
    public static final int MAX_TOPIC_BYTES = 65_535;

    private static final String UNDERSCORES = "___";
    private static final String EMPTY_LEVEL = "%00";
    /** Codes that have a meaning in an address of the identity form: NUL, $, ., /, :, _, a, q. */
    private static final String IDENTITY_CODES = "\0$./:_aq";

    private static final List<String> RESERVED_WORDS = List.of(
            "_local", "_topo", "_edge", "$management", "$_management_internal", "$displayname", "qdrouter", "qdhello");

    private final char separator;
    private final char singleWildcard;
    private final char multiWildcard;
    private final TopicEscape escape;
    private final boolean sparkplug;
    private final String prefix;
    private final String topicCodes;

    /**
     * A mapping.
     *
     * @param separator between the levels of an address; {@code .} by default
     * @param singleWildcard stands for one level of an address pattern; {@code *} by default
     * @param multiWildcard stands for any number of levels of an address pattern; {@code #} by default
     * @param escape how colliding characters are written
     * @param sparkplug whether the first dot of a Sparkplug topic becomes three underscores (MQ-1-13)
     * @param addressPrefix put before every address; empty, or ends with the separator (MQ-1-22)
     */
    public TopicMapping(
            char separator,
            char singleWildcard,
            char multiWildcard,
            TopicEscape escape,
            boolean sparkplug,
            String addressPrefix) {
        if (separator == singleWildcard || separator == multiWildcard || singleWildcard == multiWildcard) {
            throw new IllegalArgumentException("topicSeparator, singleWildcard and multiWildcard must differ, not "
                    + separator + " " + singleWildcard + " " + multiWildcard);
        }
        for (char c : new char[] {separator, singleWildcard, multiWildcard}) {
            if (c <= ' ' || c >= 0x7f || c == '%' || c == ':' || Character.isLetterOrDigit(c)) {
                throw new IllegalArgumentException(
                        "topicSeparator and wildcards must be ASCII signs other than % and :, not U+"
                                + Integer.toHexString(c));
            }
        }
        if (!addressPrefix.isEmpty() && addressPrefix.charAt(addressPrefix.length() - 1) != separator) {
            throw new IllegalArgumentException(
                    "addressPrefix " + addressPrefix + " does not end with the separator " + separator);
        }
        this.separator = separator;
        this.singleWildcard = singleWildcard;
        this.multiWildcard = multiWildcard;
        this.escape = escape;
        this.sparkplug = sparkplug;
        this.prefix = addressPrefix;
        this.topicCodes = separator == '/' ? "+#" : "/+#";
    }

    /** The default: {@code a/b} is {@code a.b}, wildcards {@code *} and {@code #}. */
    public static TopicMapping standard() {
        return new TopicMapping('.', '*', '#', TopicEscape.PERCENT, false, "");
    }

    /** The profile {@code identity}: topic and address are the same text, wildcards {@code +} and {@code #}. */
    public static TopicMapping identity() {
        return identity("");
    }

    /** The profile {@code identity} behind a prefix, which ends with a slash (MQ-1-22). */
    public static TopicMapping identity(String addressPrefix) {
        return new TopicMapping('/', '+', '#', TopicEscape.IDENTITY, false, addressPrefix);
    }

    /** The separator of its addresses. */
    public char separator() {
        return separator;
    }

    /** The sign for one level in its patterns. */
    public char singleWildcard() {
        return singleWildcard;
    }

    /** The sign for any number of levels in its patterns. */
    public char multiWildcard() {
        return multiWildcard;
    }

    /** Whether different topics may become one address. */
    public boolean isLossy() {
        return escape == TopicEscape.NONE || escape == TopicEscape.UNDERSCORE || sparkplug;
    }

    /** Whether a dot in a topic cannot be told from a separator in its address (MQ-1-12). */
    public boolean losesDots() {
        return escape == TopicEscape.NONE && separator == '.';
    }

    /** What stands before every address; may be empty. */
    public String addressPrefix() {
        return prefix;
    }

    /** The address of a topic name. */
    public String toAddress(String topic) {
        String address = join(topic, false);
        if (isTemporaryAddress(address)) {
            return address;
        }
        return prefix + makeRoutable(keepsEmptyLevels() && topic.endsWith("/") ? address + EMPTY_LEVEL : address);
    }

    /**
     * The topic of an address, or null if there is none: outside the prefix, empty, too long, with U+0000, or with a
     * wildcard that its way of escaping cannot express (MQ-1-17).
     */
    public @Nullable String toTopic(String address) {
        if (!address.startsWith(prefix) || address.length() == prefix.length()) {
            return null;
        }
        String own = address.substring(prefix.length());
        String topic = split(isTemporaryAddress(own) ? own : readRoutable(own));
        boolean legal = !topic.isEmpty()
                && topic.indexOf('+') < 0
                && topic.indexOf('#') < 0
                && Utf8.check(topic) != Utf8.Verdict.MALFORMED
                && Utf8.encode(topic).length <= MAX_TOPIC_BYTES;
        return legal ? topic : null;
    }

    /**
     * The address patterns of a filter with wildcards. Together they take every address whose topic is in the
     * filter's language; where an address that starts with an empty level is written as one level, they may take
     * more, so the filter has the last word.
     */
    public List<String> toPatterns(TopicFilter filter) {
        String text = filter.filter();
        List<String> patterns = new ArrayList<>(2);
        boolean leadingSlashIsEscaped = separator == '/' && prefix.isEmpty();
        if (leadingSlashIsEscaped && (text.startsWith("/+") || text.equals("/#"))) {
            patterns.add(pattern(text.equals("/#") ? "+/#" : text.substring(1)));
        } else {
            patterns.add(pattern(text));
        }
        if (leadingSlashIsEscaped && text.startsWith("+/") && !text.equals("+/#")) {
            patterns.add(pattern(text.substring(text.startsWith("+/+") ? 2 : 1)));
        }
        if (text.length() > 2 && text.endsWith("/#")) {
            String parent = pattern(text.substring(0, text.length() - 2));
            if (!patterns.contains(parent + separator + multiWildcard)) {
                patterns.add(parent);
            }
        }
        return patterns;
    }

    /** Whether {@link #toPatterns} may match addresses whose topic is not in the filter's language. */
    public boolean patternsTakeMore(TopicFilter filter) {
        String text = filter.filter();
        boolean leadingSlashIsEscaped = separator == '/' && prefix.isEmpty();
        return leadingSlashIsEscaped && (filter.startsWithWildcard() || text.startsWith("/+") || text.equals("/#"));
    }

    private String pattern(String filter) {
        String address = join(filter, true);
        return prefix + makeRoutable(keepsEmptyLevels() && filter.endsWith("/") ? address + EMPTY_LEVEL : address);
    }

    /** Levels of a topic or filter to levels of an address, without what routers add to it. */
    private String join(String topic, boolean isFilter) {
        String text = sparkplug ? Sparkplug.hideDot(topic) : topic;
        StringBuilder out = new StringBuilder(text.length() + 16);
        int start = 0;
        while (true) {
            int end = text.indexOf('/', start);
            String level = text.substring(start, end < 0 ? text.length() : end);
            if (isFilter && level.equals("+")) {
                out.append(singleWildcard);
            } else if (isFilter && level.equals("#")) {
                out.append(multiWildcard);
            } else {
                writeLevel(level, out);
            }
            if (end < 0) {
                return out.toString();
            }
            out.append(separator);
            start = end + 1;
        }
    }

    private void writeLevel(String level, StringBuilder out) {
        switch (escape) {
            case NONE -> out.append(level);
            case UNDERSCORE -> out.append(level.replace(".", UNDERSCORES));
            case IDENTITY -> out.append(EscapeTokens.deepen(level, IDENTITY_CODES));
            case PERCENT -> {
                String plain = EscapeTokens.shallow(level, topicCodes);
                for (int i = 0; i < plain.length(); i++) {
                    char c = plain.charAt(i);
                    boolean mustEscape = c == separator
                            || c == singleWildcard
                            || c == multiWildcard
                            || (c == '%' && EscapeTokens.hex(plain, i + 1) >= 0);
                    if (mustEscape) {
                        out.append(EscapeTokens.percent(c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
    }

    /** Levels of an address to levels of a topic. */
    private String split(String address) {
        StringBuilder out = new StringBuilder(address.length() + 16);
        int start = 0;
        while (true) {
            int end = address.indexOf(separator, start);
            String level = address.substring(start, end < 0 ? address.length() : end);
            boolean isEmptyLast = end < 0 && start > 0 && keepsEmptyLevels() && level.equals(EMPTY_LEVEL);
            if (!isEmptyLast) {
                readLevel(level, out);
            }
            if (end < 0) {
                String topic = out.toString();
                return sparkplug ? Sparkplug.showDot(topic) : topic;
            }
            out.append('/');
            start = end + 1;
        }
    }

    private void readLevel(String level, StringBuilder out) {
        switch (escape) {
            case NONE -> out.append(level);
            case UNDERSCORE -> out.append(level.replace(UNDERSCORES, "."));
            case IDENTITY -> out.append(EscapeTokens.shallowKeepingLast(level, IDENTITY_CODES));
            case PERCENT -> {
                StringBuilder plain = new StringBuilder(level.length());
                for (int i = 0; i < level.length(); i++) {
                    char c = level.charAt(i);
                    int code = c == '%' ? EscapeTokens.hex(level, i + 1) : -1;
                    if (code == separator || code == singleWildcard || code == multiWildcard || code == '%') {
                        plain.append((char) code);
                        i += 2;
                    } else {
                        plain.append(c);
                    }
                }
                writeTopicLevel(plain.toString(), out);
            }
        }
    }

    private void writeTopicLevel(String plain, StringBuilder out) {
        String deep = EscapeTokens.deepen(plain, topicCodes);
        for (int i = 0; i < deep.length(); i++) {
            char c = deep.charAt(i);
            if (c == '/' || c == '+' || c == '#') {
                out.append(EscapeTokens.percent(c));
            } else {
                out.append(c);
            }
        }
    }

    /** Escapes what a router would read as something else than a plain address. */
    private String makeRoutable(String address) {
        String text = escapeSchemes(address);
        if (prefix.isEmpty() && !text.isEmpty() && (text.charAt(0) == '/' || isReserved(text))) {
            text = EscapeTokens.percent(text.charAt(0)) + text.substring(1);
        }
        int last = text.length() - 1;
        if (keepsEmptyLevels() && last >= 0 && isDroppedAtEnd(text.charAt(last))) {
            text = text.substring(0, last) + EscapeTokens.percent(text.charAt(last));
        }
        return text;
    }

    private String readRoutable(String address) {
        String text = address;
        int last = text.length() - 3;
        if (keepsEmptyLevels() && last >= 0 && text.charAt(last) == '%') {
            int code = EscapeTokens.hex(text, last + 1);
            if (code >= 0 && code != separator && isDroppedAtEnd((char) code)) {
                text = text.substring(0, last) + (char) code;
            }
        }
        int first = prefix.isEmpty() && text.startsWith("%") ? EscapeTokens.hex(text, 1) : -1;
        if (first >= 0) {
            String unescaped = (char) first + text.substring(3);
            if (first == '/' || isReserved(unescaped)) {
                text = unescaped;
            }
        }
        return text.replace("%3A/", ":/");
    }

    /** A colon before a slash would make everything before it a scheme, wherever it stands. */
    private static String escapeSchemes(String address) {
        return address.replace(":/", "%3A/");
    }

    private static boolean isDroppedAtEnd(char c) {
        return c == '.' || c == '/';
    }

    private boolean keepsEmptyLevels() {
        return escape == TopicEscape.PERCENT || escape == TopicEscape.IDENTITY;
    }

    /** Whether the first word is one that routers keep for themselves (MQ-1-15). */
    private boolean isReserved(String address) {
        int end = 0;
        while (end < address.length()) {
            char c = address.charAt(end);
            if (c == '.' || c == '/' || c == separator) {
                break;
            }
            end++;
        }
        String word = address.substring(0, end);
        return RESERVED_WORDS.contains(word)
                || word.startsWith("_$")
                || address.startsWith("amqp:")
                || address.startsWith("amqps:");
    }

    /**
     * Whether it is the address a router made up for one receiver. Such an address comes as the reply-to of a request
     * and is the one router address that a topic may name (MQ-2-9): nobody can guess one, and nothing but an answer
     * is read there.
     */
    public boolean isTemporaryAddress(String address) {
        return prefix.isEmpty() && hasTemporaryForm(address);
    }

    private static boolean hasTemporaryForm(String address) {
        int id = address.startsWith("amqp:/_topo/0/") ? 14 : address.startsWith("amqp:/_edge/") ? 12 : -1;
        if (id < 0) {
            return false;
        }
        int slash = address.indexOf('/', id);
        return slash > id && address.startsWith("temp.", slash + 1) && address.indexOf('/', slash + 1) < 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof TopicMapping mapping && isSame(mapping));
    }

    private boolean isSame(TopicMapping mapping) {
        return separator == mapping.separator
                && singleWildcard == mapping.singleWildcard
                && multiWildcard == mapping.multiWildcard
                && escape == mapping.escape
                && sparkplug == mapping.sparkplug
                && prefix.equals(mapping.prefix);
    }

    @Override
    public int hashCode() {
        return Objects.hash(separator, singleWildcard, multiWildcard, escape, sparkplug, prefix);
    }
}
