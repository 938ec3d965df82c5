package circus.tests.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Commands;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Promises 1 and 2: the end of the manager, at any moment and however it comes, changes nothing. {@code -Dcircus.rounds=20} for the long
 * run, {@code -Dcircus.seed=N} for the moments of an earlier one.
 */
@ExtendWith(HomeExtension.class)
@Timeout(600)
class ManagerDeathTest {
    private static final int ROUNDS = Integer.getInteger("circus.rounds", 3);

    private final Random random;
    private final Home home;

    ManagerDeathTest(Home home) {
        this.home = home;
        long seed = Long.getLong("circus.seed", System.nanoTime());
        System.out.println("circus.seed=" + seed + ", circus.rounds=" + ROUNDS);
        random = new Random(seed);
    }

    @Test
    void kill_9_of_the_manager_under_load_is_noticed_by_nobody() {
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            for (int round = 0; round < ROUNDS; round++) {
                pauseUpTo(Duration.ofMillis(1500));
                loaded.circus().manager().kill9();
                pauseUpTo(Duration.ofSeconds(1));
                loaded.circus().start();
                loaded.workersAreTheSame();
            }
            System.out.println(loaded.nothingWasNoticed());
        }
    }

    @Test
    void kill_9_of_a_manager_that_is_only_starting_is_noticed_by_nobody() {
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            loaded.circus().manager().kill9();
            for (int round = 0; round < ROUNDS; round++) {
                Daemon starting = loaded.circus().launch();
                pauseUpTo(Duration.ofMillis(1500));
                starting.kill9();
            }
            loaded.circus().start();
            System.out.println(loaded.nothingWasNoticed());
        }
    }

    @Test
    void detach_and_start_under_load_is_noticed_by_nobody() {
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            for (int round = 0; round < ROUNDS; round++) {
                pauseUpTo(Duration.ofMillis(500));
                assertThat(loaded.circus().tell("detach")).isEqualTo("ok");
                assertThat(loaded.circus().manager().awaitExit(Duration.ofSeconds(10)))
                        .isZero();
                pauseUpTo(Duration.ofMillis(500));
                loaded.circus().start();
                loaded.workersAreTheSame();
            }
            System.out.println(loaded.nothingWasNoticed());
        }
    }

    @Test
    void quit_leaves_what_has_use_papa_and_the_next_manager_finds_it() {
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            assertThat(loaded.circus().tell("quit")).isEqualTo("ok");
            assertThat(loaded.circus().manager().awaitExit(Duration.ofSeconds(10)))
                    .isZero();

            loaded.circus().start();

            loaded.workersAreTheSame();
            System.out.println(loaded.nothingWasNoticed());
        }
    }

    @Test
    void a_worker_that_dies_while_no_manager_runs_is_replaced_by_the_next() {
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            int victim = loaded.circus().pids("single").get(0);
            loaded.load().stop();
            loaded.circus().manager().kill9();
            Commands.run(Duration.ofSeconds(5), "kill", "-9", Integer.toString(victim))
                    .mustSucceed();

            loaded.circus().start();

            assertThat(loaded.circus().awaitWorkers("single", 1)).doesNotContain(victim);
            assertThat(loaded.circus().awaitWorkers("pair", 2)).hasSize(2);
        }
    }

    private void pauseUpTo(Duration most) {
        LockSupport.parkNanos((long) (random.nextDouble() * most.toNanos()));
    }
}
