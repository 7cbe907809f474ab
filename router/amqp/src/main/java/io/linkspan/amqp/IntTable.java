// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A table from int to object without boxing: handles, channels, stragglers. Open addressing with linear probing, at most
 * half full; numbers in sequence are found at the first look. Memory follows the number of entries: it starts empty,
 * doubles and halves. Confined to its owner's loop.
 */
final class IntTable<T> {
    private static final int MIN_CAPACITY = 4;

    private int @Nullable [] keys;
    private @Nullable Object @Nullable [] values;
    private int size;

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked") // Only put() writes values, and it takes a T.
    @Nullable
    T get(int key) {
        int[] k = keys;
        Object[] v = values;
        if (k == null || v == null) {
            return null;
        }
        int mask = k.length - 1;
        for (int i = key & mask; v[i] != null; i = (i + 1) & mask) {
            if (k[i] == key) {
                return (T) v[i];
            }
        }
        return null;
    }

    /** Puts a value in the place of an older one of this key, if there is one. */
    void put(int key, T value) {
        int[] k = keys;
        Object[] v = values;
        if (k == null || v == null) {
            resize(MIN_CAPACITY);
        } else if (size * 2 >= k.length) {
            resize(k.length * 2);
        }
        insert(key, value, Objects.requireNonNull(keys), Objects.requireNonNull(values));
    }

    private void insert(int key, Object value, int[] k, @Nullable Object[] v) {
        int mask = k.length - 1;
        int i = key & mask;
        while (v[i] != null && k[i] != key) {
            i = (i + 1) & mask;
        }
        if (v[i] == null) {
            size++;
        }
        k[i] = key;
        v[i] = value;
    }

    @Nullable
    T remove(int key) {
        T found = get(key);
        int[] k = keys;
        Object[] v = values;
        if (found == null || k == null || v == null) {
            return null;
        }
        int mask = k.length - 1;
        int hole = key & mask;
        while (k[hole] != key) {
            hole = (hole + 1) & mask;
        }
        // Close the gap: an entry moves into the hole unless it sits between its own place and the hole.
        for (int i = (hole + 1) & mask; v[i] != null; i = (i + 1) & mask) {
            int distanceToHome = (i - k[i]) & mask;
            if (distanceToHome >= ((i - hole) & mask)) {
                k[hole] = k[i];
                v[hole] = v[i];
                hole = i;
            }
        }
        v[hole] = null;
        size--;
        if (size == 0) {
            keys = null;
            values = null;
        } else if (k.length > MIN_CAPACITY && size * 8 <= k.length) {
            resize(k.length / 2);
        }
        return found;
    }

    private void resize(int capacity) {
        int[] oldKeys = keys;
        Object[] oldValues = values;
        int[] newKeys = new int[capacity];
        Object[] newValues = new Object[capacity];
        keys = newKeys;
        values = newValues;
        size = 0;
        if (oldKeys != null && oldValues != null) {
            for (int i = 0; i < oldKeys.length; i++) {
                Object value = oldValues[i];
                if (value != null) {
                    insert(oldKeys[i], value, newKeys, newValues);
                }
            }
        }
    }

    /** Visits every value, in no particular order; the table must not change meanwhile. */
    @SuppressWarnings("unchecked")
    void forEach(Consumer<? super T> visitor) {
        Object[] v = values;
        if (v != null) {
            for (Object value : v) {
                if (value != null) {
                    visitor.accept((T) value);
                }
            }
        }
    }

    /** The keys in ascending unsigned order. */
    int[] sortedKeys() {
        int[] sorted = new int[size];
        int[] k = keys;
        Object[] v = values;
        if (k != null && v != null) {
            int n = 0;
            for (int i = 0; i < k.length; i++) {
                if (v[i] != null) {
                    sorted[n++] = k[i] ^ Integer.MIN_VALUE;
                }
            }
            Arrays.sort(sorted);
            for (int i = 0; i < n; i++) {
                sorted[i] ^= Integer.MIN_VALUE;
            }
        }
        return sorted;
    }
}
