package circus.manager;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code --daemon}: starts another circusd in a session of its own, waits until it serves, and reports how that went by the exit code. Its
 * standard streams are /dev/null; it logs to its log file.
 */
final class Background {
    private static final long LOOK_MILLIS = 10;

    private Background() {}

    /** @return the exit code for this process */
    static int start(Arguments arguments) throws StartupException {
        String home = System.getProperty("circus.home");
        if (home == null) {
            throw new StartupException(
                    "cannot run in the background: the system property circus.home does not say where bin/circusd is");
        }
        List<String> words = new ArrayList<>(
                List.of("setsid", Path.of(home, "bin", "circusd").toString()));
        words.addAll(arguments.inForeground());
        try {
            Path folder = Files.createTempDirectory("circusd-");
            Path report = folder.resolve("start");
            try {
                return start(words, report);
            } finally {
                Files.deleteIfExists(report);
                Files.delete(folder);
            }
        } catch (IOException cannot) {
            throw new StartupException("cannot run in the background: " + cannot);
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            throw new StartupException("interrupted while circusd started in the background");
        }
    }

    private static int start(List<String> words, Path report) throws IOException, InterruptedException {
        File nothing = new File("/dev/null");
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectInput(nothing)
                .redirectOutput(nothing)
                .redirectError(nothing);
        builder.environment().put(StartReport.VARIABLE, report.toString());
        Process daemon = builder.start();
        while (!Files.exists(report)) {
            if (daemon.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS) && !Files.exists(report)) {
                System.err.println("circusd: " + end(daemon.exitValue()) + " before it served");
                return 1;
            }
        }
        String failure = Files.readString(report, StandardCharsets.UTF_8);
        if (failure.isEmpty()) {
            return 0;
        }
        System.err.println(failure);
        return daemon.waitFor(5, TimeUnit.SECONDS) ? Math.max(1, daemon.exitValue()) : 1;
    }

    /** As the JDK tells it: 128 + N after signal N. */
    private static String end(int code) {
        return code > 128 ? "ended by signal " + (code - 128) : "ended with exit code " + code;
    }
}
