package circus.manager;

import circus.client.CallException;
import circus.client.CircusClient;
import circus.client.SshTunnel;
import circus.curve.KeyFile;
import circus.curve.KeyFileException;
import circus.message.Endpoints;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The circusd, be it ours or Circus's, that a program beside it works for: where its endpoints are, and how they are reached from here, as
 * the options have it that those programs share. Filled by picocli; then one thread.
 */
final class FarCircusd {
    private static final Duration TO_LOG_IN = Duration.ofSeconds(20);

    private FarCircusd() {}

    /** Where it takes commands and publishes events, as seen from its own machine. */
    static final class Place {
        @Option(
                names = "--endpoint",
                paramLabel = "URL",
                defaultValue = Endpoints.CONTROL,
                description = "where circusd takes commands (default: ${DEFAULT-VALUE})")
        String endpoint = "";

        @Option(
                names = "--pubsub",
                paramLabel = "URL",
                defaultValue = Endpoints.PUBSUB,
                description = "where circusd publishes events (default: ${DEFAULT-VALUE})")
        String pubsub = "";
    }

    /** By which way all of its endpoints are reached. */
    static final class Way {
        @Option(
                names = "--curve",
                paramLabel = "FILE",
                description = "keys, where circusd demands them (circusctl keygen)")
        private @Nullable Path curve;

        @Option(names = "--ssh", paramLabel = "USER@HOST", description = "reach circusd through ssh")
        private @Nullable String ssh;

        @Option(names = "--ssh_keyfile", paramLabel = "FILE", description = "the private key for ssh")
        private @Nullable String sshKeyFile;

        /** Read anew; null where no file is named. */
        @Nullable
        KeyFile keys() throws KeyFileException {
            return curve == null ? null : KeyFile.readClient(curve);
        }

        /**
         * Logs in where ssh is demanded, within 20 s.
         *
         * @param far an endpoint of that circusd
         * @param keys for it, if any
         * @throws IllegalArgumentException ssh is demanded, and the server or the endpoint is written in another way than they are
         */
        Reached reach(String far, @Nullable KeyFile keys) throws CallException {
            return new Reached(far, ssh == null ? null : SshTunnel.open(ssh, sshKeyFile, far, TO_LOG_IN), keys);
        }
    }

    /**
     * One of its endpoints, as it is reached from here.
     *
     * @param far as that circusd has it
     * @param tunnel that leads there, if any
     */
    record Reached(
            String far,
            @Nullable SshTunnel tunnel,
            @Nullable KeyFile keys) implements AutoCloseable {
        /** What there is to connect to on this machine. */
        String near() {
            return tunnel == null ? far : tunnel.endpoint();
        }

        /**
         * A new one, which is to be closed before this is, and knows of the tunnel: what that says is in its errors.
         *
         * @throws IllegalArgumentException for an endpoint that is written in another way than they are
         */
        CircusClient client() {
            return tunnel == null ? new CircusClient(far, keys) : new CircusClient(tunnel, keys);
        }

        @Override
        public void close() {
            if (tunnel != null) {
                tunnel.close();
            }
        }
    }
}
