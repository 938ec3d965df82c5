package circus.bench;

import circus.tests.harness.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder for log files, in memory where that has room, so that no disk is measured. */
final class Shelf implements AutoCloseable {
    private static final Path SHARED = Path.of("/dev/shm");
    private static final long ENOUGH = 1L << 30;

    private final Path folder;

    Shelf(Home home) throws IOException {
        folder = hasRoom(ENOUGH)
                ? Files.createTempDirectory(SHARED, "circus-bench-")
                : Files.createDirectory(home.path("logs"));
    }

    static boolean hasRoom(long bytes) throws IOException {
        return Files.isDirectory(SHARED) && Files.getFileStore(SHARED).getUsableSpace() > bytes;
    }

    Path folder() {
        return folder;
    }

    /** Of all files in it. One that is renamed or removed while it is looked at may be missed. */
    long bytes() throws IOException {
        long sum = 0;
        for (Path each : all()) {
            sum += Files.isRegularFile(each) && !each.endsWith("config") && !each.endsWith("lock") ? size(each) : 0;
        }
        return sum;
    }

    private static long size(Path file) {
        return file.toFile().length();
    }

    private List<Path> all() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.sorted(Comparator.reverseOrder()).toList();
        }
    }

    @Override
    public void close() throws IOException {
        for (Path each : all()) {
            Files.deleteIfExists(each);
        }
    }
}
