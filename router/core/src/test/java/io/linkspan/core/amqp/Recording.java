// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.netty.buffer.ByteBufUtil;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * A connection recorded between real qdrouterd 1.19 routers and clients: every frame in order of passage.
 *
 * @param name folder and file
 * @param frames its frames and protocol headers
 */
record Recording(String name, List<Frame> frames) {

    private static final Pattern LINE = Pattern.compile(
            "\"t_ms\":([0-9.]+),\"dir\":\"([^>]*)>[^\"]*\",\"channel\":\\d+,\"type\":\"([^\"]*)\",\"hex\":\"([0-9a-f]*)\"");

    /** One frame or header: when, who sent it, and all of it. */
    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
    record Frame(double ms, String from, String type, byte[] bytes) {}

    /** A recording of the scenario folders. */
    static Recording of(String name) {
        List<Frame> frames = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Objects.requireNonNull(
                        Recording.class.getResourceAsStream("/captures/" + name + ".jsonl.gz"), name)),
                StandardCharsets.UTF_8))) {
            String line;
            while ((line = reader.readLine()) != null) {
                Matcher matcher = LINE.matcher(line.replace("\": ", "\":").replace(", \"", ",\""));
                if (!matcher.find()) {
                    throw new IllegalStateException(line);
                }
                frames.add(new Frame(
                        Double.parseDouble(matcher.group(1)),
                        matcher.group(2),
                        matcher.group(3),
                        ByteBufUtil.decodeHexDump(matcher.group(4))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Recording(name, frames);
    }

    /** Who made the connection. */
    String initiator() {
        return frames.get(0).from();
    }

    /** What one side said until then, AMQP frames only. */
    List<byte[]> said(String side, double untilMs) {
        return frames.stream()
                .filter(frame -> frame.from().equals(side) && frame.type().equals("amqp") && frame.ms() <= untilMs)
                .map(Frame::bytes)
                .toList();
    }
}
