package circus.manager.control;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import zmq.Adoption;

/**
 * The two ZeroMQ sockets of the manager, and the endpoints at which they are reached. JeroMQ binds nothing itself: its {@code ipc://} would
 * be a TCP port without protection, and it does not tell who connects. A {@link Door} accepts, and gives it who may.
 *
 * <p>Made by one thread, then used on circus-loop only, which never waits for a peer: whoever does not read loses.
 */
public final class Endpoints implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Endpoints.class.getName());

    /** A start or stop of everything must fit, for each subscriber, while it reads. */
    private static final int MOST_EVENTS_WAITING = 20_000;

    /** Of one peer; then it is not read any more, until circus-loop has looked at some of them. */
    private static final int MOST_REQUESTS_WAITING = 200;

    /** No request of ours comes near. */
    private static final int LONGEST_REQUEST_BYTES = 512 << 10;

    /** JeroMQ goes into itself for each byte, on circus-loop. */
    private static final int LONGEST_SUBSCRIPTION_BYTES = 512;

    private final Access access;
    private final ZContext context = new ZContext(1);
    private final ZMQ.Socket router;
    private final ZMQ.Socket publisher;
    private final List<Listening> listeners = new ArrayList<>();
    private @Nullable Door door;

    public Endpoints(String endpoint, String pubsubEndpoint, Access access) throws CannotListenException {
        this(endpoint, pubsubEndpoint, access, List.of());
        open();
    }

    /**
     * The endpoints of another circusd, whose sockets listen already. Nobody comes in before {@link #open}.
     *
     * @param descriptors as that one's {@link #descriptors} told them, by their numbers in this process
     */
    public static Endpoints inherit(String endpoint, String pubsubEndpoint, Access access, List<Integer> descriptors)
            throws CannotListenException {
        return new Endpoints(endpoint, pubsubEndpoint, access, descriptors);
    }

    private Endpoints(String endpoint, String pubsubEndpoint, Access access, List<Integer> descriptors)
            throws CannotListenException {
        this.access = access;
        context.setNotificationExceptionHandler(Endpoints::failed);
        context.setUncaughtExceptionHandler(Endpoints::failed);
        router = context.createSocket(SocketType.ROUTER);
        // Replies are counted by their bytes: Service.MOST_REPLY_BYTES.
        router.setSndHWM(0);
        router.setRcvHWM(MOST_REQUESTS_WAITING);
        Adoption.limit(router.base(), LONGEST_REQUEST_BYTES);
        publisher = context.createSocket(SocketType.PUB);
        publisher.setSndHWM(MOST_EVENTS_WAITING);
        Adoption.limit(publisher.base(), LONGEST_SUBSCRIPTION_BYTES);
        access.keys().ifPresent(keys -> {
            keys.demandedBy(router);
            keys.demandedBy(publisher);
        });
        try {
            listen(
                    endpoint,
                    Service.COMMANDS,
                    router,
                    access,
                    descriptors.stream().findFirst());
            listen(
                    pubsubEndpoint,
                    Service.EVENTS,
                    publisher,
                    access,
                    descriptors.stream().skip(1).findFirst());
        } catch (CannotListenException e) {
            close(Duration.ZERO);
            throw e;
        }
        door = new Door(access, new TcpPeers(Path.of("/proc/net")), listeners);
    }

    /** What was taken over from another process is only ours by now: it goes when we do. */
    public void own() {
        listeners.forEach(Listening::own);
    }

    /** Lets connections in, from now on; also again after {@link #shut}. */
    public void open() {
        if (door != null) {
            door.open();
        }
    }

    /** Lets nobody in any more; who is inside stays, and who knocks waits in the system's queue. */
    public void shut() {
        if (door != null) {
            door.shut();
        }
    }

    /** The sockets at which this listens, for another process; they stay ours too. */
    public List<Integer> descriptors() throws IOException {
        List<Integer> numbers = new ArrayList<>();
        for (Listening listening : listeners) {
            numbers.add(Descriptors.number(listening.channel()));
        }
        return numbers;
    }

    /** How many are inside. Any thread. */
    public int connections() {
        return door == null ? 0 : door.connections();
    }

    /**
     * Has the connections by which requests come leave, open as they are, for another process: each as soon as no request of it is under way.
     * Those with keys, which nobody else has, stay, and so do subscribers.
     */
    public void move() {
        if (door != null) {
            door.move();
        }
    }

    /** The next of those that have left; null where there is none now. Whoever takes it ends it, or has another process go on with it. */
    public @Nullable Moved moved() {
        return door == null ? null : door.moved();
    }

    /**
     * Goes on with a connection that has {@link #move moved} here. Its peer must be one whom this process would let in. Any thread.
     *
     * @param descriptor belongs to this from now on
     * @param identity what the peer calls itself: at most 255 characters, each a byte
     */
    public void resume(int descriptor, String identity) {
        if (door != null) {
            door.resume(descriptor, identity);
        }
    }

    /**
     * Ends the connections that have been silent for so long.
     *
     * @param areAllMeant also those that are about to {@link #move}
     */
    public void dismiss(Duration silent, boolean areAllMeant) {
        if (door != null) {
            door.dismiss(silent, areAllMeant);
        }
    }

    /** Another process listens here from now on: {@link #close} is to leave the files of Unix sockets alone. */
    public void bequeath() {
        listeners.replaceAll(Listening::bequeathed);
    }

    /** A thread of JeroMQ's tells of a mistake that nothing else deals with. */
    private static void failed(Thread thread, Throwable mistake) {
        LOG.log(Level.ERROR, "something failed in " + thread.getName(), mistake);
    }

    private void listen(
            String endpoint, Service service, ZMQ.Socket socket, Access access, Optional<Integer> descriptor)
            throws CannotListenException {
        Listening listening = descriptor.isPresent()
                ? Listening.inherit(endpoint, service, socket.base(), descriptor.get())
                : Listening.open(endpoint, service, socket.base(), access);
        listeners.add(listening);
        if (isReachableFromOutside(listening) && access.keys().isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    access.open()
                            ? "anybody who can reach {0} can use it, since endpoint_open = true and there are no keys"
                            : "{0} serves this machine only; for others give keys (curve_server_key, curve_clients), or set"
                                    + " endpoint_open = true",
                    endpoint);
        }
    }

    private static boolean isReachableFromOutside(Listening listening) {
        try {
            return listening.isReachableFromOutside();
        } catch (IOException closed) {
            return false;
        }
    }

    /** Who may come in. */
    public Access access() {
        return access;
    }

    public ZMQ.Socket router() {
        return router;
    }

    public ZMQ.Socket publisher() {
        return publisher;
    }

    /**
     * Has a selector woken when something reaches one of the sockets. It is not told a second time of what has not been
     * looked for since, so {@link #hasRequests} has to be asked before each wait. JeroMQ's own poller is not used, since it
     * says of any other channel that it can be read once it ever could.
     */
    public void register(Selector selector) throws ClosedChannelException {
        router.getFD().register(selector, SelectionKey.OP_READ);
        publisher.getFD().register(selector, SelectionKey.OP_READ);
    }

    /** Takes in what has reached the sockets: connections, subscriptions and requests. Whether there is a request to be received. */
    public boolean hasRequests() {
        publisher.getEvents();
        return (router.getEvents() & ZMQ.Poller.POLLIN) != 0;
    }

    /** Closes both; what has been sent gets so much time to go out. */
    public void close(Duration linger) {
        if (context.isClosed()) {
            return;
        }
        if (door != null) {
            door.close();
        }
        listeners.forEach(Listening::close);
        context.setLinger((int) linger.toMillis());
        context.close();
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }
}
