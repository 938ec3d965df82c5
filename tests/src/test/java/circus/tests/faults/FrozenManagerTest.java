package circus.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.LoadedCircus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A manager that neither ends nor does anything: who prints waits for it no longer than {@code overflow_after}, and what goes is told. */
@ExtendWith(HomeExtension.class)
@Timeout(value = 10, unit = TimeUnit.DAYS)
class FrozenManagerTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** What it writes in two seconds or so. */
    private static final long MUCH = 100_000_000;

    private final Home home;

    FrozenManagerTest(Home home) {
        this.home = home;
    }

    @Test
    void a_manager_that_is_stopped_holds_nobody_and_all_that_is_missing_is_told() throws Exception {
        Rounds rounds = Rounds.of(Fault.MANAGER_FROZEN, 1);
        Duration frozen = rounds.either(Duration.ofSeconds(8), Duration.ofMinutes(1));
        Path log = home.path("flood.log");
        Path total = home.path("total");
        String flood = """
                [watcher:flood]
                cmd = perl %s %s
                autostart = false
                graceful_timeout = 60
                stdout_stream.class = FileStream
                stdout_stream.filename = %s
                """.formatted(home.resource("faults/flood.pl"), total, log);
        try (LoadedCircus loaded = LoadedCircus.start(home, "", flood, Circus::start)) {
            Circus circus = loaded.circus();
            rounds.each(round -> {
                circus.tell("start", "--waiting", "flood");
                int pid = circus.awaitWorkers("flood", 1).get(0);
                await("it is logged").atMost(SOON).until(() -> Files.exists(log) && Files.size(log) > 20_000_000);
                circus.manager().signal("STOP");
                long before = written(pid);
                LockSupport.parkNanos(frozen.toNanos());
                await("it is held no longer").atMost(SOON).until(() -> written(pid) > before + MUCH);
                circus.manager().signal("CONT");
                rounds.timed(() -> circus.call("numwatchers", Map.of()));
                circus.tell("stop", "--waiting", "flood");
                await("its total").atMost(SOON).until(() -> Files.exists(total));
                long lines = Long.parseLong(Home.read(total).strip());
                await("all of it is logged")
                        .atMost(SOON)
                        .untilAsserted(() -> assertThat(FloodLog.end(log)).isEqualTo(lines));
                FloodLog judged = FloodLog.read(log, lines);
                assertThat(judged.gaps()).isNotEmpty();
                judged.gaps().forEach(rounds::gap);
                rounds.lines(judged.lines());
                loaded.workersAreTheSame();
                Files.delete(total);
                Files.delete(log);
                circus.tell("reopen");
            });
            rounds.unnoticed(loaded.nothingWasNoticed());
        }
        rounds.passed();
    }

    /** Bytes that a process has written so far. */
    private static long written(int pid) throws IOException {
        return Home.read(Path.of("/proc/" + pid + "/io"))
                .lines()
                .filter(line -> line.startsWith("wchar: "))
                .mapToLong(line -> Long.parseLong(line.substring("wchar: ".length())))
                .findFirst()
                .orElseThrow(() -> new IOException("process " + pid + " has gone"));
    }
}
