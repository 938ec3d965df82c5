package circus.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Footprint;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.LoadedCircus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The machine has nothing left of something, for a while. Full disks of logs are the matter of {@code DiskTroubleTest}, want of memory of
 * {@code MemoryTest}.
 */
@ExtendWith(HomeExtension.class)
@Timeout(value = 2, unit = TimeUnit.DAYS)
class ScarcityTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration A_WHILE = Duration.ofSeconds(1);

    private final Home home;

    ScarcityTest(Home home) {
        this.home = home;
    }

    // ---- descriptors

    @Test
    void who_may_open_no_more_files_goes_on_with_those_it_has_and_all_is_well_when_it_may() throws Exception {
        Rounds rounds = Rounds.of(Fault.DESCRIPTORS, 2);
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            Circus circus = loaded.circus();
            int papa = Integer.parseInt(circus.askKernel("stats").replaceAll("(?s).*\\bpid=(\\d+).*", "$1"));
            rounds.each(round -> {
                mayOpenNoMore(circus.manager().pid());
                LockSupport.parkNanos(A_WHILE.toNanos());
                mayOpen(circus.manager().pid());
                assertThat(circus.tell("status", "pair")).isEqualTo("active");
                loaded.workersAreTheSame();

                mayOpenNoMore(papa);
                circus.ask("incr", Map.of("name", LoadedCircus.SPARE, "nb", 2L), SOON);
                assertThat(circus.tell("status", "pair")).isEqualTo("active");
                LockSupport.parkNanos(A_WHILE.toNanos());
                mayOpen(papa);
                // What could not be started so often is stopped.
                circus.tell("stop", "--waiting", LoadedCircus.SPARE);
                circus.tell("start", "--waiting", LoadedCircus.SPARE);
                circus.tell("decr", "--waiting", LoadedCircus.SPARE, "2");
                circus.awaitWorkers(LoadedCircus.SPARE, 1);
                loaded.workersAreTheSame();
            });
            LoadedCircus.Tally tally = loaded.nothingWasNoticed();
            rounds.took(tally.waits());
            rounds.unnoticed(tally);
        }
        rounds.passed();
    }

    private static void mayOpenNoMore(int pid) {
        limit(pid, Integer.toString(Footprint.of(pid).open()));
    }

    private static void mayOpen(int pid) {
        limit(pid, "1024");
    }

    private static void limit(int pid, String soft) {
        Commands.run(Duration.ofSeconds(5), "prlimit", "--nofile=" + soft + ":", "--pid", Integer.toString(pid))
                .mustSucceed();
    }

    // ---- the folder of the kernel's socket

    @Test
    void a_full_folder_of_the_kernels_socket_costs_no_worker_and_no_command() throws Exception {
        Path folder = home.path("run");
        home.write("run/.here", "");
        if (!mayMount(folder)) {
            System.out.println("nobody may mount a file system here: the full runtime directory was not tried");
            return;
        }
        Rounds rounds = Rounds.of(Fault.RUNTIME_DIRECTORY_FULL, 2);
        String fill = "dd if=/dev/zero of=" + folder + "/filler bs=4k 2>/dev/null; true";
        Path full = home.script(
                "full", "mount -t tmpfs -o size=64k none " + folder + " && { " + fill + "; } && exec \"$@\"\n");
        Path roomy = home.script("roomy", "mount -t tmpfs -o size=64m none " + folder + " && exec \"$@\"\n");
        String options = "papa_endpoint = ipc://" + folder + "/loaded.sock\n";
        rounds.each(round -> {
            Path start = round % 2 == 1 ? roomy : full;
            try (LoadedCircus loaded = LoadedCircus.start(
                    home,
                    options,
                    "",
                    circus -> circus.awaitCommands(circus.launchBelow("unshare", "-m", start.toString())))) {
                Circus circus = loaded.circus();
                List<String> inside = List.of(
                        "nsenter",
                        "-m",
                        "-t",
                        Integer.toString(circus.pids("single").get(0)),
                        "--wd=" + home.directory());
                // Where there is room only now and then.
                run(inside, fill);
                circus.manager().kill9();
                circus.awaitCommands(circus.launchBelow(inside.toArray(String[]::new)));
                loaded.workersAreTheSame();
                assertThat(circus.tell("incr", "--waiting", LoadedCircus.SPARE)).isNotEmpty();
                circus.awaitWorkers(LoadedCircus.SPARE, 2);
                run(inside, "rm -f " + folder + "/filler");
                assertThat(circus.tell("decr", "--waiting", LoadedCircus.SPARE)).isNotEmpty();
                circus.awaitWorkers(LoadedCircus.SPARE, 1);
                LoadedCircus.Tally tally = loaded.nothingWasNoticed();
                rounds.took(tally.waits());
                rounds.unnoticed(tally);
            }
            Files.deleteIfExists(home.path("shared.log"));
        });
        rounds.passed();
    }

    private static void run(List<String> inside, String script) {
        List<String> words = new ArrayList<>(inside);
        words.addAll(List.of("sh", "-c", script));
        Commands.run(SOON, words.toArray(String[]::new)).mustSucceed();
    }

    private static boolean mayMount(Path folder) {
        return Commands.run(Duration.ofSeconds(5), "unshare", "-m", "mount", "-t", "tmpfs", "none", folder.toString())
                        .exit()
                == 0;
    }
}
