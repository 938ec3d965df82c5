package circus.manager.output;

import java.util.Map;

/**
 * What the output path has done since it was started.
 *
 * @param bytesWritten to log files, prefixes included
 * @param bytesLost dropped by the kernel and told in log files
 * @param filesOnHold files that cannot be written at present
 * @param troubles how often a file became unwritable, or another sink failed
 * @param byWatcher the watchers, in lower case, with whose output something is or was wrong
 */
public record OutputCounts(
        long bytesWritten, long bytesLost, int filesOnHold, long troubles, Map<String, OutputTrouble> byWatcher) {
    static final OutputCounts NONE = new OutputCounts(0, 0, 0, 0, Map.of());

    public OutputCounts {
        byWatcher = Map.copyOf(byWatcher);
    }

    /** With those of sinks that are no files. */
    OutputCounts withTroubles(long more) {
        return more == 0 ? this : new OutputCounts(bytesWritten, bytesLost, filesOnHold, troubles + more, byWatcher);
    }
}
