package circus.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Circus;
import circus.tests.harness.Commander;
import circus.tests.harness.Footprint;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Very many that end as soon as they are started. */
@ExtendWith(HomeExtension.class)
@Timeout(value = 10, unit = TimeUnit.DAYS)
class FlappingTest {
    /** What circusd may take is 256 MB of heap and what belongs to it, papa 64; each is to stay far below. */
    private static final long MOST_KB = 320 * 1024;

    /** More than after the first moments. */
    private static final long MOST_GROWTH_KB = 96 * 1024;

    private final Home home;

    FlappingTest(Home home) {
        this.home = home;
    }

    @Test
    void commands_are_answered_and_memory_stays() throws Exception {
        Rounds rounds = Rounds.of(Fault.FLAPPING, 1);
        int children = rounds.either(200, 2000);
        Duration time = rounds.either(Duration.ofSeconds(5), Duration.ofMinutes(1));
        Circus circus = home.circus("flapping", "", """
                [watcher:flapping]
                cmd = /bin/false
                numprocesses = %d

                [watcher:calm]
                cmd = sleep 100000
                """.formatted(children));
        circus.start();
        int papa = Integer.parseInt(circus.askKernel("stats").replaceAll("(?s).*\\bpid=(\\d+).*", "$1"));
        int calm = circus.awaitWorkers("calm", 1).get(0);
        LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
        Footprint kernelBefore = Footprint.of(papa);
        Footprint managerBefore = Footprint.of(circus.manager().pid());
        try (Commander commander = Commander.start(circus, "calm")) {
            rounds.each(round -> {
                LockSupport.parkNanos(time.toNanos());
                commander.check();
                stays(kernelBefore, Footprint.of(papa));
                stays(managerBefore, Footprint.of(circus.manager().pid()));
                assertThat(circus.pids("calm")).containsExactly(calm);
                assertThat(circus.tell("status", "flapping")).isEqualTo("active");
            });
            commander.stop();
            rounds.took(commander.waits());
        }
        circus.terminate();
        home.mustBeEmpty();
        rounds.passed();
    }

    private static void stays(Footprint before, Footprint now) {
        System.out.println(before.residentKb() / 1024 + " MiB, then " + now.residentKb() / 1024);
        assertThat(now.residentKb())
                .as("KB; it was " + before.residentKb())
                .isLessThan(Math.min(MOST_KB, before.residentKb() + MOST_GROWTH_KB));
    }
}
