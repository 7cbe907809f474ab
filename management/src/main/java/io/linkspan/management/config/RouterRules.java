// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes the router's settings of its section. */
final class RouterRules {
    private RouterRules() {}

    static RouterSettings read(ConfiguredEntity router, Problems problems) {
        RouterSettings.Mode mode =
                RouterSettings.Mode.valueOf(router.text("mode").toUpperCase(Locale.ROOT));
        if (mode == RouterSettings.Mode.EDGE) {
            problems.about(
                    router,
                    "mode",
                    Severity.FATAL,
                    "mode " + mode.tag() + " is not available in this version",
                    "standalone or interior");
        }
        String id = router.textOrNull("id");
        checkId(router, id, problems);
        return new RouterSettings(
                id == null || id.isEmpty() ? null : id,
                mode,
                (int) router.integer("workerThreads"),
                distribution(router, "defaultDistribution"),
                router.textOrNull("metadata"),
                Boolean.TRUE.equals(router.value("timestampsInUTC")),
                router.flag("allowResumableLinkRoute"),
                router.textOrNull("timestampFormat"),
                new RouterSettings.Intervals(
                        (int) router.integer("helloIntervalSeconds"),
                        (int) router.integer("helloMaxAgeSeconds"),
                        (int) router.integer("raIntervalSeconds"),
                        (int) router.integer("raIntervalFluxSeconds"),
                        (int) router.integer("remoteLsMaxAgeSeconds")),
                (int) router.integer("streamingThresholdBytes"));
    }

    static Distribution distribution(ConfiguredEntity entity, String attribute) {
        return Distribution.valueOf(entity.text(attribute).toUpperCase(Locale.ROOT));
    }

    private static void checkId(ConfiguredEntity router, @Nullable String id, Problems problems) {
        if (id == null) {
            return;
        }
        if (id.codePointCount(0, id.length()) > RouterSettings.MAX_ID_CHARS) {
            problems.about(
                    router,
                    "id",
                    Severity.FATAL,
                    "Router ID \"" + id + "\" exceeds the maximum allowed length (" + RouterSettings.MAX_ID_CHARS
                            + " characters)",
                    "at most " + RouterSettings.MAX_ID_CHARS + " characters, not " + id.codePointCount(0, id.length()));
        }
        id.codePoints()
                .filter(RouterRules::isControlOrSeparator)
                .findFirst()
                .ifPresent(bad -> problems.about(
                        router,
                        "id",
                        Severity.FATAL,
                        "Router id attribute containing character '" + Character.toString(bad) + "' in id '" + id
                                + "' is disallowed.",
                        "no control, format or separator characters"));
    }

    /** Unicode's general categories C and Z. */
    private static boolean isControlOrSeparator(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
