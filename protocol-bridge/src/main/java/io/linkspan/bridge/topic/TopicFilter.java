// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.topic;

import org.jspecify.annotations.Nullable;

/**
 * A topic filter, with the share name of a shared subscription if it has one. MQTT 5.0, 4.7 and 4.8.2.
 *
 * @param text as the client wrote it, {@code $share/name/} included; what UNSUBSCRIBE compares
 * @param shareName the name in {@code $share/name/filter}, or null
 * @param filter the part that topics are compared with
 * @param levelCount levels of the filter part
 */
public record TopicFilter(String text, @Nullable String shareName, String filter, int levelCount) {

    private static final String SHARE = "$share";

    /**
     * Reads a filter whose characters have been checked, or returns null if it is not well formed (MQ-6-19, 6-43):
     * empty, a wildcard that shares its level, {@code #} before the last level, a share name that is empty or holds a
     * wildcard.
     */
    public static @Nullable TopicFilter parse(String text) {
        String filter = text;
        String shareName = null;
        if (text.equals(SHARE)) {
            return null;
        }
        if (text.startsWith(SHARE + "/")) {
            int end = text.indexOf('/', SHARE.length() + 1);
            if (end < 0) {
                return null;
            }
            shareName = text.substring(SHARE.length() + 1, end);
            if (shareName.isEmpty() || shareName.indexOf('+') >= 0 || shareName.indexOf('#') >= 0) {
                return null;
            }
            filter = text.substring(end + 1);
        }
        if (filter.isEmpty()) {
            return null;
        }
        int levels = 1;
        for (int i = 0; i < filter.length(); i++) {
            char c = filter.charAt(i);
            if (c == '/') {
                levels++;
            } else if (c == '+' || c == '#') {
                boolean startsLevel = i == 0 || filter.charAt(i - 1) == '/';
                boolean isLast = i == filter.length() - 1;
                if (!startsLevel || !(isLast || (c == '+' && filter.charAt(i + 1) == '/'))) {
                    return null;
                }
            }
        }
        return new TopicFilter(text, shareName, filter, levels);
    }

    /** Whether it is {@code $share/...}. */
    public boolean isShared() {
        return shareName != null;
    }

    /** Whether a {@code +} or {@code #} is in it. */
    public boolean hasWildcard() {
        return filter.indexOf('+') >= 0 || filter.endsWith("#");
    }

    /** Whether the first level is a wildcard; such a filter leaves topics with {@code $} in front alone (MQ-1-18). */
    public boolean startsWithWildcard() {
        char first = filter.charAt(0);
        return first == '+' || first == '#';
    }

    /** Whether a topic name is in the filter's language (MQ-1-7, 1-18). Compares in place, level by level. */
    public boolean matches(String topic) {
        if (topic.charAt(0) == '$' && startsWithWildcard()) {
            return false;
        }
        int f = 0;
        int t = 0;
        int filterEnd = filter.length();
        int topicEnd = topic.length();
        while (true) {
            if (f < filterEnd && filter.charAt(f) == '#') {
                return true;
            }
            if (f < filterEnd && filter.charAt(f) == '+') {
                f++;
                while (t < topicEnd && topic.charAt(t) != '/') {
                    t++;
                }
            } else {
                while (f < filterEnd && filter.charAt(f) != '/') {
                    if (t == topicEnd || topic.charAt(t) != filter.charAt(f)) {
                        return false;
                    }
                    f++;
                    t++;
                }
            }
            boolean filterDone = f == filterEnd;
            boolean topicDone = t == topicEnd;
            if (topicDone) {
                return filterDone || (f == filterEnd - 2 && filter.charAt(f + 1) == '#');
            }
            if (filterDone || topic.charAt(t) != '/') {
                return false;
            }
            f++;
            t++;
        }
    }
}
