package circus.library;

import java.nio.file.Path;
import java.util.Map;

/**
 * A listening socket that the manager opens and workers share: what a section {@code [socket:NAME]} of a configuration file says. A watcher
 * with {@code use_sockets} gets its number as {@code $(circus.sockets.NAME)}. Immutable; any thread.
 */
public final class Socket {
    private final String name;
    private final Map<String, String> options;

    private Socket(String name, Map<String, String> options) {
        this.name = name;
        this.options = options;
    }

    /**
     * Of TCP.
     *
     * @param port 0 for one that is free
     */
    public static Socket tcp(String name, String host, int port) {
        return new Socket(name, Map.of()).option("host", host).option("port", port);
    }

    /** A Unix socket. */
    public static Socket unix(String name, Path path) {
        return new Socket(name, Map.of()).option("path", path);
    }

    /** Any other option, by its name in a configuration file: {@code option("so_reuseport", true)}. */
    public Socket option(String key, Object value) {
        return new Socket(name, Watcher.with(options, key, String.valueOf(value)));
    }

    String name() {
        return name;
    }

    Map<String, String> options() {
        return options;
    }
}
