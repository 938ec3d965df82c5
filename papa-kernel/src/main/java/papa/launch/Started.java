package papa.launch;

/**
 * A process that runs.
 *
 * @param pidfd or a negated errno
 * @param startedNanos before it was made; System.nanoTime
 * @param stdoutPipe the reading end, or -1 where the channel is not captured
 * @param identity as papa's line tells it; empty if none was asked for
 */
public record Started(
        int pid, int pidfd, long startedMicros, long startedNanos, int stdoutPipe, int stderrPipe, String identity) {}
