package circus.cli;

import circus.command.CommandSpec;
import circus.message.Endpoints;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the options before the command say. A value.
 *
 * @param endpoint as given; null for the default, which differs from command to command
 * @param environmentEndpoint the variable CIRCUSCTL_ENDPOINT, or null
 * @param curve the file of keys, or null
 * @param timeout for each reply
 * @param json print the reply itself
 * @param prettify with json: indented, sorted, and coloured on a terminal
 */
record Settings(
        @Nullable String endpoint,
        @Nullable String environmentEndpoint,
        @Nullable String curve,
        Duration timeout,
        boolean json,
        boolean prettify) {
    /** Where a command goes. {@code listen} takes the PUB endpoint, and the environment does not count for it. */
    String endpointFor(CommandSpec command) {
        if (endpoint != null) {
            return endpoint;
        }
        if (command == CommandSpec.LISTEN) {
            return Endpoints.PUBSUB;
        }
        return environmentEndpoint == null ? Endpoints.CONTROL : environmentEndpoint;
    }
}
