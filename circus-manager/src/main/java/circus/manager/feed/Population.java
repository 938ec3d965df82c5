package circus.manager.feed;

import java.util.List;
import java.util.Map;

/**
 * What there is to be told of at one moment.
 *
 * @param watchers pids by the watcher's name as topics have it
 * @param daemons by pid what circusd and its kin are called
 * @param sockets that are held for workers
 */
public record Population(Map<String, List<Integer>> watchers, Map<Integer, String> daemons, List<SocketHits> sockets) {
    /**
     * @param descriptor its number in the workers
     * @param address {@code HOST:PORT}, or the path of a Unix socket
     * @param hits how often somebody was found to be waiting there, since the last time
     */
    public record SocketHits(int descriptor, String address, long hits) {}

    static final Population NOBODY = new Population(Map.of(), Map.of(), List.of());
}
