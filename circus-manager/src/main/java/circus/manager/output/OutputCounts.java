package circus.manager.output;

/**
 * What the output path has done since it was started.
 *
 * @param bytesWritten to log files, prefixes included
 * @param bytesLost dropped by the kernel and told in log files
 * @param filesOnHold files that cannot be written at present
 * @param troubles how often a file became unwritable
 */
public record OutputCounts(long bytesWritten, long bytesLost, int filesOnHold, long troubles) {
    static final OutputCounts NONE = new OutputCounts(0, 0, 0, 0);
}
