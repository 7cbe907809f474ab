// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The bodies that all clients send, by kind, and how a body is shown in an event. */
public final class Bodies {

    /** Characters or bytes; longer values are shown as length and SHA-256. */
    public static final int SHOWN_LIMIT = 200;

    private Bodies() {}

    /** The text of message n of a link: its name and number, repeated up to a size in bytes when one is given. */
    public static String text(String link, int n, int size) {
        String text = link + "-" + n;
        if (size <= 0) {
            return text;
        }
        return (text + "/").repeat(size / (text.length() + 1) + 1).substring(0, size);
    }

    /** The bytes of {@link #text}. */
    public static byte[] data(String link, int n, int size) {
        return text(link, n, size).getBytes(StandardCharsets.UTF_8);
    }

    /** A flat map of three types. */
    public static Map<String, Object> map() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", "x");
        map.put("number", 5);
        map.put("yes", true);
        return map;
    }

    /** A list of three types. */
    public static List<Object> list() {
        return Arrays.asList("one", 2, true);
    }

    /** The value of a property given as {@code key:type:value} with type s, i, b or d. */
    public static Object property(String[] keyTypeValue) {
        return switch (keyTypeValue[1]) {
            case "i" -> Integer.parseInt(keyTypeValue[2]);
            case "b" -> Boolean.parseBoolean(keyTypeValue[2]);
            case "d" -> Double.parseDouble(keyTypeValue[2]);
            default -> keyTypeValue[2];
        };
    }

    /** Bytes as an event shows them. */
    public static Map<String, Object> digest(byte[] bytes) {
        return bytes.length > SHOWN_LIMIT
                ? shown(bytes)
                : Map.of("binary", HexFormat.of().formatHex(bytes));
    }

    /** A long text as an event shows it. */
    public static Map<String, Object> digest(String text) {
        return shown(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, Object> shown(byte[] bytes) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("length", bytes.length);
        members.put("sha256", HexFormat.of().formatHex(sha256().digest(bytes)));
        return members;
    }

    /** A new SHA-256. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
