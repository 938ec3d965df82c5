package circus.bench;

import circus.tests.harness.Commands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A JVM with a daemon's own options, class path and archive that only tells its version: as fast as that program can come up at all. */
final class BareJvm {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private BareJvm() {}

    /**
     * From its exec to its end, in nanoseconds.
     *
     * @param pid of a daemon that runs
     * @param main its class
     */
    static long nanos(long pid, String main) throws IOException {
        Path process = Path.of("/proc/" + pid);
        String[] words = Files.readString(process.resolve("cmdline"), StandardCharsets.UTF_8)
                .split("\0", -1);
        List<String> command = new ArrayList<>(
                List.of(Files.readSymbolicLink(process.resolve("exe")).toString()));
        for (int i = 1; !command.get(i - 1).equals(main); i++) {
            command.add(words[i]);
        }
        command.add("--version");
        long began = System.nanoTime();
        Commands.run(LIMIT, new ProcessBuilder(command)).mustSucceed();
        return System.nanoTime() - began;
    }
}
