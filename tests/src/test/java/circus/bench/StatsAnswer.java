package circus.bench;

import circus.client.CallException;
import circus.client.CircusClient;
import circus.message.Request;
import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * How long {@code stats} of so many workers takes, from the question until the client has read the answer, beside psutil, which Circus asks
 * for each figure, and beside the two smallest files of each process read by a Java program that does nothing with them. And what circusd
 * takes for it while nobody asks, and while somebody does.
 */
final class StatsAnswer {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration SETTLING = Duration.ofSeconds(6);
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final double MOST_MILLIS = 100;
    private static final double MOST_PERCENT = 0.3;
    private static final double MOST_MEGABYTES = 90;

    private final int workers;
    private final int rounds;

    StatsAnswer(int workers, int rounds) {
        this.workers = workers;
        this.rounds = rounds;
    }

    void run(Table table) throws IOException {
        table.begin("Figures of " + workers + " sleep workers", "ms, p50 / p99 / most of " + rounds, "to reach");
        try (Home home = new Home()) {
            Circus circus =
                    home.circus("stats", "", "[watcher:s]\ncmd = sleep 100000\nnumprocesses = " + workers + "\n");
            long manager = circus.start().pid();
            List<Integer> pids = circus.awaitWorkers("s", workers);
            Usage.pause(SETTLING);
            table.row("stat and statm of each, read in a loop", limit(pids).spread(), "");
            psutil(table, home, pids);
            try (CircusClient client = new CircusClient(circus.endpoint())) {
                Figures first = ask(client, 1);
                Figures warm = ask(client, rounds);
                table.row("circusd, the first question", Table.number("%.2f", first.millis(1)), reached(first));
                table.row("circusd", warm.spread(), reached(warm));
            } catch (CallException failure) {
                throw new IllegalStateException(failure);
            }
            usage(table, circus, manager);
            circus.terminate();
        }
    }

    private static String reached(Figures figures) {
        return Table.verdict(figures.millis(0.99) <= MOST_MILLIS, "100 ms");
    }

    private void usage(Table table, Circus circus, long manager) throws IOException {
        long kernel = Long.parseLong(circus.askKernel("hello").replaceAll("(?s).* pid=(\\d+) .*", "$1"));
        double resident = Usage.resident(manager) / 1024.0;
        table.row(
                "circusd, resident after that, MB",
                Table.number("%.1f", resident),
                Table.verdict(resident <= MOST_MEGABYTES, "90 MB"));
        table.row(
                "circusd in the minute after a question, % of a processor",
                Table.number("%.2f", Usage.percent(manager, IDLE)), "");
        Usage.pause(SETTLING);
        double percent = Usage.percent(List.of(manager, kernel), IDLE);
        table.row(
                "both daemons while nobody asks, % of a processor",
                Table.number("%.2f", percent), Table.verdict(percent <= MOST_PERCENT, "0.3 %"));
    }

    private Figures ask(CircusClient client, int times) throws CallException {
        long[] nanos = new long[times];
        for (int i = 0; i < times; i++) {
            LockSupport.parkNanos(PAUSE.toNanos());
            long began = System.nanoTime();
            client.call(new Request(CircusClient.freshId(), "stats", Map.of(), false), LIMIT);
            nanos[i] = System.nanoTime() - began;
        }
        return new Figures(nanos);
    }

    private Figures limit(List<Integer> pids) throws IOException {
        byte[] buffer = new byte[4096];
        long[] nanos = new long[rounds];
        long bytes = 0;
        for (int i = -rounds; i < rounds; i++) {
            long began = System.nanoTime();
            for (int pid : pids) {
                bytes += read("/proc/" + pid + "/stat", buffer) + read("/proc/" + pid + "/statm", buffer);
            }
            nanos[Math.max(0, i)] = System.nanoTime() - began;
        }
        if (bytes == 0) {
            throw new IOException("nothing to read");
        }
        return new Figures(nanos);
    }

    private static int read(String file, byte[] buffer) throws IOException {
        try (FileInputStream in = new FileInputStream(file)) {
            return in.read(buffer);
        }
    }

    private void psutil(Table table, Home home, List<Integer> pids) {
        if (Commands.run(Duration.ofSeconds(5), DebianPython.PROGRAM, "-c", "import psutil")
                        .exit()
                != 0) {
            return;
        }
        Path script = home.resource("bench/figures.py");
        table.row(
                "psutil, without children",
                python(script, rounds, pids, List.of()).spread(),
                "");
        Figures once = python(script, 1, pids, List.of("children"));
        table.row("psutil, as Circus asks it, once", Table.number("%.0f", once.millis(1)), "");
    }

    private static Figures python(Path script, int rounds, List<Integer> pids, List<String> more) {
        List<String> words =
                new ArrayList<>(List.of(DebianPython.PROGRAM, script.toString(), Integer.toString(rounds)));
        pids.forEach(pid -> words.add(pid.toString()));
        words.addAll(more);
        String output = Commands.run(Duration.ofMinutes(5), words.toArray(String[]::new))
                .mustSucceed()
                .text();
        return new Figures(
                Arrays.stream(output.split("\n")).mapToLong(Long::parseLong).toArray());
    }
}
