package circus.manager.kernel;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import papa.client.Hello;
import papa.client.KernelChannel;
import papa.client.PapaException;

/**
 * Copies of all that the kernel holds, so that it can be killed without loss: a connection into which it puts descriptors (papa's verb
 * {@code copies}), and which nobody reads. So they lie with the operating system, cost this process nothing, and stay open as long as it
 * does not close the connection. When the kernel was killed, the next one gets that connection, and takes them out.
 *
 * <p>What the kernel has closed since stays open there, so the connection is replaced by a new one whenever that may be much: after {@link
 * #MOST_CHANGES} starts of processes. A socket that is to be closed for good is not to stay open: before, all copies are dropped, and
 * taken anew when it is closed. The thread {@code circus-copies} does what waits for the kernel; all methods may be called on any thread.
 */
public final class Copies {
    private static final System.Logger LOG = System.getLogger(Copies.class.getName());

    /** The connection has room for more than twice as many messages. */
    private static final int MOST_CHANGES = 100;

    private final Path socket;
    private final String lease;
    private final long epoch;
    private final Object lock = new Object();

    // ---- guarded by lock
    private @Nullable SocketChannel held;
    private @Nullable Thread taking;
    private boolean wanted;
    private boolean closed;
    private int changes;
    private long drops;

    private Copies(Path socket, String lease, long epoch) {
        this.socket = socket;
        this.lease = lease;
        this.epoch = epoch;
    }

    /** Begins to take them, if the kernel can give any; returns at once. */
    static Optional<Copies> begin(Path socket, Hello kernel, String lease, long epoch) {
        if (!kernel.can("copies")) {
            LOG.log(
                    Level.INFO,
                    "the kernel, papa {0}, gives no copies of what it holds: should it be killed, the workers are ended and"
                            + " started anew (papa upgrade brings it up to date)",
                    kernel.version());
            return Optional.empty();
        }
        Copies copies = new Copies(socket, lease, epoch);
        copies.renew();
        return Optional.of(copies);
    }

    /** A process has been started, which the kernel has put here, too. */
    void more() {
        synchronized (lock) {
            changes++;
            if (changes < MOST_CHANGES) {
                return;
            }
            changes = 0;
        }
        renew();
    }

    /** Takes new ones in the place of what there is. */
    void renew() {
        synchronized (lock) {
            wanted = true;
            if (taking == null && !closed) {
                Thread thread = new Thread(this::take, "circus-copies");
                thread.setDaemon(true);
                taking = thread;
                thread.start();
            }
        }
    }

    /** Lets all of them go; {@link #renew} is to follow. */
    void drop() {
        synchronized (lock) {
            drops++;
            release();
        }
    }

    /** What there is, for whoever calls to close; nothing is taken any more. */
    public Optional<SocketChannel> end() {
        synchronized (lock) {
            closed = true;
            Optional<SocketChannel> last = Optional.ofNullable(held);
            held = null;
            return last;
        }
    }

    /** Lets all of it go; returns when no more connections are opened, or the limit has passed. */
    void stop(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (lock) {
            closed = true;
            release();
            try {
                long left = limit.toMillis();
                while (taking != null && left > 0) {
                    lock.wait(left);
                    left = (deadline - System.nanoTime()) / 1_000_000;
                }
            } catch (InterruptedException ending) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void take() {
        while (true) {
            long before;
            synchronized (lock) {
                if (!wanted || closed) {
                    taking = null;
                    lock.notifyAll();
                    return;
                }
                wanted = false;
                before = drops;
            }
            Optional<SocketChannel> fresh = open();
            synchronized (lock) {
                if (fresh.isPresent()) {
                    if (closed || drops != before) {
                        wanted |= !closed;
                        close(fresh.get());
                    } else {
                        release();
                        held = fresh.get();
                    }
                }
            }
        }
    }

    /** With the lock. */
    private void release() {
        if (held != null) {
            close(held);
            held = null;
        }
    }

    /** A new connection, in which all of it lies. */
    private Optional<SocketChannel> open() {
        try {
            KernelChannel channel = KernelChannel.open(socket, frame -> {});
            boolean given = false;
            try {
                channel.call(List.of("lease", "join", lease, Long.toString(epoch)), KernelChannel.PATIENCE);
                channel.request(List.of("copies"), Unread.REPLY);
                SocketChannel connection = channel.giveAway();
                given = true;
                awaitTurn();
                return Optional.of(connection);
            } finally {
                if (!given) {
                    channel.close();
                }
            }
        } catch (PapaException cannot) {
            LOG.log(Level.DEBUG, "no copies of what the kernel holds: {0}", cannot.getMessage());
            return Optional.empty();
        }
    }

    /** What is asked on another connection later is answered later. */
    private void awaitTurn() throws PapaException {
        KernelChannel later = KernelChannel.open(socket, frame -> {});
        try {
            later.call(List.of("lease", "show"), KernelChannel.PATIENCE);
        } finally {
            later.close();
        }
    }

    private static void close(SocketChannel connection) {
        try {
            connection.close();
        } catch (IOException cannot) {
            LOG.log(Level.DEBUG, "cannot close a connection to the kernel", cannot);
        }
    }
}
