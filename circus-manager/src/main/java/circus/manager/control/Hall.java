package circus.manager.control;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Those who were let in to one service, and who of them has not finished his handshake. It is bounded, and whoever does what a client does
 * gets a place all the same: who takes too long for his handshake gives way to the next, and where all places are taken, who has been silent
 * for longest. circus-door uses it; connections leave on JeroMQ's I/O thread.
 */
final class Hall {
    private static final System.Logger LOG = System.getLogger(Hall.class.getName());

    /** Unfinished handshakes at a time. */
    static final int MOST_SHAKING = 128;

    /** For a handshake. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** The same, where others wait; an honest one takes a few milliseconds. */
    private static final Duration LIMIT_IN_A_CROWD = Duration.ofMillis(100);

    /** A connection that has neither asked nor been answered for so long may have to make room. */
    private static final Duration SILENT = Duration.ofSeconds(5);

    /** Those who have to make room need a moment for it. */
    private static final int MOST_LEAVING = 64;

    private final Service service;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    /** In the order in which they came. */
    private final ArrayDeque<Shaking> shaking = new ArrayDeque<>();

    private record Shaking(Connection connection, long sinceNanos) {}

    Hall(Service service) {
        this.service = service;
    }

    /** Ends handshakes that take too long; tells how many more may begin. */
    int places(long nowNanos) {
        shaking.removeIf(entry -> entry.connection.isSettled());
        boolean crowd = shaking.size() >= MOST_SHAKING;
        while (!shaking.isEmpty()) {
            Duration limit = crowd && shaking.size() > MOST_SHAKING / 2 ? LIMIT_IN_A_CROWD : LIMIT;
            if (nowNanos - shaking.getFirst().sinceNanos < limit.toNanos()) {
                break;
            }
            shaking.removeFirst().connection.breakOff();
        }
        return MOST_SHAKING - shaking.size();
    }

    /** In how many nanoseconds to look again, whether or not anybody comes; {@link Long#MAX_VALUE} for never. */
    long nanosToNext(long nowNanos) {
        if (shaking.isEmpty()) {
            return Long.MAX_VALUE;
        }
        Duration limit = shaking.size() < MOST_SHAKING ? LIMIT : LIMIT_IN_A_CROWD;
        // While it is full, handshakes that are done by then make room earlier.
        long most = shaking.size() < MOST_SHAKING ? Long.MAX_VALUE : LIMIT_IN_A_CROWD.toNanos() / 10;
        return Math.max(1, Math.min(most, shaking.getFirst().sinceNanos + limit.toNanos() - nowNanos));
    }

    /** Why nobody more can come in; empty where there is room, or room was made. */
    Optional<String> crowded(long nowNanos) {
        if (connections.size() < service.mostConnections) {
            return Optional.empty();
        }
        if (connections.size() < service.mostConnections + MOST_LEAVING && breakOffOldestHandshake(nowNanos)) {
            return Optional.empty();
        }
        Optional<Connection> silent = connections.size() < service.mostConnections + MOST_LEAVING
                ? longestSilent(nowNanos)
                : Optional.empty();
        if (silent.isEmpty()) {
            return Optional.of("there are " + connections.size() + " already, as many as are possible");
        }
        LOG.log(Level.DEBUG, "{0} makes room for another connection", silent.get());
        silent.get().breakOff();
        return Optional.empty();
    }

    /** Who has not shown who he is makes room before who has. */
    private boolean breakOffOldestHandshake(long nowNanos) {
        shaking.removeIf(entry -> entry.connection.isSettled());
        Shaking oldest = shaking.peekFirst();
        if (oldest == null || nowNanos - oldest.sinceNanos < LIMIT_IN_A_CROWD.toNanos()) {
            return false;
        }
        shaking.removeFirst();
        oldest.connection.breakOff();
        return true;
    }

    /** A subscriber is silent by nature, and none gives way. */
    private Optional<Connection> longestSilent(long nowNanos) {
        return connections.stream()
                .filter(connection ->
                        service == Service.COMMANDS && connection.silentNanos(nowNanos) > SILENT.toNanos())
                .max(Comparator.comparingLong(connection -> connection.silentNanos(nowNanos)));
    }

    /** Somebody comes in; he leaves by {@link #leave}. */
    void enter(Connection connection, long nowNanos) {
        connections.add(connection);
        shaking.addLast(new Shaking(connection, nowNanos));
    }

    /** The same for one who has shaken hands with another process: nothing has to come of him soon. */
    void enterAgain(Connection connection) {
        connections.add(connection);
    }

    /** Any thread. */
    void leave(Connection connection) {
        connections.remove(connection);
    }

    /** Any thread. */
    int size() {
        return connections.size();
    }

    /** Has the connections leave for another process that can ({@link Connection#move}). circus-loop. */
    void move() {
        connections.forEach(Connection::move);
    }

    /**
     * Ends the connections that have been silent for so long, if nothing is lost by it. Any thread.
     *
     * @param areAllMeant also those that are about to {@link Connection#move}
     */
    void dismiss(long silentNanos, long nowNanos, boolean areAllMeant) {
        for (Connection connection : connections) {
            // In this order, so that it is only between JeroMQ's reading and its noting the time that a request is
            // overlooked.
            boolean isMeant = areAllMeant || !connection.isMoving();
            if (isMeant && !connection.isBusy() && connection.silentNanos(nowNanos) >= silentNanos) {
                connection.dismiss();
            }
        }
    }
}
