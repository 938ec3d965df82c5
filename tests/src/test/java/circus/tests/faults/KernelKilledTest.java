package circus.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.LoadedCircus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Promises 5 and 6: {@code kill -9} of papa, alone and together with circusd. */
@ExtendWith(HomeExtension.class)
@Timeout(value = 2, unit = TimeUnit.DAYS)
class KernelKilledTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final List<String> SINGLES = List.of("one", "two", "three", "four");

    /** An option without effect on who runs. */
    private static final String OPTION = "max_retry";

    private final Home home;
    private final Path told;

    KernelKilledTest(Home home) {
        this.home = home;
        told = home.path("told");
    }

    @Test
    void kill_9_of_the_kernel_under_load_is_noticed_by_nobody() throws Exception {
        Rounds rounds = Rounds.of(Fault.KERNEL_KILLED, 3);
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            rounds.each(round -> {
                // circusd does not go on with a kernel that is lost for the 41st time within a minute.
                LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
                rounds.pauseUpTo(Duration.ofMillis(1500));
                rounds.timed(() -> Papa.killAndAwaitAnother(loaded.circus()));
                loaded.workersAreTheSame();
            });
            rounds.unnoticed(loaded.nothingWasNoticed());
        }
        rounds.passed();
    }

    // ---- both

    /** Watchers of one worker each, of which never two may run; and one that has been changed by a command. */
    private Circus singles() {
        Path worker = home.resource("faults/only.pl");
        StringBuilder sections = new StringBuilder("[watcher:changed]\ncmd = sleep 100000\n");
        SINGLES.forEach(name -> sections.append("""
                [watcher:%s]
                cmd = perl %s %s %s
                graceful_timeout = 1
                """.formatted(name, worker, home.path(name + ".lock"), told)));
        return home.circus("singles", "", sections.toString());
    }

    @Test
    void kill_9_of_both_never_makes_two_of_one() throws Exception {
        Rounds rounds = Rounds.of(Fault.BOTH_KILLED, 4);
        Circus circus = singles();
        circus.start();
        rounds.each(round -> {
            List<Integer> before = workers(circus);
            change(circus, round);
            rounds.pauseUpTo(Duration.ofMillis(500));
            kill(circus, round, rounds);
            Papa.awaitAnswer(circus);
            List<Integer> now = workers(circus);
            before.removeAll(now);
            assertThat(before).as("who had to end").noneMatch(KernelKilledTest::isAlive);
            await("each of them runs, with its child")
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(home.processes().stream().filter(line -> line.contains("only.pl ")))
                            .hasSize(2 * SINGLES.size()));
            assertThat(Home.read(told)).doesNotContain("double");
            assertThat(circus.tell("get", "changed", OPTION)).isEqualTo(OPTION + ": " + (round + 100));
        });
        List<Integer> last = workers(circus);
        circus.terminate();
        home.mustBeEmpty();
        assertThat(last).noneMatch(KernelKilledTest::isAlive);
        rounds.passed();
    }

    private static List<Integer> workers(Circus circus) {
        List<Integer> pids = new ArrayList<>();
        SINGLES.forEach(name -> pids.addAll(circus.awaitWorkers(name, 1)));
        return pids;
    }

    /** A command, and that it is in the state file, which is written soon after: the only record that outlives both. */
    private void change(Circus circus, int round) {
        int value = round + 100;
        circus.tell("set", "changed", OPTION, Integer.toString(value));
        await("it is written down").atMost(SOON).until(() -> state().contains("now\\\": " + value));
    }

    private String state() throws IOException {
        StringBuilder text = new StringBuilder();
        Path folder = home.path("state");
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                files.forEach(file -> text.append(Home.read(file)));
            }
        }
        return text.toString();
    }

    /** In one of four orders; returns when a circusd waits for commands, which may have to end who ran first. */
    private static void kill(Circus circus, int round, Rounds rounds) {
        Daemon manager = circus.manager();
        switch (round % 4) {
            case 0 -> {
                manager.kill9();
                Daemon next = circus.launch();
                rounds.pauseUpTo(Duration.ofSeconds(1));
                Papa.kill9(circus);
                // Where it has not come far, it cannot start.
                await("it serves or ends")
                        .atMost(SOON)
                        .until(() -> !next.isAlive() || next.errors().contains("Arbiter now waiting for commands"));
                if (!next.isAlive()) {
                    rounds.timed(circus::start);
                }
            }
            case 1 -> {
                Papa.kill9(circus);
                manager.kill9();
                rounds.timed(circus::start);
            }
            case 2 -> {
                Papa.kill9(circus);
                rounds.pauseUpTo(Duration.ofMillis(300));
                manager.kill9();
                rounds.timed(circus::start);
            }
            default -> {
                manager.kill9();
                rounds.pauseUpTo(Duration.ofMillis(300));
                Papa.kill9(circus);
                rounds.timed(circus::start);
            }
        }
    }

    /** Who is dead and waits to be reaped is not. */
    private static boolean isAlive(int pid) {
        String stat = Home.read(Path.of("/proc/" + pid + "/stat"));
        return !stat.isEmpty() && !stat.matches("(?s).*\\) [ZX] .*");
    }
}
