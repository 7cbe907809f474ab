// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Our router in the place of a recorded one: its peers' frames come at their recorded times, its clock ticks every second,
 * and clients that were not recorded are played by the test.
 */
final class Replay {

    private static final Pattern MADE_UP = Pattern.compile("(qdlink|temp)\\.[A-Za-z0-9+_]{15}");

    private record Event(double ms, Runnable action) {}

    final Network router;
    private final String us;
    private double firstHelloMs = Double.MAX_VALUE;
    private double lastMs = Double.MAX_VALUE;
    private final List<Event> events = new ArrayList<>();
    private final Map<String, Supplier<String>> replaced = new LinkedHashMap<>();
    private final List<Line> lines = new ArrayList<>();
    private double endMs;

    Replay(Network router, String us) {
        this.router = router;
        this.us = us;
    }

    /** Nothing later is played or compared. */
    void until(double ms) {
        lastMs = ms;
    }

    /** One recorded connection, with what our router said on it. */
    final class Line {
        private final Recording recording;
        private final AmqpProfile profile;
        private final List<byte[]> written = new ArrayList<>();
        private Network.@Nullable RawClient connection;

        private Line(Recording recording, AmqpProfile profile) {
            this.recording = recording;
            this.profile = profile;
        }

        private Network.RawClient connection() {
            Network.RawClient made = connection;
            if (made == null) {
                made = router.raw(profile, recording.initiator().equals(us), written);
                connection = made;
            }
            return made;
        }

        private void feed(byte[] bytes) {
            byte[] ours = substituted(bytes);
            connection().feed(ours, 0, ours.length);
            router.run();
        }

        void cut() {
            connection().end();
            router.run();
        }

        /** What our router said. */
        Meaning ours() {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            written.forEach(all::writeBytes);
            byte[] bytes = all.toByteArray();
            List<byte[]> frames = new ArrayList<>();
            for (int at = 0; at < bytes.length; ) {
                if (bytes[at] == 'A') {
                    at += 8;
                    continue;
                }
                int size = ByteBuffer.wrap(bytes, at, 4).getInt();
                if (bytes[at + 5] == 0) {
                    frames.add(Arrays.copyOfRange(bytes, at, at + size));
                }
                at += size;
            }
            return Meaning.of(frames);
        }

        /** What the original said. */
        Meaning recorded() {
            return Meaning.of(recording.said(us, lastMs));
        }
    }

    /** A text in what peers say is one that our router makes otherwise, of the same length. */
    void replace(String recorded, Supplier<String> ours) {
        replaced.put(recorded, ours);
    }

    private byte[] substituted(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        String changed = text;
        if (MADE_UP.matcher(text).find()) {
            for (Line line : lines) {
                List<String> recorded = madeUp(line.recording.said(us, Double.MAX_VALUE));
                List<String> ours = madeUp(line.written);
                for (int i = 0; i < Math.min(recorded.size(), ours.size()); i++) {
                    changed = changed.replace(recorded.get(i), ours.get(i));
                }
            }
        }
        for (Map.Entry<String, Supplier<String>> entry : replaced.entrySet()) {
            if (changed.contains(entry.getKey())) {
                changed = changed.replace(
                        entry.getKey(), Objects.requireNonNull(entry.getValue().get()));
            }
        }
        return changed.equals(text) ? bytes : changed.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The names that a router makes up, in the order it said them first. */
    private static List<String> madeUp(List<byte[]> said) {
        Set<String> names = new LinkedHashSet<>();
        for (byte[] bytes : said) {
            Matcher matcher = MADE_UP.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
            while (matcher.find()) {
                names.add(matcher.group());
            }
        }
        return List.copyOf(names);
    }

    /** Plays the other side of a connection between routers or, with cost 0, of a client. */
    Line line(String name, int cost) {
        return line(name, cost == 0 ? AmqpProfile.DEFAULT : AmqpProfile.DEFAULT.between(cost));
    }

    /** As {@link #line(String, int)}, on our side with this profile. */
    Line line(String name, AmqpProfile profile) {
        Recording recording = Recording.of(name);
        Line line = new Line(recording, profile);
        lines.add(line);
        at(recording.frames().get(0).ms(), line::connection);
        for (Recording.Frame frame : recording.frames()) {
            if (!frame.from().equals(us)) {
                at(frame.ms(), () -> line.feed(frame.bytes()));
            } else if (new String(frame.bytes(), StandardCharsets.ISO_8859_1).contains("/qdhello")) {
                firstHelloMs = Math.min(firstHelloMs, frame.ms());
            }
        }
        return line;
    }

    void at(double ms, Runnable action) {
        events.add(new Event(ms, action));
        endMs = Math.max(endMs, ms);
    }

    /** The clock ticks when that of the original did: it says HELLO then. */
    void run() {
        for (double ms = firstHelloMs < endMs ? firstHelloMs - 1 : 0; ms < Math.min(endMs, lastMs); ms += 1000) {
            events.add(new Event(ms, () -> {
                router.core.tick(1);
                router.run();
            }));
        }
        events.removeIf(event -> event.ms() > lastMs);
        events.sort(Comparator.comparingDouble(Event::ms));
        events.forEach(event -> event.action().run());
    }
}
