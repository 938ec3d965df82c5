package circus.top;

import circus.client.CallException;
import circus.client.SshTunnel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint as it is reached from here, and the tunnel that leads there, if any.
 *
 * @param endpoint what to connect to
 */
record Reached(String endpoint, @Nullable SshTunnel tunnel) implements AutoCloseable {
    private static final Duration TO_LOG_IN = Duration.ofSeconds(20);

    /** Logs in where ssh is demanded. */
    static Reached from(Settings settings, String far) throws CallException {
        if (settings.ssh() == null) {
            return new Reached(far, null);
        }
        SshTunnel tunnel = SshTunnel.open(settings.ssh(), settings.sshKeyFile(), far, TO_LOG_IN);
        return new Reached(tunnel.endpoint(), tunnel);
    }

    @Override
    public void close() {
        if (tunnel != null) {
            tunnel.close();
        }
    }
}
