// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTest {
    private static final long MS = 1_000_000L;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel =
            EmbeddedChannel.builder().ticker(ticker).build();
    private final List<Throwable> failures = new ArrayList<>();
    private final Loop loop = new Loop(channel.eventLoop(), (source, failure) -> failures.add(failure));
    private final List<String> fired = new ArrayList<>();

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    /** Lets time pass in small steps, as a loop that sleeps until its next task does. */
    private void passMs(int ms) {
        for (int i = 0; i < ms; i += 10) {
            ticker.advance(10, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    private void note(String name, long nowNs) {
        fired.add(name + "@" + nowNs / (100 * MS));
    }

    @Test
    void everyDeadlineIsKeptWhateverOthersAreArmedMeanwhile() {
        Loop.Deadline[] second = new Loop.Deadline[1];
        second[0] = loop.deadline(nowNs -> second[0].arm(nowNs + 1_000 * MS));
        second[0].arm(1_000 * MS);
        loop.deadline(nowNs -> note("a", nowNs)).arm(1_500 * MS);
        loop.deadline(nowNs -> note("b", nowNs)).arm(2_700 * MS);
        passMs(1_400);
        loop.deadline(nowNs -> note("c", nowNs)).arm(2_200 * MS);
        passMs(3_000);
        assertThat(fired).containsExactly("a@15", "c@22", "b@27");
    }

    @Test
    void earlierDeadlineWakesTheLoopEarlier() {
        loop.deadline(nowNs -> note("late", nowNs)).arm(60_000 * MS);
        loop.deadline(nowNs -> note("early", nowNs)).arm(300 * MS);
        passMs(500);
        assertThat(fired).containsExactly("early@3");
        passMs(60_000);
        assertThat(fired).containsExactly("early@3", "late@600");
    }

    @Test
    void idleLoopHasNothingScheduled() {
        Loop.Deadline deadline = loop.deadline(nowNs -> note("x", nowNs));
        deadline.armIn(100 * MS);
        deadline.cancel();
        passMs(1_000);
        assertThat(fired).isEmpty();
        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
    }

    @Test
    void failingTimerIsCountedAndTheOthersGoOn() {
        loop.deadline(nowNs -> {
                    throw new IllegalStateException("timer");
                })
                .armIn(100 * MS);
        loop.deadline(nowNs -> note("next", nowNs)).armIn(1_000 * MS);
        passMs(2_000);
        assertThat(loop.unexpectedExceptions()).isEqualTo(1);
        assertThat(failures).hasSize(1);
        assertThat(fired).hasSize(1);
    }

    @Test
    void systemErrorsAreToldInTheSystemsWords() {
        assertThat(SystemError.text(new ConnectException(
                        "finishConnect(..) failed with error(-111): Connection refused: /127.0.0.1:15999")))
                .isEqualTo("Connection refused");
        assertThat(SystemError.text(new ConnectException("Connection refused: localhost/127.0.0.1:1")))
                .isEqualTo("Connection refused");
        assertThat(SystemError.text(new ConnectException("bind(..) failed with error(-98): Address already in use")))
                .isEqualTo("Address already in use");
        assertThat(SystemError.text(new ConnectException())).isEqualTo("ConnectException");
    }
}
