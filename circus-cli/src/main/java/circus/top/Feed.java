package circus.top;

import org.jspecify.annotations.Nullable;

/**
 * How the two connections are, as the screen tells. A value.
 *
 * @param lost why the feed cannot be had; empty while nothing is known to be wrong
 * @param control why the command endpoint does not answer; empty when it does, null when nothing is known yet
 */
record Feed(
        String endpoint,
        String controlEndpoint,
        String lost,
        @Nullable String control) {}
