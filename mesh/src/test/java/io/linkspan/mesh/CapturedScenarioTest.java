// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.mesh.message.Hello;
import io.linkspan.mesh.message.LinkStateRequest;
import io.linkspan.mesh.message.LinkStateUpdate;
import io.linkspan.mesh.message.MeshMessage;
import io.linkspan.mesh.message.MobileAddress;
import io.linkspan.mesh.message.MobileAddressRequest;
import io.linkspan.mesh.message.MobileAddressUpdate;
import io.linkspan.mesh.message.RouterAdvertisement;
import io.linkspan.mesh.message.Treatment;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Recorded conversations of real routers, with our node in the place of one of them: it gets what that one got, when that
 * one got it, and must say the same. Compared are changes, since both count their ticks from different moments: the
 * sequence of address updates, all link states, numbers, whole sets and questions.
 */
class CapturedScenarioTest {

    /** One line of a recording. */
    private record Line(double time, long connection, String from, String to, List<String> words) {

        static Line of(String text) {
            String[] words = text.split(" ", -1);
            String[] ends = words[2].split(">", -1);
            return new Line(
                    Double.parseDouble(words[0]),
                    Long.parseLong(words[1]),
                    ends[0],
                    ends[1],
                    List.of(words).subList(3, words.length));
        }

        String opcode() {
            return words.get(0);
        }

        boolean isMessage() {
            return words.size() > 2;
        }

        String destination() {
            return words.get(1);
        }

        boolean isBy(String router) {
            return isMessage() && from.equals(router) && words.get(2).equals(router);
        }

        @Nullable
        String field(String name) {
            for (String word : words) {
                if (word.startsWith(name + "=")) {
                    return word.substring(name.length() + 1);
                }
            }
            return null;
        }

        long number(String name) {
            String value = field(name);
            return value == null ? 0 : Long.parseLong(value);
        }

        List<String> list(String name) {
            String value = field(name);
            return value == null || value.isEmpty() ? List.of() : List.of(value.split(",", -1));
        }

        private List<MobileAddress> addresses(String name) {
            List<MobileAddress> addresses = new ArrayList<>();
            for (String entry : list(name)) {
                int colon = entry.lastIndexOf(':');
                addresses.add(new MobileAddress(
                        entry.substring(0, colon), Treatment.of(Long.parseLong(entry.substring(colon + 1)))));
            }
            return addresses;
        }

        boolean isDifferential() {
            return opcode().endsWith("AU") && field("exist") == null;
        }

        /** The message; null if the receiver did not know the opcode. */
        @Nullable
        MeshMessage message() {
            RouterId id = NodeFixture.id(words.get(2).split(",", -1)[0]);
            long instance = number("instance");
            return switch (opcode()) {
                case "HELLO" ->
                    new Hello(id, instance, NodeFixture.ids(list("seen").toArray(new String[0])));
                case "RA" -> new RouterAdvertisement(id, instance, number("ls"), number("mobile"));
                case "LSR" -> new LinkStateRequest(id);
                case "LSU" -> new LinkStateUpdate(id, instance, NodeFixture.state(id.value(), number("ls"), peers()));
                case "MAR" -> new MobileAddressRequest(id, number("have"));
                case "MAU" ->
                    isDifferential()
                            ? new MobileAddressUpdate.Differential(id, number("mobile"), addresses("add"), list("del"))
                            : new MobileAddressUpdate.Absolute(id, number("mobile"), addresses("exist"));
                default -> null;
            };
        }

        private Object[] peers() {
            List<Object> peers = new ArrayList<>();
            for (String peer : list("peers")) {
                String[] parts = peer.split(":", -1);
                peers.add(parts[0]);
                peers.add(Integer.valueOf(parts[1]));
            }
            return peers.toArray();
        }
    }

    /** What a router said, as changes. */
    private static final class Said {
        final Set<String> updates = new LinkedHashSet<>();
        final Set<String> linkStates = new LinkedHashSet<>();
        final Set<String> sets = new LinkedHashSet<>();
        final Set<String> questions = new TreeSet<>();
        final Set<Long> linkStateNumbers = new LinkedHashSet<>();
        final Set<Long> addressNumbers = new LinkedHashSet<>();

        void add(String destination, MeshMessage message) {
            String words = NodeFixture.words(message);
            if (message instanceof MobileAddressUpdate.Differential) {
                updates.add(words);
            } else if (message instanceof MobileAddressUpdate.Absolute) {
                sets.add(destination + " " + words);
            } else if (message instanceof LinkStateUpdate update) {
                if (update.linkState().sequence() > 0) {
                    linkStates.add(words);
                }
            } else if (message instanceof RouterAdvertisement advertisement) {
                linkStateNumbers.add(advertisement.linkStateSequence());
                addressNumbers.add(advertisement.mobileSequence());
            } else if (!(message instanceof Hello)) {
                questions.add(destination + " " + words);
            }
        }
    }

