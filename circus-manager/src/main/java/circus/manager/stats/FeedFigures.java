package circus.manager.stats;

import circus.manager.watcher.Clock;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Figures of many processes for who wants them every second: without their children, and with shares of the processor of their own, so that
 * nobody else's questions play a part. One thread.
 */
public final class FeedFigures {
    /** A worker that gives up its rights does so when it begins, as a rule, and its looks then are few. */
    private static final Duration IDENTITIES = Duration.ofSeconds(30);

    private final ProcessFigures figures;
    private long began;

    public FeedFigures(Clock clock) {
        this.figures = new ProcessFigures(
                Machine.look(),
                new ProcFiles(new File("/proc")),
                new UserNames(Path.of("/etc/passwd")),
                clock,
                IDENTITIES);
    }

    /** Begins a round, in which everybody is looked at who is not to be forgotten. */
    public void begin() {
        began = figures.beginRound();
    }

    /** The info object of a process (contract, events-and-stats.md, 4), {@code children} empty; null if it has gone. */
    public @Nullable Map<String, @Nullable Object> look(int pid) {
        return figures.alone(pid);
    }

    /** Forgets whom nobody has looked at since {@link #begin}. */
    public void end() {
        figures.endRound(began);
    }
}
