// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.mesh;

import io.linkspan.mesh.path.RouteTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The indexes of routers by the bytes of their node ids ({@code 0/ROUTER}), so that annotations are understood without a
 * String. Open addressing, at most half full. Confined to the core's loop.
 */
final class NodeIds {

    private static final String AREA = "0/";

    private final Map<String, Integer> known = new LinkedHashMap<>();
    private byte[] @Nullable [] texts = new byte[16][];
    private int[] indexes = new int[16];

    /** The node id of a router. */
    static String text(String routerId) {
        return AREA + routerId;
    }

    void put(String routerId, int index) {
        known.put(text(routerId), index);
        rebuild();
    }

    void remove(String routerId) {
        known.remove(text(routerId));
        rebuild();
    }

    private void rebuild() {
        int capacity = Integer.highestOneBit(Math.max(known.size(), 8)) << 2;
        texts = new byte[capacity][];
        indexes = new int[capacity];
        known.forEach((text, index) -> {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int place = hash(bytes) & (texts.length - 1);
            while (texts[place] != null) {
                place = (place + 1) & (texts.length - 1);
            }
            texts[place] = bytes;
            indexes[place] = index;
        });
    }

    /** The index of a node id, {@link RouteTable#UNKNOWN} for one that is not known. */
    int find(byte[] bytes, int at, int length) {
        int hash = 0;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + bytes[at + i];
        }
        int place = spread(hash) & (texts.length - 1);
        byte[] text;
        while ((text = texts[place]) != null) {
            if (Arrays.equals(text, 0, text.length, bytes, at, at + length)) {
                return indexes[place];
            }
            place = (place + 1) & (texts.length - 1);
        }
        return RouteTable.UNKNOWN;
    }

    private static int hash(byte[] text) {
        int hash = 0;
        for (byte b : text) {
            hash = 31 * hash + b;
        }
        return spread(hash);
    }

    private static int spread(int hash) {
        return hash ^ hash >>> 15;
    }
}
