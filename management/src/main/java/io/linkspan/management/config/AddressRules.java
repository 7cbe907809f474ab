// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the settings of addresses of their sections. An address that is wrong is left out and told; the original leaves
 * it out too, sometimes without a word.
 */
final class AddressRules {
    private final Problems problems;
    private final Map<String, ConfiguredEntity> byPattern = new HashMap<>();

    AddressRules(Problems problems) {
        this.problems = problems;
    }

    Optional<AddressSettings> read(ConfiguredEntity address) {
        boolean prefixed = address.isGiven("prefix");
        if (prefixed == address.isGiven("pattern")) {
            return leaveOut(
                    address,
                    "prefix",
                    prefixed
                            ? "Cannot specify both a 'prefix' and a 'pattern' attribute"
                            : "Either a 'prefix' or 'pattern' attribute must be provided",
                    "prefix: TEXT or pattern: TEXT");
        }
        String attribute = prefixed ? "prefix" : "pattern";
        String text = withoutSeparatorsAround(address.text(attribute));
        if (text.isEmpty()) {
            return leaveOut(
                    address,
                    attribute,
                    (prefixed ? "Prefix" : "Pattern") + " invalid - no tokens",
                    "at least one level beside / and .");
        }
        boolean ingressGiven = address.isGiven("ingressPhase");
        if (ingressGiven != address.isGiven("egressPhase")) {
            return leaveOut(
                    address,
                    ingressGiven ? "ingressPhase" : "egressPhase",
                    "ingressPhase and egressPhase have to be given together",
                    "both or none");
        }
        boolean waypoint = address.flag("waypoint");
        int ingress = phase(address, "ingressPhase", 0);
        int egress = phase(address, "egressPhase", waypoint ? 1 : 0);
        boolean fallback = address.flag("enableFallback");
        if (fallback && (waypoint || ingress != 0 || egress != 0)) {
            return leaveOut(
                    address,
                    "enableFallback",
                    "Fallback cannot be specified with waypoint or non-zero ingress and egress phases",
                    "one of them");
        }
        AddressSettings settings = new AddressSettings(
                address.name(),
                prefixed ? text : null,
                prefixed ? null : text,
                RouterRules.distribution(address, "distribution"),
                ingress,
                egress,
                phase(address, "priority", -1),
                fallback,
                address.flag("mqttPattern"),
                address.flag("resendReleased"),
                address.flag("expireQueued"),
                (int) address.integer("releaseAfterSeconds"));
        ConfiguredEntity first = byPattern.putIfAbsent(normalized(settings.effectivePattern()), address);
        if (first != null) {
            return leaveOut(
                    address,
                    attribute,
                    "Already exists: Duplicate pattern '" + settings.effectivePattern() + "' not added to parse tree",
                    "a pattern other than that of line " + first.line());
        }
        return Optional.of(settings);
    }

    private static int phase(ConfiguredEntity address, String attribute, int otherwise) {
        Object value = address.value(attribute);
        return value instanceof Long number ? (int) (long) number : otherwise;
    }

    private Optional<AddressSettings> leaveOut(
            ConfiguredEntity address, String attribute, String message, String expected) {
        problems.about(address, attribute, Severity.ERROR, message + "; the address is left out", expected);
        return Optional.empty();
    }

    static String withoutSeparatorsAround(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isSeparator(text.charAt(from))) {
            from++;
        }
        while (to > from && isSeparator(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean isSeparator(char c) {
        return c == '/' || c == '.';
    }

    /** One spelling for patterns that match the same: one separator, and {@code #} once behind the {@code *} of a run. */
    static String normalized(String pattern) {
        List<String> levels = new ArrayList<>();
        boolean many = false;
        for (String level : pattern.split("[/.]", -1)) {
            if (level.equals("#")) {
                many = true;
            } else {
                if (many && !level.equals("*")) {
                    levels.add("#");
                    many = false;
                }
                levels.add(level);
            }
        }
        if (many) {
            levels.add("#");
        }
        return String.join("/", levels);
    }
}
