package circus.manager.watcher;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the command kill asks of a watcher.
 *
 * @param pid of the only process that is meant; empty for all that run
 * @param signum empty for the watcher's stop signal
 * @param grace how long who is asked may take; empty for the watcher's graceful_timeout
 * @param behalf who asks
 */
public record KillOrder(OptionalLong pid, OptionalInt signum, Optional<Duration> grace, Behalf behalf) {}
