package circus.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import circus.tests.harness.Circus;
import circus.tests.harness.Commander;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The clock of the machine is set while both daemons run, an hour ahead and back: what is counted in seconds does not care. By Debian's
 * libfaketime, which changes what a program is told of the time of day; the time since the start of the machine stays.
 */
@ExtendWith(HomeExtension.class)
@Timeout(value = 2, unit = TimeUnit.DAYS)
class ClockTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final List<String> CLOCKS = List.of("+3600", "+0", "-3600", "+0");

    private final Home home;
    private final Path clock;
    private final Path ticks;
    private int pid;

    ClockTest(Home home) {
        this.home = home;
        clock = home.write("clock", "+0\n");
        ticks = home.path("ticks.log");
    }

    private static Path library() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
            return folders.map(folder -> folder.resolve("faketime/libfaketimeMT.so.1"))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseGet(() -> {
                        if (System.getenv("CIRCUS_CI") != null) {
                            fail("libfaketime is not installed, and CIRCUS_CI is set");
                        }
                        return abort("needs libfaketime: apt-get install libfaketime");
                    });
        }
    }

    private Circus circus() {
        return home.circus("clock", "", """
                [watcher:stubborn]
                cmd = perl %s %s
                graceful_timeout = 2

                [watcher:flapping]
                cmd = sh -c 'echo again >> %s; exit 3'

                [watcher:aged]
                cmd = sleep 100001
                max_age = 1800

                [watcher:victim]
                cmd = sleep 100002

                [watcher:ticker]
                cmd = perl -e '$| = 1; while (1) { print ++$n, "\\n"; select undef, undef, undef, 0.02 }'
                stdout_stream.class = FileStream
                stdout_stream.filename = %s
                stdout_stream.max_bytes = 500
                stdout_stream.backup_count = 9999

                [watcher:hourly]
                cmd = perl -e '$| = 1; while (1) { print ++$n, "\\n"; select undef, undef, undef, 0.02 }'
                stdout_stream.class = TimedRotatingFileStream
                stdout_stream.filename = %s
                stdout_stream.rotate_when = M
                stdout_stream.backup_count = 0
                """.formatted(
                        home.resource("faults/stubborn.pl"),
                        home.path("told"),
                        home.path("flaps"),
                        ticks,
                        home.write("hourly/.here", "").resolveSibling("hourly.log")));
    }

    @Test
    void the_clock_is_stepped_by_an_hour_both_ways() throws Exception {
        Path library = library();
        Rounds rounds = Rounds.of(Fault.CLOCK_STEPPED, 2);
        Circus circus = circus();
        pid = circus.launchBelow(
                        "env",
                        "LD_PRELOAD=" + library,
                        "FAKETIME_TIMESTAMP_FILE=" + clock,
                        "FAKETIME_CACHE_DURATION=1",
                        "FAKETIME_DONT_FAKE_MONOTONIC=1",
                        "DONT_FAKE_MONOTONIC=1")
                .pid();
        circus.awaitCommands(circus.manager());
        List<Integer> aged = circus.awaitWorkers("aged", 1);
        List<Integer> tickers = circus.awaitWorkers("ticker", 1);
        List<Integer> hourly = circus.awaitWorkers("hourly", 1);
        try (Commander commander = Commander.start(circus, "victim")) {
            rounds.each(round -> {
                Files.writeString(clock, CLOCKS.get((round - 1) % CLOCKS.size()) + "\n");
                awaitTheStep();
                isStoppedInItsTime(circus, rounds);
                isReplaced(circus);
                flapsOn(circus);
                isTailed(circus);
                commander.check();
                assertThat(circus.pids("aged"))
                        .as("who is not half an hour old")
                        .isEqualTo(aged);
                assertThat(circus.pids("ticker")).isEqualTo(tickers);
                assertThat(circus.pids("hourly")).isEqualTo(hourly);
            });
            commander.stop();
        }
        circus.terminate();
        home.mustBeEmpty();
        rounds.lines(isWhole(ticks) + isWhole(home.path("hourly/hourly.log")));
        rounds.passed();
    }

    /** What libfaketime shares among the programs that it was loaded into, and leaves when they are killed. */
    @AfterEach
    void clear() throws IOException {
        for (String each : List.of("faketime_shm_", "sem.faketime_sem_")) {
            Files.deleteIfExists(Path.of("/dev/shm/" + each + pid));
        }
    }

    /** libfaketime looks once a second. */
    private static void awaitTheStep() {
        LockSupport.parkNanos(Duration.ofMillis(1200).toNanos());
    }

    /** One who ignores its signal gets its two seconds, neither none nor an hour. */
    private void isStoppedInItsTime(Circus circus, Rounds rounds) {
        await("it can be asked")
                .atMost(SOON)
                .until(() -> Home.read(home.path("told")).contains("start"));
        rounds.timed(() -> circus.tell("stop", "--waiting", "stubborn"));
        String told = Home.read(home.path("told"));
        assertThat(told.lines().filter(line -> line.startsWith("term "))).hasSize(1);
        assertThat(told.lines().filter(line -> line.startsWith("on "))).hasSizeBetween(8, 300);
        home.write("told", "");
        circus.tell("start", "--waiting", "stubborn");
    }

    private static void isReplaced(Circus circus) {
        int victim = circus.awaitWorkers("victim", 1).get(0);
        ProcessHandle.of(victim).orElseThrow().destroyForcibly();
        await("it is replaced")
                .atMost(SOON)
                .until(() -> circus.pids("victim").size() == 1
                        && !circus.pids("victim").contains(victim));
    }

    private void flapsOn(Circus circus) {
        long before = Home.read(home.path("flaps")).lines().count();
        await("it is started again and again")
                .atMost(SOON)
                .until(() -> Home.read(home.path("flaps")).lines().count() >= before + 3);
        // Once a second, once it was seen to flap.
        assertThat(Home.read(home.path("flaps")).lines().count()).isLessThan(before + 60);
        assertThat(circus.tell("status", "flapping")).isEqualTo("active");
    }

    private static void isTailed(Circus circus) {
        long first = last(circus.tell("tail", "-n", "5", "ticker"));
        await("what it says now is seen")
                .atMost(SOON)
                .until(() -> last(circus.tell("tail", "-n", "5", "ticker")) > first);
    }

    private static long last(String tail) {
        String last = tail.substring(tail.lastIndexOf('\n') + 1).strip();
        return Long.parseLong(last.substring(last.lastIndexOf(' ') + 1));
    }

    /** Numbers from 1 on, in the log and in all files that were put aside, each once. Tells how many. */
    private static long isWhole(Path log) throws IOException {
        try (Stream<Path> files = Files.list(log.getParent())) {
            List<Long> numbers = files.filter(
                            file -> file.getFileName().toString().startsWith(log.getFileName() + ""))
                    .flatMap(file -> Home.read(file).lines())
                    .map(Long::parseLong)
                    .sorted()
                    .toList();
            for (int i = 0; i < numbers.size(); i++) {
                assertThat(numbers.get(i))
                        .as("line %d of all files of %s", i + 1, log)
                        .isEqualTo(i + 1L);
            }
            assertThat(numbers).hasSizeGreaterThan(100);
            return numbers.size();
        }
    }
}
