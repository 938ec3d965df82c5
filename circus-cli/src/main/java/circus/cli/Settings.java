package circus.cli;

import circus.command.CommandDeclaration;
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
 * @param ssh the server by way of which endpoints are reached, or null
 * @param sshKeyFile the private key for it, or null
 * @param timeout for each reply
 * @param patience how long circusd may take to be there
 * @param json print the reply itself
 * @param prettify with json: indented, sorted, and coloured on a terminal
 * @param colours whether a terminal may show colours
 */
record Settings(
        @Nullable String endpoint,
        @Nullable String environmentEndpoint,
        @Nullable String curve,
        @Nullable String ssh,
        @Nullable String sshKeyFile,
        Duration timeout,
        Duration patience,
        boolean json,
        boolean prettify,
        boolean colours) {
    /** Where a command goes. {@code listen} takes the PUB endpoint, and the environment does not count for it. */
    String endpointFor(CommandDeclaration command) {
        if (endpoint != null) {
            return endpoint;
        }
        if (command == CommandSpec.LISTEN) {
            return Endpoints.PUBSUB;
        }
        return environmentEndpoint == null ? Endpoints.CONTROL : environmentEndpoint;
    }

    /** The same for what nobody has asked to wait for. */
    Settings atOnce() {
        return new Settings(
                endpoint, environmentEndpoint, curve, ssh, sshKeyFile, timeout, Duration.ZERO, json, prettify, colours);
    }
}
