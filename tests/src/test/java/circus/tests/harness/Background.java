package circus.tests.harness;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Work that goes on, step by step, in a thread of its own until it is stopped. Its first failure ends it, and is told by {@link #check}
 * and {@link #stop}. One other thread uses it.
 */
public final class Background implements AutoCloseable {
    private static final Duration TO_STOP = Duration.ofSeconds(60);

    private final String name;
    private final Step step;
    private final Thread thread;
    private volatile boolean stopping;
    private volatile @Nullable Throwable failure;

    /** One turn, which must come to an end by itself. */
    public interface Step {
        void run() throws Exception;
    }

    private Background(String name, Step step) {
        this.name = name;
        this.step = step;
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    public static Background start(String name, Step step) {
        Background background = new Background(name, step);
        background.thread.start();
        return background;
    }

    private void run() {
        try {
            while (!stopping) {
                step.run();
            }
        } catch (Exception | Error thrown) {
            failure = thrown;
        }
    }

    /** Fails where it has failed. */
    public void check() {
        if (failure != null) {
            throw new AssertionError(name + " has failed: " + failure, failure);
        }
    }

    /** Stops it; returns when its last step is done; fails where it has failed. */
    public void stop() {
        stopping = true;
        join();
    }

    /** Returns when it has come to its end by itself. */
    public void join() {
        try {
            thread.join(TO_STOP.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while " + name + " was to stop", interrupted);
        }
        check();
        if (thread.isAlive()) {
            AssertionError stuck = new AssertionError(name + " does not come to its end");
            stuck.setStackTrace(thread.getStackTrace());
            throw stuck;
        }
    }

    /** Tells it to stop after this step, and does not wait. */
    @Override
    public void close() {
        stopping = true;
    }
}
