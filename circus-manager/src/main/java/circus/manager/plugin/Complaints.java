package circus.manager.plugin;

import java.lang.System.Logger.Level;
import java.time.Duration;

/** Tells of what a plugin writes that is no command: a line now and then, however much there is of it. On circus-loop. */
final class Complaints {
    private static final System.Logger LOG = System.getLogger(Complaints.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(10);

    /** Told one after the other, before there are pauses. */
    private static final int AT_ONCE = 10;

    private static final int MOST_SHOWN = 200;

    private final String plugin;
    private int told;
    private long unsaid;
    private long lastNanos = System.nanoTime();

    Complaints(String plugin) {
        this.plugin = plugin;
    }

    void tell(String line, String why) {
        long now = System.nanoTime();
        if (now - lastNanos > PAUSE.toNanos()) {
            told = 0;
        }
        if (told == AT_ONCE) {
            unsaid++;
            return;
        }
        told++;
        lastNanos = now;
        String shown = line.length() <= MOST_SHOWN ? line : line.substring(0, MOST_SHOWN) + "…";
        String more = unsaid == 0 ? "" : " (and " + unsaid + " lines before it)";
        unsaid = 0;
        LOG.log(
                Level.WARNING,
                "{0}: cannot understand what it wrote to its standard output: {1}: {2}{3}",
                plugin,
                why,
                shown,
                more);
    }
}
