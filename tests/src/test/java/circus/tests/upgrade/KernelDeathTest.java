package circus.tests.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.LoadedCircus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Promises 5 and 6: `kill -9` of papa. The manager starts another one, and workers, sockets and output go on; or, where that is wanted or
 * the manager was killed as well, what ran is ended before anything takes its place. The fault suite has the same again and again; {@code
 * -Dcircus.seed=N} is for the moments of an earlier run.
 */
@ExtendWith(HomeExtension.class)
@Timeout(600)
class KernelDeathTest {
    private final Random random;
    private final Home home;

    KernelDeathTest(Home home) {
        this.home = home;
        long seed = Long.getLong("circus.seed", System.nanoTime());
        System.out.println("circus.seed=" + seed);
        random = new Random(seed);
    }

    @Test
    void the_manager_may_be_killed_when_the_kernel_has_been_replaced() {
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            killKernel(loaded.circus());
            pauseUpTo(Duration.ofMillis(500));
            loaded.circus().manager().kill9();
            loaded.circus().start();
            loaded.workersAreTheSame();
            killKernel(loaded.circus());
            loaded.workersAreTheSame();
            System.out.println(loaded.nothingWasNoticed());
        }
    }

    /** Each of them finds what the first one has left, and what has come to it since. */
    @Test
    void the_next_kernel_may_be_killed_before_anybody_has_copies_of_what_it_holds() {
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            int former = kernelPid(loaded.circus());
            kill("-9", former);
            for (int i = 0; i < 3; i++) {
                former = awaitAnother(loaded.circus(), former);
                pauseUpTo(Duration.ofMillis(600)); // it begins; it goes on; the manager attaches to it
                kill("-9", former);
            }
            awaitService(loaded.circus(), former);
            loaded.workersAreTheSame();
            System.out.println(loaded.nothingWasNoticed());
        }
    }

    @Test
    void a_kernel_that_took_over_from_a_dead_one_can_be_upgraded() {
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            killKernel(loaded.circus());
            assertThat(loaded.circus().askKernel("upgrade")).contains("papa");
            loaded.workersAreTheSame();
            killKernel(loaded.circus());
            loaded.workersAreTheSame();
            System.out.println(loaded.nothingWasNoticed());
        }
    }

    @Test
    void how_a_worker_ends_that_a_dead_kernel_had_started_is_not_known_and_it_is_replaced() {
        Circus circus = sleeper("", "sleep 1000");
        int pid = circus.awaitWorkers("sleeper", 1).get(0);
        killKernel(circus);
        assertThat(circus.pids("sleeper")).containsExactly(pid);

        kill("-9", pid);

        await("another worker")
                .atMost(Duration.ofSeconds(10))
                .until(() -> circus.pids("sleeper").size() == 1
                        && !circus.pids("sleeper").contains(pid));
        assertThat(circus.manager().errors()).contains("nobody knows what");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void with_on_kernel_loss_replace_workers_are_ended_and_others_started() {
        Circus circus = sleeper("on_kernel_loss = replace\n", "sleep 1000");
        int pid = circus.awaitWorkers("sleeper", 1).get(0);

        killKernel(circus);

        assertThat(circus.awaitWorkers("sleeper", 1)).doesNotContain(pid);
        assertThat(isAlive(pid)).isFalse();
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void when_both_are_killed_what_runs_is_ended_before_others_are_started() {
        Circus circus = sleeper("", "bash -c 'trap \"\" TERM; sleep 1000 & while true; do wait; done'");
        int pid = circus.awaitWorkers("sleeper", 1).get(0);
        circus.manager().kill9();
        kill("-9", kernelPid(circus));
        assertThat(isAlive(pid)).isTrue();

        circus.start();

        assertThat(isAlive(pid)).isFalse();
        assertThat(circus.awaitWorkers("sleeper", 1)).doesNotContain(pid);
        assertThat(circus.manager().errors()).contains("pid " + pid + " of sleeper.1 runs without a kernel");
        circus.terminate();
        home.mustBeEmpty();
    }

    private Circus sleeper(String options, String command) {
        Circus circus = home.circus(
                "sleeping",
                options + "use_papa = true",
                "[socket:web]\nhost = 127.0.0.1\nport = " + Home.freePort() + "\n[socket:local]\npath = "
                        + home.path("local.sock") + "\n[watcher:sleeper]\ncmd = " + command
                        + "\nuse_sockets = true\ngraceful_timeout = 1\n");
        circus.start();
        return circus;
    }

    /** Kills it, and returns when the next one answers and the manager does, too. */
    private static void killKernel(Circus circus) {
        int before = kernelPid(circus);
        kill("-9", before);
        awaitService(circus, before);
    }

    /** The pid of another one that has begun, whether it serves or not. */
    private static int awaitAnother(Circus circus, int before) {
        await("another kernel")
                .atMost(Duration.ofSeconds(60))
                .until(() -> kernelPid(circus) > 0 && kernelPid(circus) != before);
        return kernelPid(circus);
    }

    private static void awaitService(Circus circus, int before) {
        awaitAnother(circus, before);
        await("it serves").atMost(Duration.ofSeconds(20)).until(circus::hasKernel);
        await("the manager answers")
                .atMost(Duration.ofSeconds(20))
                .until(() -> circus.tell("numwatchers").matches("[0-9]+"));
    }

    /** 0 if there is none. */
    private static int kernelPid(Circus circus) {
        Path lock = Path.of(circus.kernelSocket() + ".lock");
        String text = Files.exists(lock) ? Home.read(lock).strip() : "";
        return text.matches("[0-9]+") ? Integer.parseInt(text) : 0;
    }

    private static void kill(String signal, int pid) {
        Commands.run(Duration.ofSeconds(5), "kill", signal, Integer.toString(pid))
                .mustSucceed();
    }

    /** Who is dead and waits to be reaped is not. */
    private static boolean isAlive(int pid) {
        Path stat = Path.of("/proc/" + pid + "/stat");
        return Files.exists(stat) && !Home.read(stat).matches("(?s).*\\) [ZX] .*");
    }

    private void pauseUpTo(Duration most) {
        LockSupport.parkNanos((long) (random.nextDouble() * most.toNanos()));
    }
}
