package circus.library;

import circus.client.CircusClient;
import circus.manager.Embedded;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A manager that runs in this program. Any thread.
 *
 * <p>It ends by {@link #close}, by {@code quit} or {@code detach} of a client, and when the JVM shuts down in an orderly way ({@link
 * System#exit}, Ctrl-C, SIGTERM): then it stops its workers first, as {@link #close} does, by a shutdown hook. The end of the program's own
 * threads is none: {@code circus-loop} keeps the JVM running until the manager has ended. After {@code kill -9} the workers run on, and a manager
 * of the same name takes them over.
 */
public final class Circus implements AutoCloseable {
    private final Embedded embedded;
    private final CompletableFuture<Void> serving = new CompletableFuture<>();
    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final Thread loop = new Thread(this::run, "circus-loop");
    private final Thread atShutdown = new Thread(this::close, "circus-shutdown");

    private Circus(Embedded embedded) {
        this.embedded = embedded;
    }

    /**
     * Starts a manager of these watchers, with whatever else as {@link Setup} has it where nothing is said.
     *
     * @throws CannotManageException if it cannot be started
     */
    public static Circus manage(Watcher... watchers) throws CannotManageException {
        Setup setup = setup();
        for (Watcher watcher : watchers) {
            setup.watcher(watcher);
        }
        return setup.start();
    }

    /** Says more of a manager than {@link #manage} does. */
    public static Setup setup() {
        return new Setup();
    }

    static Circus start(Embedded embedded) throws CannotManageException {
        Circus circus = new Circus(embedded);
        try {
            // Before anything runs that would be left behind.
            Runtime.getRuntime().addShutdownHook(circus.atShutdown);
        } catch (IllegalStateException shuttingDown) {
            throw new CannotManageException("cannot start a manager: this program is ending");
        }
        circus.loop.start();
        try {
            circus.serving.get();
            return circus;
        } catch (InterruptedException asked) {
            circus.close();
            Thread.currentThread().interrupt();
            throw new CannotManageException("cannot start a manager: interrupted");
        } catch (ExecutionException cannot) {
            Throwable cause = cannot.getCause();
            throw new CannotManageException(cause == null ? null : cause.getMessage());
        }
    }

    private void run() {
        int code = 1;
        try {
            code = embedded.serve(() -> serving.complete(null));
            serving.completeExceptionally(new IllegalStateException("it ended before it served"));
        } catch (Embedded.FailedException cannot) {
            serving.completeExceptionally(cannot);
        } catch (RuntimeException | Error mistake) {
            serving.completeExceptionally(mistake);
            throw mistake;
        } finally {
            end.complete(code);
            forgetHook();
        }
    }

    /** Else each manager that ever was would stay in memory. */
    private void forgetHook() {
        try {
            boolean unused = Runtime.getRuntime().removeShutdownHook(atShutdown);
        } catch (IllegalStateException itRuns) {
            // It is what has ended this.
        }
    }

    /** What it is called in the kernel. */
    public String name() {
        return embedded.name();
    }

    /** Where commands are taken; {@code circusctl --endpoint} takes it. */
    public String endpoint() {
        return embedded.endpoint();
    }

    /** Where events are published. */
    public String pubsubEndpoint() {
        return embedded.pubsubEndpoint();
    }

    /** A new client of it, for one thread, which closes it. */
    public CircusClient client() {
        return new CircusClient(endpoint());
    }

    /** Whether it has not ended yet. */
    public boolean isRunning() {
        return !end.isDone();
    }

    /**
     * Waits until it has ended, which others bring about.
     *
     * @return 0 after a wanted end; 1 when it could not go on, which its log tells of
     */
    public int join() throws InterruptedException {
        try {
            int code = end.get();
            loop.join();
            return code;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Stops the workers, as SIGTERM to circusd does, and ends it; returns when that is done. Each worker has its {@code graceful_timeout}.
     * Watchers and sockets with {@code use_papa} stay. One that has ended already is left as it is. An interruption of the thread is kept for
     * later.
     *
     * <p>To leave all workers running, send {@code detach} by a {@link #client}.
     */
    @Override
    public void close() {
        embedded.stop();
        boolean interrupted = false;
        while (true) {
            try {
                int unused = join();
                break;
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
