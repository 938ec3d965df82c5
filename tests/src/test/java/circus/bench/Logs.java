package circus.bench;

import circus.tests.harness.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * All that one worker writes, as fast as it can, into a file: how fast it comes, what does not come, and what all daemons took
 * of the processors. {@code -Dcircus.bench.rotate=BYTES} has files rotated.
 */
final class Logs {
    private static final Duration CALM = Duration.ofSeconds(3);
    private static final Duration STEP = Duration.ofMillis(20);
    private static final Duration LONGEST = Duration.ofMinutes(3);

    /** When nothing has come for so long, nothing will. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private static final long BYTES = 1L << 30;
    private static final long ROTATE = Long.getLong("circus.bench.rotate", 0);
    private static final int LINE = 100;

    private final int rounds;

    Logs(int rounds) {
        this.rounds = rounds;
    }

    private record Outcome(double seconds, long lost, double cpu) {}

    void run(Table table) throws IOException {
        long bytes = (Shelf.hasRoom(2 * BYTES) ? BYTES : BYTES / 4) / LINE * LINE;
        table.begin(
                Math.round(bytes / (double) (1 << 20)) + " MiB of one worker in lines of 100 bytes, into "
                        + (ROTATE > 0 ? "files of " + (ROTATE >> 20) + " MiB" : "a file") + ", median of " + rounds,
                "MB/s",
                "lines lost",
                "CPU seconds of all daemons",
                "to reach");
        double[] supervisor = {0};
        for (Logger logger : Logger.values()) {
            if (!logger.isHere()) {
                table.row(logger.title, "not here", "", "", "");
                continue;
            }
            Outcome[] outcomes = new Outcome[rounds];
            for (int i = 0; i < rounds; i++) {
                try (Home home = new Home()) {
                    outcomes[i] = measure(home, logger, bytes);
                }
            }
            row(table, logger, bytes, outcomes, supervisor);
        }
    }

    private static void row(Table table, Logger logger, long bytes, Outcome[] outcomes, double[] supervisor) {
        double[] speeds = Arrays.stream(outcomes)
                .mapToDouble(each -> (bytes - each.lost * LINE) / 1e6 / each.seconds)
                .sorted()
                .toArray();
        double[] cpu =
                Arrays.stream(outcomes).mapToDouble(Outcome::cpu).sorted().toArray();
        long lost = Arrays.stream(outcomes).mapToLong(Outcome::lost).max().orElse(0);
        double speed = speeds[speeds.length / 2];
        if (logger == Logger.SUPERVISOR) {
            supervisor[0] = speed;
        }
        boolean reached = lost == 0 && speed >= supervisor[0];
        table.row(
                logger.title,
                Table.number("%.0f", speed),
                Long.toString(lost),
                Table.number("%.2f", cpu[cpu.length / 2]),
                logger == Logger.OURS && supervisor[0] > 0
                        ? Table.verdict(reached, "Supervisor's speed, none lost")
                        : "");
    }

    private static Outcome measure(Home home, Logger logger, long bytes) throws IOException {
        Peers peers = new Peers(home);
        Path go = home.path("go");
        List<String> command = List.of(peers.peer.toString(), "pour", Long.toString(bytes), go.toString());
        try (Shelf shelf = new Shelf(home)) {
            Logger.Running running = logger.start(new Logger.Job(home, peers, shelf.folder(), 1, ROTATE, command));
            Usage.pause(CALM);
            List<Long> daemons = running.daemons().pids();
            double before = Usage.seconds(daemons);
            long began = System.nanoTime();
            Files.createFile(go);
            long last = began;
            long size = 0;
            while (size < bytes
                    && last - System.nanoTime() > -SILENCE.toNanos()
                    && began - System.nanoTime() > -LONGEST.toNanos()) {
                Usage.pause(STEP);
                long now = shelf.bytes();
                last = now > size ? System.nanoTime() : last;
                size = now;
            }
            Usage.pause(STEP); // what is done behind the last byte counts, too
            double cpu = Usage.seconds(daemons) - before;
            long lines = shelf.bytes() / LINE;
            running.end().now();
            return new Outcome((last - began) / 1e9, Math.max(0, bytes / LINE - lines), cpu);
        }
    }
}
