package circus.manager.watcher;

import java.time.Instant;

/**
 * What a watcher was last told to do as a whole: to start, stop, restart or reload.
 *
 * @param behalf the command, and who gave it
 * @param time when it came
 */
public record Asked(Behalf behalf, Instant time) {}
