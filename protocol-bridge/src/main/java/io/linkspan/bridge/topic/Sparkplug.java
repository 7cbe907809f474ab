// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.topic;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The dot in the version of a Sparkplug topic, {@code spBv1.0/...}, written as three underscores (MQ-1-13). */
final class Sparkplug {

    private static final Pattern VERSION = Pattern.compile("^(sp[AB]v\\d+)\\.(\\d+/)");
    private static final Pattern HIDDEN_VERSION = Pattern.compile("^(sp[AB]v\\d+)___(\\d+/)");

    private Sparkplug() {}

    static String hideDot(String topic) {
        Matcher matcher = VERSION.matcher(topic);
        return matcher.find() ? matcher.replaceFirst("$1___$2") : topic;
    }

    static String showDot(String topic) {
        Matcher matcher = HIDDEN_VERSION.matcher(topic);
        return matcher.find() ? matcher.replaceFirst("$1.$2") : topic;
    }
}
