package circus.manager.stats;

import circus.manager.watcher.Clock;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
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

    public FeedFigures(Clock clock) {
        this.figures = new ProcessFigures(
                Machine.look(),
                new ProcFiles(new File("/proc")),
                new UserNames(Path.of("/etc/passwd")),
                clock,
                IDENTITIES);
    }

    /**
     * The info object of each (contract, events-and-stats.md, 4), {@code children} empty; those that have gone are left out. Whoever is not
     * among these is forgotten.
     */
    public Map<Integer, Map<String, @Nullable Object>> look(Collection<Integer> pids) {
        return figures.ofAlone(pids);
    }
}
