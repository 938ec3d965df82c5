package circus.manager.kernel;

import java.time.Instant;

/**
 * The end of one incarnation.
 *
 * @param code 0 to 255, or minus the number of the signal that ended it
 * @param leftovers how many descendants it left behind
 */
public record Exit(long incarnation, int code, Instant time, int leftovers) {}
