// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import org.jspecify.annotations.Nullable;

/**
 * Which receivers of an address a copy is for. Clients' messages and those of other products are for everybody; Linkspan
 * routers send each other copies for a part of them, whose name stands before the address in {@code x-opt-qd.to} (ADR
 * 0013):
 *
 * <pre>
 * _linkspan/t/ADDRESS                those who get copies of their own, here and further on
 * _linkspan/c/ADDRESS                the common group, or on multicast addresses the plain receivers
 * _linkspan/s/GROUPADDRESS           one member of a shared group
 * _topo/0/ROUTER/_linkspan/...;      the same at that router alone: passes routers of other products
 * </pre>
 *
 * @param kind which part
 * @param here whether it is for this router alone
 * @param share the name of the shared group, if the part is one
 * @param pattern the pattern of the shared group, unless it is on the address
 */
record Part(
        Kind kind,
        boolean here,
        @Nullable String share,
        @Nullable Pattern pattern) {

    /** What texts between Linkspan routers begin with; no client can use such an address. */
    static final String PREFIX = "_linkspan/";

    private static final char END = ';';

    enum Kind {
        EVERYBODY('e'),
        COMMON('c'),
        TOPICS('t'),
        SHARED('s');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    static final Part EVERYBODY = new Part(Kind.EVERYBODY, false, null, null);
    static final Part COMMON = new Part(Kind.COMMON, false, null, null);
    static final Part TOPICS = new Part(Kind.TOPICS, false, null, null);
    private static final Part COMMON_HERE = new Part(Kind.COMMON, true, null, null);
    private static final Part TOPICS_HERE = new Part(Kind.TOPICS, true, null, null);

    /** Some address in a part of its receivers. */
    record Addressed(Part part, String address) {}

    static Part shared(String share, @Nullable Pattern pattern, boolean here) {
        return new Part(Kind.SHARED, here, share, pattern);
    }

    boolean is(Kind wanted) {
        return kind == wanted;
    }

    /** Whether those who get copies of their own are in it. */
    boolean hasTopics() {
        return kind == Kind.EVERYBODY || kind == Kind.TOPICS;
    }

    /** Whether the common group is in it. */
    boolean hasCommon() {
        return kind == Kind.EVERYBODY || kind == Kind.COMMON;
    }

    /** The text for a neighbour that is Linkspan. */
    String to(String address) {
        return PREFIX + text(address);
    }

    /** The text that reaches one router through whomever. */
    String at(String router, String address) {
        return AddressParser.ROUTERS + router + '/' + PREFIX + escaped(text(address)) + END;
    }

    private String text(String address) {
        StringBuilder text = new StringBuilder().append(kind.letter).append('/');
        if (share != null) {
            TopicKey.appendCounted(text, share);
            StringBuilder of = new StringBuilder();
            if (pattern != null) {
                TopicKey.appendPattern(of, pattern);
            }
            text.append(of.length()).append('=').append(of);
        }
        return text.append(address).toString();
    }

    /** Without what address texts mean elsewhere: a scheme, and a separator at the end. */
    private static String escaped(String text) {
        return text.replace("%", "%25").replace(":", "%3A");
    }

    private static String unescaped(String text) {
        return text.replace("%3A", ":").replace("%25", "%");
    }

    /** Reads what {@link #to} wrote, or with {@code here} what {@link #at} wrote behind the router; null for neither. */
    static @Nullable Addressed parse(String text, boolean here) {
        if (!text.startsWith(PREFIX) || text.length() < PREFIX.length() + 3) {
            return null;
        }
        String rest = text.substring(PREFIX.length());
        if (here) {
            if (rest.charAt(rest.length() - 1) != END) {
                return null;
            }
            rest = unescaped(rest.substring(0, rest.length() - 1));
        }
        if (rest.length() < 3 || rest.charAt(1) != '/') {
            return null;
        }
        return switch (rest.charAt(0)) {
            case 't' -> new Addressed(here ? TOPICS_HERE : TOPICS, rest.substring(2));
            case 'c' -> new Addressed(here ? COMMON_HERE : COMMON, rest.substring(2));
            case 's' -> shared(new TopicKey.Reader(rest, 2), here);
            default -> null;
        };
    }

    private static @Nullable Addressed shared(TopicKey.Reader reader, boolean here) {
        String share = reader.counted();
        if (share == null) {
            return null;
        }
        String of = reader.countedOrEmpty();
        String address = reader.rest();
        if (of == null || address.isEmpty()) {
            return null;
        }
        if (of.isEmpty()) {
            return new Addressed(shared(share, null, here), address);
        }
        Pattern pattern = new TopicKey.Reader(of, 0).pattern();
        return pattern == null ? null : new Addressed(shared(share, pattern, here), address);
    }
}
