package circus.manager.arbiter;

import circus.manager.config.WatcherConfig;
import circus.manager.watcher.Launcher;
import circus.manager.watcher.SocketPlace;
import java.util.Map;
import java.util.Optional;

/**
 * Makes launchers: holds what the processes of all watchers have in common. Runs on circus-loop only.
 */
public final class Workshop {
    private final String searchPath;
    private Map<String, SocketPlace> sockets;
    private Optional<Integer> mask;

    /**
     * @param searchPath circusd's own PATH, for workers whose environment has none
     * @param sockets all held sockets, by name in lower case
     * @param mask the file mode mask of all workers; empty for the kernel's own
     */
    public Workshop(String searchPath, Map<String, SocketPlace> sockets, Optional<Integer> mask) {
        this.searchPath = searchPath;
        this.sockets = Map.copyOf(sockets);
        this.mask = mask;
    }

    Launcher launcher(WatcherConfig config) {
        return new Launcher(config, sockets, searchPath, mask);
    }

    /** From now on. */
    void sockets(Map<String, SocketPlace> held) {
        sockets = Map.copyOf(held);
    }

    /** From now on. */
    public void mask(Optional<Integer> bits) {
        mask = bits;
    }
}
