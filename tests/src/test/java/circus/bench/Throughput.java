package circus.bench;

import circus.tests.harness.Home;
import circus.tests.harness.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** All that one child writes, into a file: by two {@code cat}s, and by a kernel and its follower. Interleaved rounds. */
final class Throughput {
    private static final long MOST_BYTES = 1L << 30;

    private final int rounds;

    Throughput(int rounds) {
        this.rounds = rounds;
    }

    void run(Table table) throws IOException {
        Path shared = Path.of("/dev/shm");
        boolean inMemory =
                Files.isDirectory(shared) && Files.getFileStore(shared).getUsableSpace() > 2 * MOST_BYTES;
        try (Home home = new Home()) {
            Path folder = inMemory ? Files.createTempDirectory(shared, "circus-bench-") : home.directory();
            Path file = folder.resolve("output");
            try {
                measure(table, home, file, inMemory ? MOST_BYTES : MOST_BYTES / 4);
            } finally {
                Files.deleteIfExists(file);
                if (inMemory) {
                    Files.delete(folder);
                }
            }
        }
    }

    private void measure(Table table, Home home, Path file, long bytes) throws IOException {
        Peers peers = new Peers(home);
        Kernel kernel = home.kernel();
        String size = Long.toString(bytes);
        List<String> cats = List.of("sh", "-c", peers.peer + " pour " + size + " | cat | cat > " + file);
        List<String> follow = peers.client(
                kernel.socket(),
                List.of("follow", file.toString()),
                "stderr=0",
                "--",
                peers.peer.toString(),
                "pour",
                size);
        long[] byCats = new long[rounds];
        long[] byPapa = new long[rounds];
        for (int i = -1; i < rounds; i++) {
            long began = System.nanoTime();
            Tools.run(cats);
            long catNanos = System.nanoTime() - began;
            check(file, bytes);
            long papaNanos = Peers.nanos("followed", follow);
            check(file, bytes);
            if (i >= 0) {
                byCats[i] = catNanos;
                byPapa[i] = papaNanos;
            }
        }
        double cat = new Figures(byCats).millis(0.5);
        double papa = new Figures(byPapa).millis(0.5);
        table.begin((bytes >> 20) + " MiB of one child, into a file, median of " + rounds, "ms", "MB/s", "to reach");
        row(table, "two cats in a row, file", cat, bytes, "");
        row(table, "papa, follower, file", papa, bytes, Table.verdict(papa <= cat, "the speed of the cats"));
    }

    private static void check(Path file, long bytes) throws IOException {
        if (Files.size(file) != bytes) {
            throw new IOException(Files.size(file) + " bytes came, not " + bytes);
        }
        Files.delete(file);
    }

    private static void row(Table table, String name, double millis, long bytes, String verdict) {
        table.row(name, Table.number("%.0f", millis), Table.number("%.0f", bytes / 1e6 / (millis / 1e3)), verdict);
    }
}
