package circus.manager.stats;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who a process is: its user and the first word of its command line. That takes more than half of a look (17 and 10 of 47 ms for 1,000 processes)
 * and hardly ever changes, so it is looked up again only after an exec, which gives a process another name, or when it is
 * {@value #SECONDS} s old, or as old as whoever made this allows. Of no more than {@value CpuShares#MOST_KEPT} processes; of others each time. One thread.
 */
final class Identities {
    private static final int SECONDS = 5;
    static final Duration LONGEST = Duration.ofSeconds(SECONDS);

    /**
     * @param user its number, or null where it may not be known
     * @param firstWord or null, likewise
     */
    record Identity(
            long startTicks,
            int name,
            long readNanos,
            @Nullable Integer user,
            @Nullable String firstWord) {}

    private final ProcFiles files;
    private final long longestNanos;
    private final Map<Integer, Identity> kept = new HashMap<>();

    /** @param longest how old what was looked up may be */
    Identities(ProcFiles files, Duration longest) {
        this.files = files;
        this.longestNanos = longest.toNanos();
    }

    /** @param now on a clock that never goes back */
    Identity of(ProcessStat process, long now) throws GoneException {
        Identity before = kept.get(process.pid());
        // A zombie has lost its command line, but not its name.
        if (before != null
                && before.startTicks() == process.startTicks()
                && before.name() == process.name()
                && now - before.readNanos() < longestNanos
                && !process.isZombie()) {
            return before;
        }
        Identity read =
                new Identity(process.startTicks(), process.name(), now, user(process.pid()), firstWord(process.pid()));
        if (before != null || kept.size() < CpuShares.MOST_KEPT) {
            kept.put(process.pid(), read);
        }
        return read;
    }

    private @Nullable Integer user(int pid) throws GoneException {
        try {
            return files.user(pid);
        } catch (GoneException gone) {
            throw gone;
        } catch (IOException hidden) {
            return null;
        }
    }

    private @Nullable String firstWord(int pid) throws GoneException {
        try {
            return files.firstWord(pid);
        } catch (GoneException gone) {
            throw gone;
        } catch (IOException hidden) {
            return null;
        }
    }

    /** Forgets what would be looked up again anyhow. */
    void forgetOld(long now) {
        kept.values().removeIf(each -> now - each.readNanos() >= longestNanos);
    }
}
