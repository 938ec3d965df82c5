package circus.bench;

import circus.client.CallException;
import circus.client.CircusClient;
import circus.tests.harness.Circus;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What it takes of a processor to publish the figures of so many workers every second: nothing while nobody listens, and all of them to one
 * subscriber. Beside it circusd-stats of Circus, where {@code CIRCUS_PYTHON} names a checkout, at our circusd, for the same workers.
 */
final class FeedCost {
    private static final Duration SETTLING = Duration.ofSeconds(10);
    private static final Duration TIME = Duration.ofSeconds(60);
    private static final double MOST_PERCENT = 2;

    private final int workers;

    FeedCost(int workers) {
        this.workers = workers;
    }

    void run(Table table) throws IOException {
        table.begin("Statistics of " + workers + " sleep workers", "% of a processor", "messages a second", "to reach");
        try (Home home = new Home()) {
            String endpoint = "tcp://127.0.0.1:" + Home.freePort();
            Circus circus = home.circus(
                    "feed",
                    "statsd = True\nstats_endpoint = " + endpoint + "\n",
                    "[watcher:s]\ncmd = sleep 100000\nnumprocesses = " + workers + "\n");
            long manager = circus.start().pid();
            circus.awaitWorkers("s", workers);
            Usage.pause(SETTLING);
            double idle = Usage.percent(manager, TIME);
            table.row("circusd, nobody listens", Table.number("%.2f", idle), "0", "");
            row(table, "circusd, one listens", manager, endpoint, Table::verdict);
            python(table, home, circus);
            circus.terminate();
        }
    }

    private interface Verdict {
        String of(boolean reached, String target);
    }

    private static void row(Table table, String name, long pid, String endpoint, Verdict verdict) throws IOException {
        AtomicLong messages = new AtomicLong();
        CircusClient listener = new CircusClient(endpoint);
        Thread thread = new Thread(() -> listen(listener, messages), "listener");
        thread.setDaemon(true);
        thread.start();
        Usage.pause(SETTLING);
        long before = messages.get();
        double percent = Usage.percent(pid, TIME);
        long each = (messages.get() - before) / TIME.toSeconds();
        listener.close();
        thread.interrupt();
        table.row(
                name,
                Table.number("%.2f", percent),
                Long.toString(each),
                verdict.of(percent <= MOST_PERCENT, MOST_PERCENT + " %"));
    }

    private static void listen(CircusClient client, AtomicLong messages) {
        try {
            client.subscribe(List.of("stat."), (topic, body) -> {
                messages.incrementAndGet();
                return !Thread.currentThread().isInterrupted();
            });
        } catch (CallException ended) {
            System.err.println("  " + ended.getMessage());
        }
    }

    private static void python(Table table, Home home, Circus circus) throws IOException {
        String checkout = System.getenv("CIRCUS_PYTHON");
        if (checkout == null || !Files.isDirectory(Path.of(checkout))) {
            return;
        }
        String endpoint = "tcp://127.0.0.1:" + Home.freePort();
        ProcessBuilder builder = new ProcessBuilder(
                        DebianPython.PROGRAM,
                        "-c",
                        "from circus import stats; stats.main()",
                        "--endpoint",
                        circus.endpoint(),
                        "--pubsub",
                        circus.eventEndpoint(),
                        "--statspoint",
                        endpoint)
                .redirectErrorStream(true)
                .redirectOutput(home.path("circusd-stats.log").toFile());
        builder.environment().put("PYTHONPATH", checkout);
        Process stats = builder.start();
        row(table, "circusd-stats of Circus, one listens", stats.pid(), endpoint, (reached, target) -> "");
        stats.destroyForcibly();
    }
}
