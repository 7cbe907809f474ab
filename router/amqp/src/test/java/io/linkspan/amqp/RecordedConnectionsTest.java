// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine in the place of either end of the recorded connections says what that end said. */
@DisplayName("recorded connections of qdrouterd 1.19")
class RecordedConnectionsTest {
    /** Broken on purpose: {@link RecordedRefusalsTest}. */
    private static final List<String> REFUSALS =
            List.of("08-refusals/08", "08-refusals/09", "08-refusals/1", "08-refusals/32", "09-sasl/08");

    /** A frame's octets were left out of the recording. */
    private static final List<String> ELIDED =
            List.of("07-management-tools/12-qdstat-vhostgroups", "07-management-tools/57-qdmanage-get-json-schema");

    /**
     * Routers whose many links are refused at once. The original takes a handle of its own again as soon as its detach has
     * gone, where ours waits for the peer's; and it said credit for links that its peer had detached meanwhile. So these
     * are played to see that all of it is borne, and not compared.
     */
    private static final List<String> CROSSED =
            List.of("08-refusals/01", "08-refusals/02", "08-refusals/03", "08-refusals/04");

    static Stream<Capture> captures() {
        return Capture.all().stream()
                .filter(capture ->
                        REFUSALS.stream().noneMatch(capture.name()::startsWith) && !ELIDED.contains(capture.name()));
    }

    @ParameterizedTest
    @MethodSource("captures")
    void theEngineActsAsTheOneThatAccepted(Capture capture) {
        check(capture, new Mirror(capture, false));
    }

    @ParameterizedTest
    @MethodSource("captures")
    void theEngineActsAsTheOneThatConnected(Capture capture) {
        check(capture, new Mirror(capture, true));
    }

    private static void check(Capture capture, Mirror mirror) {
        Map<String, Object> ours = Mirror.meaning(mirror.play());
        assertThat(mirror.problems).isEmpty();
        if (CROSSED.stream().anyMatch(capture.name()::startsWith)) {
            return;
        }
        Map<String, Object> recorded = Mirror.meaning(mirror.recorded());
        recorded.forEach((key, value) -> assertThat(ours.get(key)).as(key).isEqualTo(value));
        assertThat(ours.keySet()).isEqualTo(recorded.keySet());
    }
}
