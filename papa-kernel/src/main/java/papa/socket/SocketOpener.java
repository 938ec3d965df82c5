package papa.socket;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Posix;
import papa.request.Refusal;

/**
 * The thread that opens sockets: looking up a host's or an owner's name may take long, and neither the loop nor a launch
 * is to wait for it. It has a umask of its own. It is started with the first socket.
 *
 * <p>Loop thread only, but for what is said otherwise. Results are posted to the loop.
 */
final class SocketOpener {
    /** Told on the loop's thread how a socket went. */
    interface Opened {
        void opened(HeldSocket socket);

        void failed(Refusal refusal);
    }

    private final Posix posix;
    private final EventLoop loop;
    private final BlockingQueue<Runnable> jobs = new LinkedBlockingQueue<>();
    private final InheritedSockets inherited;
    private boolean started;

    /** Whether the thread has a umask of its own: 0 or more, or a negated errno. Of that thread alone. */
    private int unshared = -1;

    /** Opened, and not told yet: at the end they are closed from here. Guarded by this object's monitor, as the next. */
    private final Set<HeldSocket> untold = new HashSet<>();

    private boolean closed;

    SocketOpener(Posix posix, EventLoop loop, InheritedSockets inherited) {
        this.posix = posix;
        this.loop = loop;
        this.inherited = inherited;
    }

    void open(SocketSpec spec, Opened opened) throws Refusal {
        if (!started) {
            Thread thread = new Thread(this::run, "papa-sockets");
            thread.setDaemon(true);
            try {
                thread.start();
            } catch (OutOfMemoryError noThread) {
                throw new Refusal("cannot make socket " + spec.name()
                        + ": there can be no thread for it; allow papa more" + " memory or processes");
            }
            started = true;
        }
        jobs.add(() -> openNow(spec, opened));
    }

    private void run() {
        try {
            while (true) {
                Runnable job = jobs.take();
                unshared = unshared < 0 ? posix.unshareFileSystem() : unshared;
                job.run();
            }
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    private void openNow(SocketSpec spec, Opened opened) {
        try {
            if (unshared < 0) { // its umask would be everybody's
                throw new SocketFailure(spec, "giving a thread a umask of its own", unshared, "");
            }
            HeldSocket socket = openOrTake(spec);
            if (keep(socket)) {
                loop.post(() -> {
                    if (claim(socket)) {
                        opened.opened(socket);
                    }
                });
            }
        } catch (Refusal refusal) {
            loop.post(() -> opened.failed(refusal));
        } catch (RuntimeException | Error fault) {
            Log.fault("opening a socket failed", fault); // this thread must go on
            loop.post(() -> opened.failed(new Refusal("cannot make socket " + spec.name() + ": " + fault)));
        }
    }

    /** Opens a socket, unless papa was started with it. */
    private HeldSocket openOrTake(SocketSpec spec) throws Refusal {
        if (inherited.count() == 0 || spec.protocol() != 0) {
            return SocketOpening.open(posix, spec);
        }
        byte[] address = spec.isUnix() ? SocketAddress.unix(spec.path()) : SocketAddress.resolve(spec);
        InheritedSocket found = inherited.claim(spec, address);
        if (found == null) {
            try {
                return SocketOpening.open(posix, spec);
            } catch (SocketFailure failure) {
                throw new Refusal(failure.getMessage() + inherited.hint(spec));
            }
        }
        try {
            return new InheritedOpening(posix, spec, found).open(inherited);
        } catch (Refusal refusal) {
            inherited.giveBack(found);
            throw refusal;
        }
    }

    private synchronized boolean keep(HeldSocket socket) {
        if (closed) {
            socket.close(posix); // too late: the kernel is gone, and so is who asked
            return false;
        }
        return untold.add(socket);
    }

    private synchronized boolean claim(HeldSocket socket) {
        return untold.remove(socket);
    }

    /** Nothing is opened from now on, and what was opened and not told is closed. */
    synchronized void close() {
        closed = true;
        untold.forEach(each -> each.close(posix));
        untold.clear();
    }
}
