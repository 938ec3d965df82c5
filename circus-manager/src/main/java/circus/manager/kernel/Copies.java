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
 * does not close the connection. When the kernel was killed, the next one gets that connection, and copies what lies there; it stays here
 * until there are copies of what that one holds, so that it may be killed in turn.
 *
 * <p>What the kernel has closed since stays open there, so the connection is replaced by a new one whenever that may be much: after {@link
 * #MOST_CHANGES} starts of processes. A socket that is to be closed for good is not to stay open: before, all copies are dropped, and
 * taken anew when it is closed.
 *
 * <p>The kernel tells when it could not give all ({@code copies news}), or has closed what is open here: then new ones are taken. While
 * there are two connections, everything counts twice in what Linux lets a user have under way. So where the new one does not get all, the
 * former one is closed, and another is tried; if that does not get all either, a warning says what a kill of the kernel would lose now.
 *
 * <p>The thread {@code circus-copies} does what waits for the kernel; all methods may be called on any thread.
 */
public final class Copies {
    private static final System.Logger LOG = System.getLogger(Copies.class.getName());

    /** The connection has room for more than twice as many messages. */
    private static final int MOST_CHANGES = 100;

    private final Path socket;
    private final long kernel;
    private final String lease;
    private final long epoch;
    private final Object lock = new Object();

    // ---- guarded by lock
    private @Nullable SocketChannel held;
    private @Nullable Thread taking;
    private boolean wanted;
    private boolean looking;
    private boolean warned;
    private boolean failed;
    private boolean closed;
    private int changes;
    private long drops;

    /**
     * How it stands with the copies that were taken last.
     *
     * @param missing descriptors that there are no copies of
     * @param lingering sockets that they keep open
     * @param why something is missing
     */
    private record Standing(long missing, long lingering, String why) {
        private static Standing none(String why) {
            return new Standing(1, 0, why);
        }

        private boolean isComplete() {
            return missing == 0;
        }
    }

    private record Taken(SocketChannel connection, Standing standing) {}

    private Copies(Path socket, long kernel, String lease, long epoch, Optional<SocketChannel> former) {
        this.socket = socket;
        this.kernel = kernel;
        this.lease = lease;
        this.epoch = epoch;
        this.held = former.orElse(null);
    }

    /**
     * Begins to take them, if the kernel can give any; returns at once.
     *
     * @param former what a kernel before that one has left, which is held until then
     */
    static Optional<Copies> begin(Path socket, Hello kernel, String lease, long epoch, Optional<SocketChannel> former) {
        if (!kernel.can("copies")) {
            LOG.log(
                    Level.INFO,
                    "the kernel, papa {0}, gives no copies of what it holds: should it be killed, the workers are ended and"
                            + " started anew (papa upgrade brings it up to date)",
                    kernel.version());
            former.ifPresent(Copies::close);
            return Optional.empty();
        }
        Copies copies = new Copies(socket, kernel.pid(), lease, epoch, former);
        copies.renew();
        return Optional.of(copies);
    }

    /** A process has been started, which the kernel has put here, too. */
    void more() {
        synchronized (lock) {
            changes++;
            if (changes < MOST_CHANGES && !failed) {
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
            begin();
        }
    }

    /** The kernel has news of them. */
    void look() {
        synchronized (lock) {
            looking = true;
            begin();
        }
    }

    /** With the lock. */
    private void begin() {
        if (taking == null && !closed) {
            Thread thread = new Thread(this::take, "circus-copies");
            thread.setDaemon(true);
            taking = thread;
            thread.start();
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
            boolean renews;
            long before;
            synchronized (lock) {
                if (closed || !(wanted || looking)) {
                    taking = null;
                    lock.notifyAll();
                    return;
                }
                renews = wanted;
                wanted = false;
                looking = false;
                before = drops;
            }
            if (renews) {
                replace(before);
            } else {
                lookNow();
            }
        }
    }

    private void replace(long before) {
        try {
            Taken fresh = open();
            if (!fresh.standing().isComplete() && isHolding()) {
                close(fresh.connection());
                synchronized (lock) {
                    release();
                }
                fresh = open();
            }
            if (keeps(fresh.connection(), before)) {
                tell(fresh.standing());
            }
        } catch (PapaException cannot) {
            synchronized (lock) {
                failed = true;
            }
            LOG.log(Level.DEBUG, "no copies of what the kernel holds: {0}", cannot.getMessage());
            if (!ProcessLife.isOver(kernel)) {
                tell(Standing.none(String.valueOf(cannot.getMessage())));
            }
        }
    }

    /** False if it is not wanted any more, and closed. */
    private boolean keeps(SocketChannel fresh, long before) {
        synchronized (lock) {
            if (closed || drops != before) {
                wanted |= !closed;
                close(fresh);
                return false;
            }
            release();
            held = fresh;
            failed = false;
            return true;
        }
    }

    private void lookNow() {
        try {
            Optional<Standing> found = standing();
            if (found.isEmpty()) {
                return; // dropped, and to be taken anew
            }
            Standing standing = found.get();
            if (standing.lingering() > 0 || (!standing.isComplete() && !hasWarned())) {
                renew();
            } else {
                tell(standing); // what is missing is tried again by the kernel
            }
        } catch (PapaException cannot) {
            LOG.log(Level.DEBUG, "cannot ask for copies of what the kernel holds: {0}", cannot.getMessage());
        }
    }

    private boolean isHolding() {
        synchronized (lock) {
            return held != null && !closed;
        }
    }

    private boolean hasWarned() {
        synchronized (lock) {
            return warned;
        }
    }

    private void tell(Standing standing) {
        boolean before;
        synchronized (lock) {
            before = warned;
            warned = !standing.isComplete();
        }
        if (!standing.isComplete() && !before) {
            LOG.log(
                    Level.WARNING,
                    "if papa were killed now, workers would be lost: {0} of its descriptors could not be copied ({1}). It is tried"
                            + " again whenever something changes; docs/operations.md has what to do",
                    String.valueOf(standing.missing()),
                    standing.why());
        } else if (standing.isComplete() && before) {
            LOG.log(Level.INFO, "papa may be killed again without loss: there are copies of all that it holds");
        }
    }

    /** With the lock. */
    private void release() {
        if (held != null) {
            close(held);
            held = null;
        }
    }

    /** A new connection, in which all of it lies, or what there was room for. */
    private Taken open() throws PapaException {
        KernelChannel channel = KernelChannel.open(socket, frame -> {});
        SocketChannel connection;
        boolean given = false;
        try {
            channel.call(List.of("lease", "join", lease, Long.toString(epoch)), KernelChannel.PATIENCE);
            channel.request(List.of("copies"), Unread.REPLY);
            connection = channel.giveAway();
            given = true;
        } finally {
            if (!given) {
                channel.close();
            }
        }
        try {
            Optional<Standing> standing = standing();
            if (standing.isPresent()) {
                return new Taken(connection, standing.get());
            }
        } catch (PapaException gone) {
            close(connection);
            throw gone;
        }
        close(connection);
        throw new PapaException("cannot have copies of what the kernel holds: it has given none");
    }

    /** Of what was asked for last: what is asked on another connection later is answered later. */
    private Optional<Standing> standing() throws PapaException {
        KernelChannel later = KernelChannel.open(socket, frame -> {});
        try {
            for (Description each :
                    Description.parseAll(later.call(List.of("copies", "show"), KernelChannel.PATIENCE))) {
                if (each.name().equals(lease)) {
                    return Optional.of(new Standing(
                            each.number("missing"),
                            each.number("lingering"),
                            each.find("why").orElse("")));
                }
            }
            return Optional.empty();
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
