package circus.manager.control;

import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;
import zmq.Adoption;

/**
 * The ZeroMQ socket of {@code stats_endpoint}: a PUB that knows who listens, so that nobody has to work for nobody. Who may come in is
 * decided as at the other endpoints ({@link Door}). A subscriber who does not read loses messages. One thread, but for {@link #close}.
 */
public final class StatsEndpoint implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StatsEndpoint.class.getName());

    /** Some seconds of a thousand workers. */
    private static final int MOST_WAITING = 5_000;

    /** JeroMQ goes into itself for each byte. */
    private static final int LONGEST_SUBSCRIPTION_BYTES = 512;

    private static final byte SUBSCRIBES = 1;
    private static final byte UNSUBSCRIBES = 0;

    /** Who subscribes again and again is not to keep others from being told. */
    private static final int MOST_NEWS = 1_000;

    private final ZContext context = new ZContext(1);
    private final ZMQ.Socket socket;
    private final Listening listening;
    private final Door door;
    private final Set<String> topics = new TreeSet<>();

    /** Waits a second for an address in use: it may be that of a circusd that is about to go. */
    public StatsEndpoint(String endpoint, Access access) throws CannotListenException {
        context.setUncaughtExceptionHandler(StatsEndpoint::failed);
        context.setNotificationExceptionHandler(StatsEndpoint::failed);
        Listening opened = null;
        boolean listens = false;
        try {
            socket = context.createSocket(SocketType.XPUB);
            socket.setSndHWM(MOST_WAITING);
            Adoption.limit(socket.base(), LONGEST_SUBSCRIPTION_BYTES);
            access.keys().ifPresent(keys -> keys.demandedBy(socket));
            opened = Listening.open(endpoint, Service.STATISTICS, socket.base(), access);
            opened.own();
            listening = opened;
            door = new Door(access, new TcpPeers(Path.of("/proc/net")), List.of(opened));
            listens = true;
        } finally {
            if (!listens) {
                if (opened != null) {
                    opened.close();
                }
                end();
            }
        }
        door.open();
    }

    private static void failed(Thread thread, Throwable mistake) {
        LOG.log(Level.ERROR, "something failed in " + thread.getName(), mistake);
    }

    /**
     * Waits so long for somebody who subscribes or leaves, and takes in all that has come.
     *
     * @throws InterruptedException also where the wait was cut short by {@link #close}
     */
    public void await(Duration most) throws InterruptedException {
        int millis = (int) Math.max(0, most.toMillis());
        try {
            for (int i = 0; i < MOST_NEWS; i++) {
                socket.setReceiveTimeOut(millis);
                byte[] news = socket.recv(0);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (news == null) {
                    return;
                }
                take(news);
                millis = 0;
            }
        } catch (ZMQException ending) {
            LOG.log(Level.DEBUG, "nobody waits for subscribers any more", ending);
            throw new InterruptedException(String.valueOf(ending.getMessage()));
        }
    }

    private void take(byte[] news) {
        if (news.length == 0) {
            return;
        }
        String topic = new String(news, 1, news.length - 1, StandardCharsets.UTF_8);
        if (news[0] == SUBSCRIBES) {
            topics.add(topic);
        } else if (news[0] == UNSUBSCRIBES) { // what is neither comes from a peer that is about to be cut off
            topics.remove(topic);
        }
    }

    /** Whether somebody wants messages of this topic, or of one that begins with it and a dot; as of the last {@link #await}. */
    public boolean isWanted(String topic) {
        for (String wanted : topics) {
            boolean isBelow = wanted.length() > topic.length()
                    && wanted.charAt(topic.length()) == '.'
                    && wanted.startsWith(topic);
            if (isBelow || topic.startsWith(wanted)) {
                return true;
            }
        }
        return false;
    }

    /** Whether anybody listens; as of the last {@link #await}. */
    public boolean hasListeners() {
        return !topics.isEmpty();
    }

    /** Never waits. */
    public void publish(byte[] topic, byte[] body) {
        if (socket.send(topic, ZMQ.SNDMORE | ZMQ.DONTWAIT)) {
            socket.send(body, ZMQ.DONTWAIT);
        }
    }

    @Override
    public void close() {
        if (!context.isClosed()) {
            door.close();
            listening.close();
            context.setLinger(0);
            end();
        }
    }

    /** Not on the thread of who closes: he is interrupted, as a rule, and JeroMQ would give up half-way and leave its threads behind. */
    private void end() {
        Thread ending = new Thread(context::close, "circus-stats-end");
        ending.start();
        boolean interrupted = false;
        while (ending.isAlive()) {
            try {
                ending.join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
