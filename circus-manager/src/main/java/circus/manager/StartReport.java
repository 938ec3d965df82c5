package circus.manager;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/**
 * How a circusd in the background tells the one that started it how the start went: by a file that is empty when it serves, and holds the
 * reason otherwise. It is told once: after that nobody reads it any more. Where circusd runs in another program, that is told by a call. One
 * thread.
 */
final class StartReport {
    /** Names the file; taken out of the environment before any worker sees it. */
    static final String VARIABLE = "CIRCUSD_START_REPORT";

    private Optional<Path> file;
    private final Runnable serving;

    private StartReport(Optional<Path> file, Runnable serving) {
        this.file = file;
        this.serving = serving;
    }

    static StartReport from(Map<String, String> environment) {
        return new StartReport(Optional.ofNullable(environment.get(VARIABLE)).map(Path::of), () -> {});
    }

    /** @param serving called each time commands are taken, also after the kernel was lost and another one has come up */
    static StartReport to(Runnable serving) {
        return new StartReport(Optional.empty(), serving);
    }

    void serving() {
        write("");
        serving.run();
    }

    void failed(String reason) {
        write(reason);
    }

    private void write(String text) {
        if (file.isEmpty()) {
            return;
        }
        Path report = file.get();
        file = Optional.empty();
        Path draft = Path.of(report + ".draft");
        try {
            Files.writeString(draft, text, StandardCharsets.UTF_8);
            Files.move(draft, report, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException nobodyReadsIt) {
            System.getLogger(StartReport.class.getName())
                    .log(System.Logger.Level.WARNING, "cannot report the start in " + report, nobodyReadsIt);
        }
    }
}