    private static List<Line> read(String recording) {
        try (InputStream in = CapturedScenarioTest.class.getResourceAsStream("captured/" + recording + ".txt")) {
            if (in == null) {
                throw new IllegalStateException(recording + " is not among the test resources");
            }
            List<Line> lines = new ArrayList<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(text -> !text.startsWith("#"))
                    .forEach(text -> lines.add(Line.of(text)));
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Plays one incarnation of a router, from one line to another. */
    private static Said play(String self, List<Line> lines, int from, int to) {
        long instance = 0;
        for (int i = from; i < to && instance == 0; i++) {
            instance = lines.get(i).isBy(self) ? lines.get(i).number("instance") : 0;
        }
        NodeFixture node = new NodeFixture(MeshConfig.of(NodeFixture.id(self), instance));
        double clock = lines.get(from).time();
        double lastTick = clock - 1000;
        for (int i = from; i < to; i++) {
            Line line = lines.get(i);
            for (double tick = lastTick + 1000; tick < line.time() - 500; tick += 1000) {
                // While the recorded router had nobody to say HELLO to, its ticks are not in the recording.
                node.now += (long) ((tick - clock) * 1e6);
                clock = tick;
                lastTick = tick;
                node.tick();
            }
            node.now += (long) ((line.time() - clock) * 1e6);
            clock = line.time();
            if (line.opcode().equals("LOCAL")) {
                if (line.from().equals(self)) {
                    change(node, line);
                }
            } else if (line.opcode().equals("UP") || line.opcode().equals("DOWN")) {
                if (line.from().equals(self) || line.to().equals(self)) {
                    String peer = line.from().equals(self) ? line.to() : line.from();
                    if (line.opcode().equals("UP")) {
                        node.up(line.connection(), peer, (int) line.number("cost"), PeerProduct.OTHER);
                    } else {
                        node.down(line.connection());
                    }
                }
            } else if (line.to().equals(self)) {
                MeshMessage message = line.message();
                if (message != null && Set.of("near", "all", self).contains(line.destination())) {
                    node.take(line.connection(), message);
                }
            } else if (line.isBy(self) && line.opcode().equals("HELLO") && clock - lastTick > 500) {
                lastTick = clock;
                changeAddresses(node, self, lines, i, to);
                node.tick();
            }
        }
        Said said = new Said();
        for (int i = 0; i < node.messages.size(); i++) {
            String[] destination = node.sent.get(i).split(" ", 3);
            if (node.left.get(i)) {
                said.add(destination[0].equals("to") ? destination[1] : destination[0], node.messages.get(i));
            }
        }
        return said;
    }

    /** What the original announced up to its next tick happens before this one. */
    private static void changeAddresses(NodeFixture node, String self, List<Line> lines, int from, int to) {
        double tick = lines.get(from).time();
        Set<Long> numbers = new LinkedHashSet<>();
        for (int i = from; i < to && lines.get(i).time() < tick + 900; i++) {
            Line line = lines.get(i);
            if (line.isBy(self) && line.isDifferential() && numbers.add(line.number("mobile"))) {
                change(node, line);
            }
        }
    }

    private static void change(NodeFixture node, Line line) {
        for (MobileAddress address : line.addresses("add")) {
            Treatment hint = address.hint();
            node.node.addressAdded(address.key(), hint == null ? Treatment.BALANCED : hint);
        }
        line.list("del").forEach(node.node::addressRemoved);
    }

    private static Said recorded(String self, List<Line> lines, int from, int to) {
        Said said = new Said();
        for (int i = from; i < to; i++) {
            Line line = lines.get(i);
            if (line.isBy(self)) {
                Line known = line.opcode().equals("XAU")
                        ? Line.of(line.time() + " " + line.connection() + " " + line.from() + ">" + line.to() + " MAU "
                                + String.join(
                                        " ",
                                        line.words().subList(1, line.words().size())))
                        : line;
                MeshMessage message = known.message();
                if (message != null) {
                    said.add(line.destination(), message);
                }
            }
        }
        return said;
    }

    @ParameterizedTest(name = "{0}, as router {1}")
    @CsvSource({
        "01-pair, A",
        "01-pair, B",
        "02-line, A",
        "02-line, B",
        "02-line, C",
        "02-triangle, A",
        "02-triangle, B",
        "02-triangle, C",
        "03-restart-and-mar, A",
        "03-restart-and-mar, B"
    })
    void ourNodeSaysWhatTheRealRouterSaid(String recording, String self) {
        List<Line> lines = read(recording);
        int from = 0;
        for (int to = 1; to <= lines.size(); to++) {
            // A restart of the router that is played begins with a connection after the old process had none.
            if (to == lines.size() || startsAnew(self, lines, to)) {
                Said expected = recorded(self, lines, from, to);
                Said said = play(self, lines, from, to);
                assertThat(said.updates).as("updates").containsExactlyElementsOf(expected.updates);
                assertThat(said.sets).as("sets").containsExactlyElementsOf(expected.sets);
                assertThat(said.linkStates).as("link states").containsExactlyInAnyOrderElementsOf(expected.linkStates);
                assertThat(said.addressNumbers).as("RA mobile_seq").containsExactlyElementsOf(expected.addressNumbers);
                // The original may send two RAs in one tick, with the old and with the new number; we send the new one.
                assertThat(expected.linkStateNumbers).as("RA ls_seq").containsSubsequence(said.linkStateNumbers);
                assertThat(last(said.linkStateNumbers)).as("last RA ls_seq").isEqualTo(last(expected.linkStateNumbers));
                assertThat(said.questions).as("questions").isEqualTo(expected.questions);
                from = to;
            }
        }
    }

    private static long last(Set<Long> numbers) {
        long last = -1;
        for (long number : numbers) {
            last = number;
        }
        return last;
    }

    private static boolean startsAnew(String self, List<Line> lines, int at) {
        if (!lines.get(at).opcode().equals("UP")) {
            return false;
        }
        return instanceAround(self, lines, at, 1) != instanceAround(self, lines, at, -1)
                && instanceAround(self, lines, at, -1) != 0;
    }

    private static long instanceAround(String self, List<Line> lines, int at, int step) {
        for (int i = at; i >= 0 && i < lines.size(); i += step) {
            if (lines.get(i).isBy(self) && lines.get(i).number("instance") != 0) {
                return lines.get(i).number("instance");
            }
        }
        return 0;
    }
}
