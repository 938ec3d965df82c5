package circus.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Commands;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.LoadedCircus;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Promises 1 and 2: the end of the manager, at any moment and however it comes, changes nothing. */
@ExtendWith(HomeExtension.class)
@Timeout(value = 2, unit = TimeUnit.DAYS)
class ManagerDeathTest {
    private static final int ROUNDS = 3;

    private final Home home;

    ManagerDeathTest(Home home) {
        this.home = home;
    }

    @Test
    void kill_9_of_the_manager_under_load_is_noticed_by_nobody() throws Exception {
        Rounds rounds = Rounds.of(Fault.MANAGER_KILLED, ROUNDS);
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            rounds.each(round -> {
                rounds.pauseUpTo(Duration.ofMillis(1500));
                loaded.circus().manager().kill9();
                rounds.pauseUpTo(Duration.ofSeconds(1));
                rounds.timed(loaded.circus()::start);
                loaded.workersAreTheSame();
            });
            rounds.unnoticed(loaded.nothingWasNoticed());
        }
        rounds.passed();
    }

    @Test
    void kill_9_of_a_manager_that_is_only_starting_is_noticed_by_nobody() throws Exception {
        Rounds rounds = Rounds.of(Fault.MANAGER_KILLED_STARTING, ROUNDS);
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            loaded.circus().manager().kill9();
            rounds.each(round -> {
                Daemon starting = loaded.circus().launch();
                rounds.pauseUpTo(Duration.ofMillis(1500));
                starting.kill9();
            });
            rounds.timed(loaded.circus()::start);
            rounds.unnoticed(loaded.nothingWasNoticed());
        }
        rounds.passed();
    }

    @Test
    void detach_and_start_under_load_is_noticed_by_nobody() {
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            for (int round = 0; round < ROUNDS; round++) {
                assertThat(loaded.circus().tell("detach")).isEqualTo("ok");
                assertThat(loaded.circus().manager().awaitExit(Duration.ofSeconds(10)))
                        .isZero();
                loaded.circus().start();
                loaded.workersAreTheSame();
            }
            System.out.println(loaded.nothingWasNoticed());
        }
    }

    @Test
    void quit_leaves_what_has_use_papa_and_the_next_manager_finds_it() {
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            // A quit forgets what was done at run time.
            loaded.commander().stop();
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
}
