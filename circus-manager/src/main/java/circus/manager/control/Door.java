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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import zmq.Adoption;

/**
 * Where connections come in, on a thread of its own, {@code circus-door}: it finds out whose each is, lets in who may, and gives those to
 * their ZeroMQ sockets. What it does for one peer may take a while, and is not done on circus-loop for that; it is done for many at once,
 * so that strangers who knock without end cannot keep others out. How many may be inside is for {@link Hall}; all others wait in the
 * system's queue, which is bounded too.
 */
final class Door implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Door.class.getName());
    private static final int MOST_IN_A_TURN = 64;

    /** Where no descriptors are left, accepting would fail again and again. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final Duration TO_TELL = Duration.ofSeconds(1);

    /** A peer that has vanished without a word is noticed after 30 + 3 × 10 seconds (tcp(7)). */
    private static final int ASK_AFTER_SECONDS = 30;

    private static final int ASK_AGAIN_SECONDS = 10;
    private static final int TIMES = 3;

    private final Access access;
    private final TcpPeers tcpPeers;
    private final Selector selector;
    private final Refusals refusals = new Refusals();
    private final List<Entrance> entrances = new ArrayList<>();
    private final Thread thread = new Thread(this::serve, "circus-door");

    /** Bounded by how many are let in. */
    private final ConcurrentLinkedQueue<Moved> moved = new ConcurrentLinkedQueue<>();

    /** Bounded by how many another process had let in. */
    private final ConcurrentLinkedQueue<Resumed> resumed = new ConcurrentLinkedQueue<>();

    private volatile boolean closed;
    private volatile boolean isShut;

    /** @param key asks for new connections only while there is room for them */
    private record Entrance(Listening at, Hall hall, SelectionKey key) {}

    private record Resumed(int descriptor, String identity) {}

    /** @param identity of a peer that has shaken hands with another process; null for one that comes anew */
    private record Arrival(
            Entrance through,
            SocketChannel channel,
            @Nullable Ends ends,
            @Nullable String identity) {
        boolean isLocal() {
            return ends == null || ends.isLocal();
        }

        /** Whether its peer, known elsewhere, has closed: no table shows it, and it has no address any more ({@link Descriptors}). */
        boolean hasLeftMeanwhile(Caller caller) {
            boolean isUnknown = caller.uid().isEmpty()
                    && ends != null
                    && (ends.isLocal() || ends.theirs().getPort() == 0);
            return identity != null && isUnknown;
        }
    }

    /** Shut at first. */
    Door(Access access, TcpPeers tcpPeers, List<Listening> listeners) {
        this.access = access;
        this.tcpPeers = tcpPeers;
        try {
            selector = Selector.open();
            for (Listening at : listeners) {
                at.channel().configureBlocking(false);
                SelectionKey key = at.channel().register(selector, SelectionKey.OP_ACCEPT);
                entrances.add(new Entrance(at, new Hall(at.service()), key));
            }
        } catch (IOException noDescriptors) {
            throw new UncheckedIOException(noDescriptors);
        }
        thread.setDaemon(true);
    }

    /** From now on, and again after {@link #shut}. */
    void open() {
        isShut = false;
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
        selector.wakeup();
    }

    /** Lets nobody in from the next turn on. */
    void shut() {
        isShut = true;
        selector.wakeup();
    }

    /** Any thread. */
    int connections() {
        return entrances.stream().mapToInt(entrance -> entrance.hall.size()).sum();
    }

    /** Has connections leave for another process. circus-loop. */
    void move() {
        entrances.forEach(entrance -> entrance.hall.move());
    }

    /** The next that has left; null where there is none. Any thread. */
    @Nullable
    Moved moved() {
        return moved.poll();
    }

    /** Goes on with a connection of another process, also while the door is shut. Any thread. */
    void resume(int descriptor, String identity) {
        resumed.add(new Resumed(descriptor, identity));
        selector.wakeup();
    }

    /** Ends the connections of those who have been silent for so long. Any thread. */
    void dismiss(Duration silent, boolean areAllMeant) {
        long now = System.nanoTime();
        entrances.forEach(entrance -> entrance.hall.dismiss(silent.toNanos(), now, areAllMeant));
    }

    private void serve() {
        while (!closed) {
            try {
                selector.select(millisToWait());
                selector.selectedKeys().clear();
                turn();
            } catch (IOException | RuntimeException | OutOfMemoryError mistake) {
                LOG.log(Level.ERROR, "something failed with a connection; circusd goes on", mistake);
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** 0 for as long as it takes. */
    private long millisToWait() {
        long now = System.nanoTime();
        long nanos = refusals.isPending() ? TO_TELL.toNanos() : Long.MAX_VALUE;
        for (Entrance entrance : entrances) {
            nanos = Math.min(nanos, entrance.hall.nanosToNext(now));
        }
        return nanos == Long.MAX_VALUE ? 0 : Duration.ofNanos(nanos).toMillis() + 1;
    }

    private void turn() throws IOException {
        long now = System.nanoTime();
        List<Arrival> arrivals = new ArrayList<>();
        for (Resumed next = resumed.poll(); next != null; next = resumed.poll()) {
            resume(next, arrivals);
        }
        for (Entrance entrance : entrances) {
            int places = isShut ? 0 : entrance.hall.places(now);
            accept(entrance, Math.min(places, MOST_IN_A_TURN), arrivals);
        }
        Map<Ends, Integer> uids = identify(arrivals);
        for (Arrival arrival : arrivals) {
            try {
                admit(arrival, uids, now);
            } catch (RuntimeException mistake) {
                LOG.log(Level.ERROR, "a connection could not be let in; the others are", mistake);
            }
        }
        for (Entrance entrance : entrances) {
            entrance.key.interestOps(!isShut && entrance.hall.places(now) > 0 ? SelectionKey.OP_ACCEPT : 0);
        }
        refusals.tellOfOthers(now);
    }

    private void accept(Entrance entrance, int most, List<Arrival> arrivals) throws IOException {
        for (int i = 0; i < most; i++) {
            SocketChannel channel;
            try {
                channel = entrance.at.channel().accept();
            } catch (IOException noDescriptors) {
                refusals.refused(
                        entrance.at.endpoint(),
                        "it cannot be accepted: " + noDescriptors.getMessage(),
                        System.nanoTime());
                LockSupport.parkNanos(PAUSE.toNanos());
                return;
            }
            if (channel == null) {
                return;
            }
            try {
                arrivals.add(new Arrival(entrance, channel, ends(channel), null));
            } catch (IOException gone) {
                channel.close();
            }
        }
    }

    private static @Nullable Ends ends(SocketChannel channel) throws IOException {
        SocketAddress theirs = channel.getRemoteAddress();
        return theirs instanceof InetSocketAddress remote
                ? new Ends((InetSocketAddress) channel.getLocalAddress(), remote)
                : null;
    }

    private void resume(Resumed next, List<Arrival> arrivals) throws IOException {
        for (Entrance entrance : entrances) {
            if (entrance.at.service() == Service.COMMANDS) {
                SocketChannel channel = Descriptors.accepted(next.descriptor, entrance.at.family());
                try {
                    arrivals.add(new Arrival(entrance, channel, ends(channel), next.identity));
                } catch (IOException gone) {
                    channel.close();
                }
            }
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
                    unreadable.toString());
            return Map.of();
        }
    }

    private void admit(Arrival arrival, Map<Ends, Integer> uids, long now) throws IOException {
        boolean adopted = false;
        try {
            Caller caller = caller(arrival, uids);
            Optional<String> refusal = access.refusal(arrival.isLocal(), caller.uid())
                    .or(() -> arrival.identity != null && access.keys().isPresent()
                            ? Optional.of("it was let in without a key")
                            : Optional.empty())
                    .or(() -> arrival.through.hall.crowded(now));
            if (refusal.isPresent() && arrival.hasLeftMeanwhile(caller)) {
                LOG.log(Level.DEBUG, "{0} has gone while its connection moved", Peers.describe(caller));
            } else if (refusal.isPresent()) {
                String who = arrival.through.at.endpoint() + " (" + Peers.describe(caller) + ")";
                refusals.refused(who, refusal.get(), now);
            } else {
                adopt(arrival, caller, now);
                adopted = true;
            }
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "a connection ended before it was served: {0}", gone);
        } finally {
            if (!adopted) {
                arrival.channel.close();
            }
        }
    }

    private static Caller caller(Arrival arrival, Map<Ends, Integer> uids) throws IOException {
        if (arrival.ends == null) {
            String path = arrival.through.at.endpoint().substring("ipc://".length());
            return new Caller(PeerCredentials.uid(arrival.channel), PeerCredentials.pid(arrival.channel), path);
        }
        Integer uid = uids.get(arrival.ends);
        InetSocketAddress theirs = arrival.ends.theirs();
        return new Caller(
                uid == null ? OptionalInt.empty() : OptionalInt.of(uid),
                OptionalInt.empty(),
                theirs.getAddress().getHostAddress() + ":" + theirs.getPort());
    }

    private void adopt(Arrival arrival, Caller caller, long now) throws IOException {
        SocketChannel channel = arrival.channel;
        if (arrival.ends != null) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, ASK_AFTER_SECONDS);
            channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, ASK_AGAIN_SECONDS);
            channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, TIMES);
        }
        Listening at = arrival.through.at;
        Hall hall = arrival.through.hall;
        Connection connection =
                new Connection(at.service(), access.keys(), caller, channel, refusals, moved::add, hall::leave);
        if (arrival.identity == null) {
            hall.enter(connection, now);
        } else {
            hall.enterAgain(connection);
        }
        boolean adopted = false;
        try {
            connection.adopted(
                    arrival.identity == null
                            ? Adoption.adopt(at.socket(), channel, connection)
                            : Adoption.resume(at.socket(), channel, connection, bytes(arrival.identity)));
            adopted = true;
        } finally {
            if (!adopted) {
                connection.ended();
            }
        }
    }

    private static byte[] bytes(String identity) {
        return identity.getBytes(StandardCharsets.ISO_8859_1);
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
            LOG.log(Level.DEBUG, "the door cannot be closed", gone);
        }
    }
}
