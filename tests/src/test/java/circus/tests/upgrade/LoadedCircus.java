package circus.tests.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.Installation;
import circus.tests.harness.Load;
import circus.tests.harness.NumberedLog;
import circus.tests.workers.LoadWorker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Three workers that serve and print under load: two of one watcher share a log file with the one of another. What is asserted here is
 * the promise: nothing that happens to the manager may show.
 */
final class LoadedCircus implements AutoCloseable {
    private static final int REQUESTS_PER_SECOND = 200;

    private final Home home;
    private final Circus circus;
    private final Path log;
    private final Load load;
    private final List<Integer> first;

    private LoadedCircus(Home home, Circus circus, Path log, Load load, List<Integer> first) {
        this.home = home;
        this.circus = circus;
        this.log = log;
        this.load = load;
        this.first = first;
    }

    static LoadedCircus start(Home home) {
        int port = Home.freePort();
        Path log = home.path("shared.log");
        Circus circus = home.circus(
                "loaded",
                "use_papa = true",
                "[socket:web]\nhost = 127.0.0.1\nport = " + port + "\n" + watcher("pair", 2, log)
                        + watcher("single", 1, log));
        circus.start();
        circus.awaitWorkers("pair", 2);
        circus.awaitWorkers("single", 1);
        await("each worker prints")
                .atMost(Duration.ofSeconds(20))
                .until(() -> NumberedLog.read(log).workers().size() == 3);
        LoadedCircus loaded = new LoadedCircus(home, circus, log, Load.start(port, REQUESTS_PER_SECOND), pids(circus));
        await("all workers answer")
                .atMost(Duration.ofSeconds(10))
                .until(() -> loaded.load.tally().answers().size() == 3);
        return loaded;
    }

    private static String watcher(String name, int processes, Path log) {
        // Java takes an inherited socket from descriptor 0 only.
        String command = "%s -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx16m -cp %s %s %s-$(circus.wid)"
                .formatted(
                        Installation.java(),
                        Path.of("target", "test-classes").toAbsolutePath(),
                        LoadWorker.class.getName(),
                        name);
        return """
                [watcher:%s]
                cmd = bash -c 'exec %s <&$(circus.sockets.web)'
                numprocesses = %d
                use_sockets = true
                stdout_stream.class = FileStream
                stdout_stream.filename = %s
                """.formatted(name, command, processes, log);
    }

    private static List<Integer> pids(Circus circus) {
        List<Integer> pids = new ArrayList<>(circus.pids("pair"));
        pids.addAll(circus.pids("single"));
        return pids;
    }

    Circus circus() {
        return circus;
    }

    Load load() {
        return load;
    }

    void workersAreTheSame() {
        assertThat(pids(circus)).as("pids of the workers").isEqualTo(first);
    }

    /** Ends the load and the workers, then looks at what they left. Tells how much there was to be noticed. */
    String nothingWasNoticed() {
        Load.Tally tally = load.stop();
        workersAreTheSame();
        circus.terminate();
        home.mustBeEmpty();
        assertThat(tally.failures())
                .as("requests that failed, of %d", tally.answered())
                .isEmpty();
        assertThat(tally.answers()).as("workers that answered").hasSize(3);
        NumberedLog numbers = NumberedLog.read(log);
        assertThat(numbers.faults())
                .as("faults of the log, of %d lines", numbers.lines())
                .isEmpty();
        assertThat(numbers.workers()).hasSize(3);
        return tally.answered() + " requests answered, the slowest in "
                + tally.slowest().toMillis() + " ms; " + numbers.lines() + " lines logged";
    }

    @Override
    public void close() {
        load.close();
    }
}
