package papa.loop;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import papa.posix.Errno;
import papa.posix.Posix;

/**
 * Which descriptors the loop watches, in which of its two sets (epoll(7)), and who handles each. What the machine refuses
 * for want of memory is tried again. Loop thread only.
 */
final class Interests {
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int MODIFY = 3;
    private static final long RETRY_CHANGE_NANOS = 20_000_000L;

    private final Posix posix;
    private final EventLoop loop;
    private final int epoll;
    private final int pacedEpoll;
    private final Map<Integer, EventLoop.Timer> retries = new HashMap<>();

    /** What is to be watched for where the machine refused to. */
    private final Map<Integer, Integer> unchanged = new HashMap<>();

    private @Nullable EventLoop.Handler[] handlers = new EventLoop.Handler[256];
    private int[] generations = new int[256];

    /** Which of them are in the second set. */
    private final BitSet paced = new BitSet();

    Interests(Posix posix, EventLoop loop, int epoll, int pacedEpoll) {
        this.posix = posix;
        this.loop = loop;
        this.epoll = epoll;
        this.pacedEpoll = pacedEpoll;
    }

    /** The result of epoll_ctl(2). */
    int add(int fd, int events, EventLoop.Handler handler, boolean inPaced) {
        if (fd >= handlers.length) {
            int size = Math.max(fd + 1, handlers.length * 2);
            handlers = Arrays.copyOf(handlers, size);
            generations = Arrays.copyOf(generations, size);
        }
        int set = inPaced ? pacedEpoll : epoll;
        int done = posix.epollControl(set, ADD, fd, events, token(fd));
        if (Errno.EEXIST.is(done)) { // it could not be removed
            done = posix.epollControl(set, MODIFY, fd, events, token(fd));
        }
        if (done >= 0) {
            handlers[fd] = handler;
            paced.set(fd, inPaced);
        }
        return done;
    }

    void addForCertain(int fd, int events, EventLoop.Handler handler, boolean inPaced, Supplier<String> what) {
        int done = add(fd, events, handler, inPaced);
        if (done < 0) {
            if (retries.isEmpty()) { // a line for each of thousands would help nobody
                Log.info("cannot watch " + what.get() + ": " + Errno.of(done)
                        + "; this and what else cannot be watched is tried again every second");
            }
            retryLater(fd, events, handler, inPaced);
        }
    }

    private void retryLater(int fd, int events, EventLoop.Handler handler, boolean inPaced) {
        retries.put(fd, loop.after(loop.retryNanos, () -> retry(fd, events, handler, inPaced)));
    }

    private void retry(int fd, int events, EventLoop.Handler handler, boolean inPaced) {
        if (add(fd, events, handler, inPaced) < 0) {
            retryLater(fd, events, handler, inPaced);
            return;
        }
        retries.remove(fd);
        if (retries.isEmpty()) {
            Log.info("everything is watched again");
        }
    }

    void change(int fd, int events) {
        Integer before = unchanged.remove(fd);
        if (posix.epollControl(set(fd), MODIFY, fd, events, token(fd)) < 0) {
            unchanged.put(fd, events);
            if (before == null) {
                loop.after(RETRY_CHANGE_NANOS, () -> changeAgain(fd));
            }
        }
    }

    private void changeAgain(int fd) {
        Integer events = unchanged.remove(fd);
        if (events != null) {
            change(fd, events);
        }
    }

    void remove(int fd) {
        if (!unchanged.isEmpty()) { // as a rule, so that it needs no memory
            unchanged.remove(fd);
        }
        EventLoop.Timer retry = retries.isEmpty() ? null : retries.remove(fd);
        if (retry != null) {
            retry.cancel();
        }
        if (fd >= 0 && fd < handlers.length && handlers[fd] != null) {
            posix.epollControl(set(fd), DELETE, fd, 0, 0);
            handlers[fd] = null;
            generations[fd]++;
            paced.clear(fd);
        }
    }

    /** How many are in the second set. */
    int paced() {
        return paced.cardinality();
    }

    private int set(int fd) {
        return paced.get(fd) ? pacedEpoll : epoll;
    }

    private long token(int fd) {
        return ((long) generations[fd] << 32) | fd;
    }

    /** Runs the handler of an event, which came from the second set or not. */
    void dispatch(int events, long token, boolean fromPaced) {
        int fd = (int) token;
        EventLoop.Handler handler = handlers[fd];
        if (handler == null || fromPaced != paced.get(fd)) {
            // It could not be removed from there, and would be ready again at once, without end.
            posix.epollControl(fromPaced ? pacedEpoll : epoll, DELETE, fd, 0, 0);
            return;
        }
        if (generations[fd] != (int) (token >>> 32)) {
            return;
        }
        try {
            handler.ready(events);
        } catch (RuntimeException | LinkageError | VirtualMachineError fault) {
            Log.fault("a handler failed; its descriptor is dropped", fault);
            remove(fd);
        }
    }
}
