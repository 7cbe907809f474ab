// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the problems of one file while it is read. Confined to the reading. */
final class Problems {
    /** Most problems that are listed; of more only the number is told. */
    static final int MAX_LISTED = 1000;

    private final String file;
    private final List<Problem> found = new ArrayList<>();
    private int unlisted;
    private boolean fatal;

    Problems(String file) {
        this.file = file;
    }

    String file() {
        return file;
    }

    /** Something about the text at a line, outside of entities. */
    void syntax(int line, String message, String expected) {
        add(new Problem(Severity.FATAL, file, line, "", "", "", message, expected));
    }

    /** Something about a section as a whole. */
    void about(Section section, Severity severity, String message, String expected) {
        add(new Problem(severity, file, section.line(), section.name(), "", "", message, expected));
    }

    /** Something about one attribute; null stands for one that is not in the file. */
    void about(
            Section section, @Nullable SectionAttribute attribute, Severity severity, String message, String expected) {
        if (attribute == null) {
            about(section, severity, message, expected);
            return;
        }
        add(new Problem(
                severity,
                file,
                attribute.line(),
                section.name(),
                attribute.name(),
                attribute.shown(),
                message,
                expected));
    }

    /** Something about an attribute of an entity, whether it is in the file or not. */
    void about(ConfiguredEntity entity, String attribute, Severity severity, String message, String expected) {
        about(entity.section(), entity.source(attribute), severity, message, expected);
    }

    void add(Problem problem) {
        fatal |= problem.severity() == Severity.FATAL;
        if (found.size() < MAX_LISTED) {
            found.add(problem);
        } else {
            unlisted++;
        }
    }

    /** True if one of them stops the start. */
    boolean anyFatal() {
        return fatal;
    }

    /** True if something cannot be honoured: there is a problem graver than a warning. */
    boolean anyWrong() {
        return firstWrong() != null;
    }

    /** The message of the first problem graver than a warning; null if there is none. */
    @Nullable
    String firstWrong() {
        for (Problem problem : found) {
            if (problem.severity() == Severity.FATAL || problem.severity() == Severity.ERROR) {
                return problem.message();
            }
        }
        return null;
    }

    /** All problems in the order of their lines. */
    List<Problem> list() {
        List<Problem> sorted = new ArrayList<>(found);
        sorted.sort(Comparator.comparingInt(Problem::line));
        if (unlisted > 0) {
            sorted.add(new Problem(
                    fatal ? Severity.FATAL : Severity.ERROR,
                    file,
                    0,
                    "",
                    "",
                    "",
                    "and " + unlisted + " more problems",
                    ""));
        }
        return List.copyOf(sorted);
    }
}
