package circus.manager.control;

import circus.manager.command.Caller;
import circus.manager.control.TcpPeers.Ends;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import zmq.Adoption;

/**
 * Where connections come in, on a thread of its own, {@code circus-door}: it finds out whose each is, lets in who may, and gives those to
 * their ZeroMQ sockets. What it does for one peer may take a while, and is not done on circus-loop for that; it is done for many at once,
 * so that strangers who knock without end cannot keep others out.
 *
 * <p>Bounds: connections, by {@link Service}; {@value #MOST_SHAKING} that have not finished their handshake, the oldest of which gives way
 * to the next; {@link #HANDSHAKE} for one. All others wait in the system's queue, which is bounded too.
 */
final class Door implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Door.class.getName());
    static final int MOST_SHAKING = 64;
    static final Duration HANDSHAKE = Duration.ofSeconds(10);

    private static final int MOST_IN_A_TURN = 64;

    /** Where no descriptors are left, accepting would fail again and again. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** A peer that has vanished without a word is noticed after 30 + 3 × 10 seconds (tcp(7)). */
    private static final int ASK_AFTER_SECONDS = 30;

    private static final int ASK_AGAIN_SECONDS = 10;
    private static final int TIMES = 3;

    private final Access access;
    private final TcpPeers tcpPeers;
    private final Selector selector;
    private final Refusals refusals = new Refusals();
    private final Map<Service, AtomicInteger> connections = new EnumMap<>(Service.class);
    private final ArrayDeque<Shaking> shaking = new ArrayDeque<>();
    private final Thread thread = new Thread(this::serve, "circus-door");
    private long pausedUntilNanos;
    private boolean paused;
    private volatile boolean closed;

    private record Shaking(Connection connection, long untilNanos) {}

    private record Arrival(
            Listening at, SocketChannel channel, @Nullable Ends ends) {}

    Door(Access access, TcpPeers tcpPeers, List<Listening> listeners) {
        this.access = access;
        this.tcpPeers = tcpPeers;
        for (Service service : Service.values()) {
            connections.put(service, new AtomicInteger());
        }
        try {
            selector = Selector.open();
            for (Listening listening : listeners) {
                listening.channel().configureBlocking(false);
                listening.channel().register(selector, SelectionKey.OP_ACCEPT, listening);
            }
        } catch (IOException noDescriptors) {
            throw new UncheckedIOException(noDescriptors);
        }
        thread.setDaemon(true);
    }

    void open() {
        thread.start();
    }

    private void serve() {
        while (!closed) {
            try {
                selector.select(millisToWait());
                turn();
            } catch (IOException | RuntimeException mistake) {
                LOG.log(Level.ERROR, "something failed with a connection; circusd goes on", mistake);
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private long millisToWait() {
        long now = System.nanoTime();
        long waits = Long.MAX_VALUE;
        if (paused) {
            waits = pausedUntilNanos - now;
        }
        if (!shaking.isEmpty()) {
            waits = Math.min(waits, shaking.getFirst().untilNanos - now);
        }
        if (refusals.isPending()) {
            waits = Math.min(waits, Duration.ofSeconds(1).toNanos());
        }
        return waits == Long.MAX_VALUE ? 0 : Math.max(1, Duration.ofNanos(waits).toMillis() + 1);
    }

    private void turn() throws IOException {
        long now = System.nanoTime();
        if (paused && now - pausedUntilNanos >= 0) {
            pause(false);
        }
        List<Arrival> arrivals = new ArrayList<>();
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.isValid() && key.isAcceptable()) {
                accept((Listening) key.attachment(), arrivals);
            }
        }
        selector.selectedKeys().clear();
        Map<Ends, Integer> uids = identify(arrivals);
        for (Arrival arrival : arrivals) {
            admit(arrival, uids, now);
        }
        endLateHandshakes(now);
        refusals.tellOfOthers(now);
    }

    private void accept(Listening at, List<Arrival> arrivals) throws IOException {
        for (int i = 0; i < MOST_IN_A_TURN; i++) {
            SocketChannel channel;
            try {
                channel = at.channel().accept();
            } catch (IOException noDescriptors) {
                LOG.log(
                        Level.WARNING,
                        "cannot accept connections on {0}: {1}",
                        at.endpoint(),
                        noDescriptors.getMessage());
                pause(true);
                return;
            }
            if (channel == null) {
                return;
            }
            try {
                SocketAddress theirs = channel.getRemoteAddress();
                arrivals.add(new Arrival(
                        at,
                        channel,
                        theirs instanceof InetSocketAddress remote
                                ? new Ends((InetSocketAddress) channel.getLocalAddress(), remote)
                                : null));
            } catch (IOException gone) {
                channel.close();
            }
        }
    }

    private void pause(boolean pauses) {
        paused = pauses;
        pausedUntilNanos = System.nanoTime() + PAUSE.toNanos();
        for (SelectionKey key : selector.keys()) {
            key.interestOps(pauses ? 0 : SelectionKey.OP_ACCEPT);
        }
    }

    /** Of those that came over TCP from this machine. */
    private Map<Ends, Integer> identify(List<Arrival> arrivals) {
        List<Ends> local = arrivals.stream()
                .flatMap(arrival -> Optional.ofNullable(arrival.ends).stream())
                .filter(Ends::isLocal)
                .toList();
        try {
            return local.isEmpty() ? Map.of() : tcpPeers.uids(local);
        } catch (IOException unreadable) {
            LOG.log(
                    Level.WARNING,
                    "cannot tell whose connections are: {0}; an endpoint ipc://PATH needs no such table",
                    unreadable);
            return Map.of();
        }
    }

    private void admit(Arrival arrival, Map<Ends, Integer> uids, long now) throws IOException {
        SocketChannel channel = arrival.channel;
        boolean adopted = false;
        try {
            Caller caller = caller(arrival, uids);
            boolean local = arrival.ends == null || arrival.ends.isLocal();
            Optional<String> refusal = access.refusal(local, caller.uid());
            if (refusal.isEmpty()) {
                refusal = crowded(arrival.at.service());
            }
            if (refusal.isPresent()) {
                refusals.refused(arrival.at.endpoint() + " (" + Peers.describe(caller) + ")", refusal.get(), now);
                return;
            }
            if (arrival.ends != null) {
                tune(channel);
            }
            adopt(arrival.at, caller, channel, now);
            adopted = true;
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "a connection ended before it was served: {0}", gone);
        } finally {
            if (!adopted) {
                channel.close();
            }
        }
    }

    private static Caller caller(Arrival arrival, Map<Ends, Integer> uids) throws IOException {
        if (arrival.ends == null) {
            String path = arrival.at.endpoint().substring("ipc://".length());
            return new Caller(PeerCredentials.uid(arrival.channel), PeerCredentials.pid(arrival.channel), path);
        }
        Integer uid = uids.get(arrival.ends);
        InetSocketAddress theirs = arrival.ends.theirs();
        return new Caller(
                uid == null ? OptionalInt.empty() : OptionalInt.of(uid),
                OptionalInt.empty(),
                theirs.getAddress().getHostAddress() + ":" + theirs.getPort());
    }

    private Optional<String> crowded(Service service) {
        int now = count(service).get();
        return now < service.mostConnections
                ? Optional.empty()
                : Optional.of("there are " + now + " already, as many as are possible");
    }

    private AtomicInteger count(Service service) {
        AtomicInteger count = connections.get(service);
        if (count == null) {
            throw new IllegalStateException("nobody counts " + service);
        }
        return count;
    }

    private static void tune(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, ASK_AFTER_SECONDS);
        channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, ASK_AGAIN_SECONDS);
        channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, TIMES);
    }

    private void adopt(Listening at, Caller caller, SocketChannel channel, long now) throws IOException {
        AtomicInteger count = count(at.service());
        Connection connection = new Connection(at.service(), access.keys(), caller, channel, count::decrementAndGet);
        count.incrementAndGet();
        boolean adopted = false;
        try {
            Adoption.adopt(at.socket(), channel, connection);
            adopted = true;
        } finally {
            if (!adopted) {
                count.decrementAndGet();
            }
        }
        shaking.removeIf(other -> other.connection.isSettled());
        if (shaking.size() >= MOST_SHAKING) {
            shaking.removeFirst().connection.breakOff();
        }
        shaking.addLast(new Shaking(connection, now + HANDSHAKE.toNanos()));
    }

    private void endLateHandshakes(long now) {
        while (!shaking.isEmpty()) {
            Shaking first = shaking.getFirst();
            if (first.connection.isSettled()) {
                shaking.removeFirst();
            } else if (now - first.untilNanos >= 0) {
                shaking.removeFirst();
                first.connection.breakOff();
            } else {
                return;
            }
        }
    }

    /** Lets nobody in any more. To be called before the ZeroMQ sockets are closed. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try {
            selector.close();
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "the door's selector", gone);
        }
    }
}
