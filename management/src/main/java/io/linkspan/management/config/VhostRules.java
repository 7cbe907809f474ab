// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import io.linkspan.management.schema.AttributeType;
import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks vhost sections, whose mistakes stop the start as they do in the original. Policies themselves are not acted
 * upon by this version, and start refuses to enable them.
 */
final class VhostRules {
    private static final String USER = "${user}";

    private final EntityType groupType;
    private final Problems problems;

    VhostRules(Schema schema, Problems problems) {
        this.groupType = schema.type("vhostUserGroupSettings");
        this.problems = problems;
    }

    void check(List<ConfiguredEntity> vhosts) {
        for (ConfiguredEntity vhost : vhosts) {
            if (vhost.isGiven("hostname")) {
                check(vhost, vhost.text("hostname"));
            }
        }
    }

    private void check(ConfiguredEntity vhost, String hostname) {
        Map<?, ?> groups = vhost.value("groups") instanceof Map<?, ?> map ? map : Map.of();
        if (vhost.flag("allowUnknownUser") && !groups.containsKey("$default")) {
            refuse(
                    vhost,
                    "allowUnknownUser",
                    hostname,
                    "allows connections by default but default settings are not defined",
                    "a group $default");
        }
        Map<String, String> groupOfUser = new HashMap<>();
        for (Map.Entry<?, ?> entry : groups.entrySet()) {
            String group = String.valueOf(entry.getKey());
            if (!(entry.getValue() instanceof Map<?, ?> settings)) {
                refuse(vhost, "groups", hostname, "user group '" + group + "' is not a map", "a map of settings");
                continue;
            }
            checkGroup(vhost, hostname, group, settings);
            for (String user : items(settings.get("users"))) {
                String before = groupOfUser.put(user, group);
                if (before != null) {
                    refuse(
                            vhost,
                            "groups",
                            hostname,
                            "user '" + user + "' is in the groups '" + before + "' and '" + group + "'",
                            "a user in one group");
                }
            }
        }
    }

    private void checkGroup(ConfiguredEntity vhost, String hostname, String group, Map<?, ?> settings) {
        for (Object key : settings.keySet()) {
            AttributeType attribute = groupType.attribute(String.valueOf(key));
            if (attribute == null || Set.of("name", "identity", "type").contains(attribute.name())) {
                problems.about(
                        vhost,
                        "groups",
                        Severity.WARNING,
                        "Policy vhost '" + hostname + "' user group '" + group + "' option '" + key + "' is ignored.",
                        "");
            }
        }
        for (String exclusive : List.of("source", "target")) {
            if (settings.containsKey(exclusive + "s") && settings.containsKey(exclusive + "Pattern")) {
                refuse(
                        vhost,
                        "groups",
                        hostname,
                        "user group '" + group + "' has both '" + exclusive + "s' and '" + exclusive + "Pattern'",
                        "one of them");
            }
        }
        for (String list : List.of("sources", "targets", "sourcePattern", "targetPattern")) {
            for (String item : items(settings.get(list))) {
                checkUserToken(vhost, hostname, group, list, item);
            }
        }
    }

    private void checkUserToken(ConfiguredEntity vhost, String hostname, String group, String list, String item) {
        int first = item.indexOf(USER);
        if (first < 0) {
            return;
        }
        if (item.indexOf(USER, first + 1) >= 0) {
            refuse(
                    vhost,
                    "groups",
                    hostname,
                    "user group '" + group + "' has " + USER + " twice in '" + item + "' of '" + list + "'",
                    USER + " once");
            return;
        }
        boolean atStart = first == 0 && (item.length() == USER.length() || isSeparator(item.charAt(USER.length())));
        boolean atEnd = first > 0 && first + USER.length() == item.length() && isSeparator(item.charAt(first - 1));
        if (list.endsWith("Pattern") && !atStart && !atEnd) {
            refuse(
                    vhost,
                    "groups",
                    hostname,
                    "user group '" + group + "' has " + USER + " inside of '" + item + "' of '" + list + "'",
                    USER + " as the first or last level");
        }
    }

    private static boolean isSeparator(char c) {
        return c == '.' || c == '/';
    }

    /** Items of a JSON list, or of a text between commas. */
    private static List<String> items(@Nullable Object value) {
        List<String> items = new ArrayList<>();
        List<?> raw = value instanceof List<?> list
                ? list
                : value == null ? List.of() : List.of(String.valueOf(value).split(",", -1));
        for (Object item : raw) {
            String text = String.valueOf(item).strip();
            if (!text.isEmpty()) {
                items.add(text);
            }
        }
        return items;
    }

    private void refuse(ConfiguredEntity vhost, String attribute, String hostname, String reason, String expected) {
        problems.about(
                vhost,
                attribute,
                Severity.FATAL,
                "Policy '" + hostname + "' is invalid: Policy vhost '" + hostname + "' " + reason,
                expected);
    }
}
