package circus.tests.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.workers.LoadWorker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Three workers that serve and print under load, two of one watcher, which share a log file with the one of another, and a client that
 * issues commands on a third. What is asserted here is the promise: nothing that happens to the manager may show.
 */
public final class LoadedCircus implements AutoCloseable {
    private static final int REQUESTS_PER_SECOND = 200;

    /** A watcher that neither serves nor prints, for what is to be changed. */
    public static final String SPARE = "spare";

    private final Home home;
    private final Circus circus;
    private final Path log;
    private final Load load;
    private final Commander commander;
    private final List<Integer> first;

    /**
     * How much there was to be noticed.
     *
     * @param waits nanoseconds that each command waited for its answer
     */
    public record Tally(int requests, Duration slowest, long lines, List<Long> waits) {
        @Override
        public String toString() {
            return requests + " requests answered, the slowest in " + slowest.toMillis() + " ms; " + lines
                    + " lines logged; " + waits.size() + " commands answered, the middle one in "
                    + waits.stream().sorted().skip(waits.size() / 2).findFirst().orElse(0L) / 1_000_000 + " ms";
        }
    }

    private LoadedCircus(Home home, Circus circus, Path log, Load load, List<Integer> first) {
        this.home = home;
        this.circus = circus;
        this.log = log;
        this.load = load;
        this.first = first;
        commander = Commander.start(circus, SPARE);
    }

    /** Returns when everything is under way. */
    public static LoadedCircus start(Home home) {
        return start(home, "", "", Circus::start);
    }

    /**
     * The same with more in the configuration, and where the first manager is started in another way.
     *
     * @param options more lines of {@code [circus]}
     * @param sections more of them
     * @param starting returns when it waits for commands
     */
    public static LoadedCircus start(Home home, String options, String sections, Consumer<Circus> starting) {
        return start(home, options, sections, circus -> circus, starting);
    }

    /** The same at Unix sockets. */
    public static LoadedCircus startAtUnixSockets(Home home) {
        return start(home, "", "", Circus::atUnixSockets, Circus::start);
    }

    private static LoadedCircus start(
            Home home, String options, String sections, UnaryOperator<Circus> moving, Consumer<Circus> starting) {
        int port = Home.freePort();
        Path log = home.path("shared.log");
        Circus circus = moving.apply(home.circus(
                "loaded",
                "use_papa = true\n" + options,
                "[socket:web]\nhost = 127.0.0.1\nport = " + port + "\n" + watcher("pair", 2, log)
                        + watcher("single", 1, log) + "[watcher:" + SPARE + "]\ncmd = sleep 100000\n" + sections));
        starting.accept(circus);
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

    public Circus circus() {
        return circus;
    }

    public Load load() {
        return load;
    }

    /** Fails where a worker is another than at the start, or a command did not hold. */
    public void workersAreTheSame() {
        commander.check();
        assertThat(pids(circus)).as("pids of the workers").isEqualTo(first);
    }

    /** The client that issues commands. */
    public Commander commander() {
        return commander;
    }

    /** Ends the load and the workers, then looks at what they left. */
    public Tally nothingWasNoticed() {
        Load.Tally tally = load.stop();
        commander.stop();
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
        return new Tally(tally.answered(), tally.slowest(), numbers.lines(), commander.waits());
    }

    @Override
    public void close() {
        load.close();
        commander.close();
    }
}
