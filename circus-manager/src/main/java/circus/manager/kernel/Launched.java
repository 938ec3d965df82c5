package circus.manager.kernel;

import java.time.Instant;

/** A process that the kernel has started; {@code incarnation} is never used again, unlike the pid. */
public record Launched(long incarnation, int pid, Instant started) {}
