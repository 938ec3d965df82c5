package circus.cli;

import circus.client.CallException;
import circus.client.CircusClient;
import circus.client.SshTunnel;
import circus.curve.KeyFile;
import circus.curve.KeyFileException;
import java.io.Closeable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How endpoints are reached: straight, or each by a tunnel of its own, with keys or without. Keeps the tunnels open. Any thread. */
final class Route implements Closeable {
    private final Settings settings;
    private final Map<String, SshTunnel> tunnels = new HashMap<>();

    Route(Settings settings) {
        this.settings = settings;
    }

    /**
     * A client for an endpoint, which connects at its first use.
     *
     * @throws IllegalArgumentException for an endpoint or an SSH server that is none
     */
    synchronized CircusClient client(String endpoint) throws CallException, KeyFileException {
        KeyFile keys = keys();
        String server = settings.ssh();
        if (server == null) {
            return new CircusClient(endpoint, keys);
        }
        SshTunnel tunnel = tunnels.get(endpoint);
        if (tunnel == null || !tunnel.isOpen()) {
            Duration limit =
                    settings.patience().compareTo(settings.timeout()) > 0 ? settings.patience() : settings.timeout();
            tunnel = SshTunnel.open(server, settings.sshKeyFile(), endpoint, limit);
            tunnels.put(endpoint, tunnel);
        }
        return new CircusClient(tunnel, keys);
    }

    /** False when what leads to an endpoint has ended: its client is of no more use. */
    synchronized boolean isOpen(String endpoint) {
        SshTunnel tunnel = tunnels.get(endpoint);
        return tunnel == null || tunnel.isOpen();
    }

    private @Nullable KeyFile keys() throws KeyFileException {
        if (settings.curve() == null) {
            return null;
        }
        Path file = path(settings.curve());
        try {
            return KeyFile.readClient(file);
        } catch (KeyFileException unusable) {
            throw new KeyFileException("cannot use the keys in " + file + ": " + unusable.getMessage());
        }
    }

    static Path path(String text) throws KeyFileException {
        try {
            Path path = Path.of(text);
            if (text.isEmpty() || path.getFileName() == null) {
                throw new KeyFileException("cannot use '" + text + "': it is no name of a file");
            }
            return path;
        } catch (InvalidPathException malformed) {
            throw new KeyFileException("cannot use " + text + ": " + malformed.getReason());
        }
    }

    @Override
    public synchronized void close() {
        // No lambda: commands without a tunnel are not to load what makes one.
        for (SshTunnel tunnel : tunnels.values()) {
            tunnel.close();
        }
        tunnels.clear();
    }
}
