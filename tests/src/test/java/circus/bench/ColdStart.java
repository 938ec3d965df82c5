package circus.bench;

import circus.client.CallException;
import circus.client.CircusClient;
import circus.message.Request;
import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** From the start of a supervisor, nothing of it running yet, until so many {@code sleep}s run; and from its end until all are gone. */
final class ColdStart {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NAME = "bench-sleep";

    private final int workers;
    private final int rounds;

    ColdStart(int workers, int rounds) {
        this.workers = workers;
        this.rounds = rounds;
    }

    void run(Table table) throws IOException {
        table.begin(
                workers + " sleep workers, ms, median (least–most) of " + rounds,
                "cold start until all run",
                "quit until all are gone");
        try (Home home = new Home()) {
            // A name of their own tells them from other sleeps of the machine.
            Path sleep = sleep(home);
            Path limit = Tools.compile("limit", home.directory());
            measure(table, "C: posix_spawn, epoll, pidfd", () -> limit(home, limit, sleep));
            if (Tools.has("runsvdir")) {
                Path services = runitServices(home, sleep);
                measure(table, "runit", () -> runit(home, services));
            }
            int[] run = {0};
            measure(table, "circusd on papa", () -> circus(home, sleep, ++run[0]));
        }
    }

    /** The program of the workers, under the name by which they are counted. */
    static Path sleep(Home home) throws IOException {
        return Files.copy(Path.of("/bin/sleep"), home.path(NAME));
    }

    /** Starts a supervisor and answers how to end it. */
    private interface Start {
        Runnable run() throws IOException;
    }

    private void measure(Table table, String name, Start start) throws IOException {
        long[] up = new long[rounds];
        long[] down = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            long threads = threads();
            long began = System.nanoTime();
            Runnable end = start.run();
            await(() -> threads() >= threads + workers && running() == workers);
            up[i] = System.nanoTime() - began;
            LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
            long ended = System.nanoTime();
            end.run();
            await(() -> threads() < threads + workers && running() == 0);
            down[i] = System.nanoTime() - ended;
            LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
        }
        table.row(name, new Figures(up).median(), new Figures(down).median());
    }

    private Runnable limit(Home home, Path limit, Path sleep) throws IOException {
        Process supervisor = Tools.start(
                home.directory(), List.of(limit.toString(), Integer.toString(workers), sleep.toString(), "100000"));
        return supervisor::destroy;
    }

    private Path runitServices(Home home, Path sleep) throws IOException {
        Path services = home.path("services");
        for (int i = 0; i < workers; i++) {
            Path service = Files.createDirectories(services.resolve("s" + i));
            Tools.script(service.resolve("run"), "exec " + sleep + " 100000");
        }
        return services;
    }

    private static Runnable runit(Home home, Path services) throws IOException {
        Process supervisor = Tools.start(home.directory(), List.of("runsvdir", "-P", services.toString()));
        return () -> Commands.run(Duration.ofSeconds(5), "kill", "-HUP", Long.toString(supervisor.pid()));
    }

    private Runnable circus(Home home, Path sleep, int run) {
        Circus circus = home.circus(
                "cold" + run, "", "[watcher:sleepers]\ncmd = %s 100000\nnumprocesses = %d\n".formatted(sleep, workers));
        circus.launch();
        return () -> {
            try (CircusClient client = new CircusClient(circus.endpoint())) {
                client.call(new Request(CircusClient.freshId(), "quit", Map.of(), false), LIMIT);
            } catch (CallException failure) {
                throw new IllegalStateException(failure);
            }
        };
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) {
        long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadlineNanos) {
                throw new IllegalStateException("not within " + LIMIT + "; running: " + running());
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** All threads of the machine: one small read, so that waiting costs next to nothing. */
    private static long threads() {
        try {
            String load = Files.readString(Path.of("/proc/loadavg"), StandardCharsets.US_ASCII);
            return Long.parseLong(load.substring(load.indexOf('/') + 1, load.lastIndexOf(' ')));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** How many of the workers run, counted one by one. */
    static int running() {
        int count = 0;
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                if (Character.isDigit(entry.getFileName().toString().charAt(0)) && isWorker(entry)) {
                    count++;
                }
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return count;
    }

    private static boolean isWorker(Path process) {
        try {
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            return stat.contains("(" + NAME + ")") && stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException ended) {
            return false;
        }
    }
}
