// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.netty.buffer.ByteBufUtil;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * A connection recorded between real qdrouterd 1.19 routers and clients: every frame in order of passage.
 *
 * @param name folder and file
 * @param lines its frames
 */
record Capture(String name, List<Line> lines) {
    private static final Pattern LINE =
            Pattern.compile("\"dir\":\"([^\"]*)\",\"channel\":\\d+,\"type\":\"([^\"]*)\",\"hex\":\"([0-9a-f]*)\"(.*)");

    /**
     * One frame or protocol header.
     *
     * @param dir who sent to whom
     * @param type header, sasl or amqp
     * @param hex all of it
     * @param decoded what the recorder's own decoder read, as JSON
     */
    record Line(String dir, String type, String hex, String decoded) {
        byte[] bytes() {
            return ByteBufUtil.decodeHexDump(hex);
        }

        String performative() {
            return text("performative");
        }

        /** A field of the recorder's reading that has a simple value; empty when it is not there. */
        String text(String field) {
            Matcher matcher = Pattern.compile("\"" + field + "\":(?:\"([^\"]*)\"|([^,}\\]]*))")
                    .matcher(decoded);
            return matcher.find() ? matcher.group(1) != null ? matcher.group(1) : matcher.group(2) : "";
        }

        Frame frame() {
            return Frame.readAll(bytes()).get(0);
        }
    }

    /** Who opened the connection: it speaks first. */
    String initiator() {
        return lines.get(0).dir();
    }

    static List<Capture> all() {
        try (Stream<Path> files = Files.walk(Path.of(
                Objects.requireNonNull(Capture.class.getResource("/captures")).toURI()))) {
            return files.filter(file -> file.toString().endsWith(".gz"))
                    .sorted()
                    .map(Capture::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Capture named(String name) {
        return all().stream()
                .filter(capture -> capture.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name));
    }

    private static Capture read(Path file) {
        List<Line> lines = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                Matcher matcher = LINE.matcher(line);
                if (!matcher.find()) {
                    throw new IllegalStateException("not a frame in " + file + ": " + line);
                }
                lines.add(new Line(matcher.group(1), matcher.group(2), matcher.group(3), matcher.group(4)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String path = Objects.requireNonNull(file.getParent()).getFileName() + "/" + file.getFileName();
        return new Capture(path.substring(0, path.length() - ".jsonl.gz".length()), lines);
    }

    @Override
    public String toString() {
        return name;
    }
}
