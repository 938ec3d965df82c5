package circus.tests.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Promise 6 after the loss of the kernel: what a worker leaves behind that an earlier papa had started goes to init, and is ended with it
 * all the same.
 */
@ExtendWith(HomeExtension.class)
@Timeout(300)
class LeftBehindTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** Below how many seconds of sleep the child of each watcher is known; nobody else sleeps that long. */
    private static final int MOST = 1_000_000;

    /** A shell script of each watcher, which starts a child $1 and goes on as a process without children of its own making. */
    private static final Map<String, String> WORKERS = Map.of(
            "near", "sleep $1 &",
            "piped", "setsid sleep $1 &",
            "away", "setsid sleep $1 >/dev/null 2>&1 &",
            "orphaned", "(sleep $1 &)",
            "stubborn", "sh -c 'trap \"\" TERM; exec sleep '$1 &");

    private final Home home;
    private final Map<String, String> children = new LinkedHashMap<>();

    LeftBehindTest(Home home) {
        this.home = home;
        int number = Home.freePort();
        for (String name : WORKERS.keySet()) {
            children.put(name, Integer.toString(MOST + 10 * number + children.size()));
        }
    }

    private Circus started(int grace, String... names) {
        StringBuilder sections = new StringBuilder();
        for (String name : names) {
            Path script = home.script(name, WORKERS.get(name) + "\nexec sleep 100000\n");
            sections.append("""
                    [watcher:%s]
                    cmd = %s %s
                    copy_env = True
                    graceful_timeout = %d
                    """.formatted(name, script, children.get(name), grace));
        }
        Circus circus = home.circus("left", "", sections.toString());
        circus.start();
        for (String name : names) {
            circus.awaitWorkers(name, 1);
            await("the child of " + name)
                    .atMost(SOON)
                    .until(() -> childrenOf(name).size() == 1);
        }
        return circus;
    }

    private static final String[] ALL = {"near", "piped", "away", "orphaned", "stubborn"};

    @Test
    void a_stop_ends_the_whole_tree_of_workers_that_a_dead_kernel_had_started() {
        Circus circus = started(1, ALL);
        killKernel(circus);

        circus.ctl("stop", "--waiting").mustSucceed();

        for (String name : ALL) {
            assertThat(childrenOf(name)).as(name).isEmpty();
        }
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void what_a_worker_leaves_that_died_unasked_is_ended_beside_its_successor() {
        Circus circus = started(1, ALL);
        killKernel(circus);
        Map<String, List<Integer>> before = new LinkedHashMap<>();
        for (String name : ALL) {
            before.put(name, childrenOf(name));
            kill("-9", circus.pids(name).get(0));
        }
        for (String name : ALL) {
            await("the former child of " + name + " has gone, and another is there")
                    .atMost(SOON)
                    .until(() ->
                            childrenOf(name).size() == 1 && !childrenOf(name).equals(before.get(name)));
        }
        circus.terminate();
        home.mustBeEmpty();
    }

    /** The first kernel knew what was left; those after it find it in the ledger. */
    @Test
    void what_a_worker_had_left_when_the_kernel_was_killed_is_ended_by_the_next() {
        Circus circus = started(8, "stubborn", "orphaned");
        List<Integer> left = childrenOf("stubborn");
        kill("-9", circus.pids("stubborn").get(0));
        await("its successor").atMost(SOON).until(() -> childrenOf("stubborn").size() == 2);
        killKernel(circus);
        killKernel(circus);
        assertThat(childrenOf("stubborn")).hasSize(2);

        await("it has gone")
                .atMost(SOON)
                .until(() -> childrenOf("stubborn").stream().noneMatch(left::contains));
        circus.ctl("stop", "--waiting").mustSucceed();
        assertThat(childrenOf("orphaned")).isEmpty();
        assertThat(childrenOf("stubborn")).isEmpty();
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void another_program_in_the_kernels_place_goes_on_with_what_is_left() {
        Circus circus = started(8, "stubborn");
        killKernel(circus);
        List<Integer> left = childrenOf("stubborn");
        kill("-9", circus.pids("stubborn").get(0));
        await("its successor").atMost(SOON).until(() -> childrenOf("stubborn").size() == 2);

        assertThat(circus.askKernel("upgrade")).contains("papa");

        assertThat(childrenOf("stubborn")).hasSize(2);
        await("it has gone")
                .atMost(SOON)
                .until(() -> childrenOf("stubborn").stream().noneMatch(left::contains));
        circus.terminate();
        home.mustBeEmpty();
    }

    /** Who sleeps for so long: also those that have lost their parent. */
    private List<Integer> childrenOf(String name) {
        String argument = String.valueOf(children.get(name));
        return ProcessHandle.allProcesses()
                .filter(each -> each.info().command().orElse("").endsWith("/sleep")
                        && each.info().arguments().stream()
                                .anyMatch(words -> List.of(words).contains(argument)))
                .map(each -> (int) each.pid())
                .filter(LeftBehindTest::isAlive)
                .toList();
    }

    /** Kills it, and returns when the next one answers and the manager does, too. */
    private static void killKernel(Circus circus) {
        int before = kernelPid(circus);
        kill("-9", before);
        await("another kernel").atMost(SOON).until(() -> {
            int now = kernelPid(circus);
            return now > 0 && now != before && circus.hasKernel();
        });
        await("the manager answers")
                .atMost(SOON)
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
        String stat = Home.read(Path.of("/proc/" + pid + "/stat"));
        return !stat.isEmpty() && !stat.matches("(?s).*\\) [ZX] .*");
    }
}
