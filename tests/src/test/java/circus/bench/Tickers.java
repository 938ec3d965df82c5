package circus.bench;

import circus.tests.harness.Home;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Many workers that write line by line into files: what the processor does for it. */
final class Tickers {
    private static final Duration CALM = Duration.ofSeconds(10);
    private static final Duration TIME = Duration.ofSeconds(20);
    private static final double MOST_PERCENT = 12;

    private final int workers;
    private final int lines;

    /** @param lines that each worker writes in a second */
    Tickers(int workers, int lines) {
        this.workers = workers;
        this.lines = lines;
    }

    void run(Table table) throws IOException {
        table.begin(
                workers + " workers, " + lines + " lines of 100 bytes a second each, into files",
                "all daemons, % of a processor",
                "to reach");
        for (Logger logger : Logger.values()) {
            if (logger.isHere()) {
                try (Home home = new Home()) {
                    measure(table, home, logger);
                }
            } else {
                table.row(logger.title, "not here", "");
            }
        }
    }

    private void measure(Table table, Home home, Logger logger) throws IOException {
        Peers peers = new Peers(home);
        List<String> command = List.of(peers.peer.toString(), "beat", Integer.toString(lines));
        try (Shelf shelf = new Shelf(home)) {
            Logger.Running running = logger.start(new Logger.Job(home, peers, shelf.folder(), workers, 0, command));
            Usage.pause(CALM);
            long before = shelf.bytes();
            long began = System.nanoTime();
            double percent = Usage.percent(running.daemons().pids(), TIME);
            double rate = (shelf.bytes() - before) / 100.0 / ((System.nanoTime() - began) / 1e9);
            running.end().now();
            boolean whole = rate > 0.97 * workers * lines;
            table.row(
                    logger.title,
                    Table.number("%.1f", percent) + (whole ? "" : Table.number(" (%.0f lines a second came)", rate)),
                    logger == Logger.OURS ? Table.verdict(whole && percent <= MOST_PERCENT, "12 %") : "");
        }
    }
}
