package papa.kernel;

import papa.wire.Usage;

/**
 * A child that was reaped.
 *
 * @param status as waitpid(2) gives it
 */
record Reaped(int status, Usage usage) {}
