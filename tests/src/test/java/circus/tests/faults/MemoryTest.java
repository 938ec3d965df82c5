package circus.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.LoadedCircus;
import circus.tests.workers.Glutton;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The machine has no memory left for one of the daemons, for a second. A JVM may end of that; then it is as with {@code kill -9}: another papa
 * is started by circusd, another circusd by the test, as the machine's service manager would.
 */
@ExtendWith(HomeExtension.class)
@Timeout(value = 2, unit = TimeUnit.DAYS)
class MemoryTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration A_WHILE = Duration.ofSeconds(1);

    /** A watcher of another user: only for such a one the kernel of the system counts processes. */
    private static final String FOREIGN = "foreign";

    private final Home home;
    private final Path full;

    MemoryTest(Home home) {
        this.home = home;
        full = home.path("full");
    }

    @Test
    void who_gets_no_memory_for_a_while_is_missed_by_nobody() throws Exception {
        Rounds rounds = Rounds.of(Fault.MEMORY, 4);
        Path jar = home.path("glutton.jar");
        Glutton.pack(jar);
        String foreign = """
                [watcher:%s]
                cmd = /bin/sleep 100000
                uid = nobody
                gid = 65534
                working_dir = /
                autostart = false
                """.formatted(FOREIGN);
        try (LoadedCircus loaded = LoadedCircus.start(home, "", foreign, Circus::start)) {
            Circus circus = loaded.circus();
            rounds.each(round -> {
                switch (round % 4) {
                    case 1 -> papaGetsNoMemory(circus);
                    case 2 -> circusdGetsNoMemory(circus);
                    case 3 -> papaMayStartNoProcess(circus);
                    default -> circusdHasNoHeap(circus, jar);
                }
                assertThat(circus.tell("status", "pair")).isEqualTo("active");
                loaded.workersAreTheSame();
            });
            LoadedCircus.Tally tally = loaded.nothingWasNoticed();
            rounds.took(tally.waits());
            rounds.unnoticed(tally);
        }
        rounds.passed();
    }

    private void papaGetsNoMemory(Circus circus) {
        int papa = Papa.pid(circus);
        String before = softLimit(papa, "as");
        limit(papa, "as", Long.toString(addressSpace(papa)));
        circus.ask("incr", Map.of("name", LoadedCircus.SPARE, "nb", 2L), SOON);
        LockSupport.parkNanos(A_WHILE.toNanos());
        limit(papa, "as", before);
        Papa.awaitAnswer(circus);
        // What could not be started so often is stopped.
        circus.tell("stop", "--waiting", LoadedCircus.SPARE);
        circus.tell("start", "--waiting", LoadedCircus.SPARE);
        circus.tell("decr", "--waiting", LoadedCircus.SPARE, "2");
        circus.awaitWorkers(LoadedCircus.SPARE, 1);
    }

    private void circusdGetsNoMemory(Circus circus) {
        Daemon manager = circus.manager();
        String before = softLimit(manager.pid(), "as");
        limit(manager.pid(), "as", Long.toString(addressSpace(manager.pid())));
        LockSupport.parkNanos(A_WHILE.toNanos());
        limit(manager.pid(), "as", before);
        if (!manager.isAlive()) {
            circus.start();
        }
        Papa.awaitAnswer(circus);
    }

    private void papaMayStartNoProcess(Circus circus) {
        int papa = Papa.pid(circus);
        String before = softLimit(papa, "nproc");
        limit(papa, "nproc", "0");
        int said = circus.manager().errors().length();
        circus.ask("start", Map.of("name", FOREIGN), SOON);
        await("it is told")
                .atMost(SOON)
                .until(() -> circus.manager().errors().substring(said).contains("EAGAIN"));
        limit(papa, "nproc", before);
        circus.tell("stop", "--waiting", FOREIGN);
        circus.tell("start", "--waiting", FOREIGN);
        circus.awaitWorkers(FOREIGN, 1);
        circus.tell("stop", "--waiting", FOREIGN);
    }

    private void circusdHasNoHeap(Circus circus, Path jar) throws Exception {
        Files.deleteIfExists(full);
        circus.manager().kill9();
        Daemon doomed = circus.launchBelow("env", "CIRCUS_JAVA_OPTS=-javaagent:" + jar + "=" + full);
        circus.awaitCommands(doomed);
        home.write("full", "waiting for commands");
        // One that goes on all the same serves nobody.
        LockSupport.parkNanos(A_WHILE.toNanos());
        doomed.kill9();
        circus.start();
    }

    /** Bytes. */
    private static long addressSpace(int pid) {
        String status = Home.read(Path.of("/proc/" + pid + "/status"));
        return Long.parseLong(status.replaceAll("(?s).*\nVmSize:\\s*(\\d+) kB\n.*", "$1")) * 1024;
    }

    private static String softLimit(int pid, String what) {
        return Commands.run(
                        SOON, "prlimit", "--" + what, "--output=SOFT", "--noheadings", "--pid", Integer.toString(pid))
                .mustSucceed()
                .text()
                .strip();
    }

    /** Of one that may have ended. */
    private static void limit(int pid, String what, String soft) {
        Commands.Result unused =
                Commands.run(SOON, "prlimit", "--" + what + "=" + soft + ":", "--pid", Integer.toString(pid));
    }
}
