package circus.manager.output;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * What is no file: circusd's own stdout or stderr, a syslog, an object of the user's. A thread of its own writes, so that
 * a terminal, pipe or network that blocks holds up only what goes there: when a megabyte waits, the streams have to wait
 * too. What was written when the manager is killed may come twice. When nobody reads any more, everything is dropped.
 *
 * <p>Runs on circus-output, but for the writing.
 */
final class PacedSink implements Sink {
    private static final Logger LOGGER = System.getLogger(PacedSink.class.getName());
    static final int LIMIT = 1024 * 1024;
    private static final long WORTH_TELLING_NANOS = Duration.ofSeconds(2).toNanos();

    private final String name;
    private final Outlet outlet;
    private final boolean terminal;
    private final Runnable wakeUp;
    private final Buffers buffers = new Buffers();
    private final Staging staging = new Staging(buffers);
    private final LinkedBlockingQueue<Staging.Taken> waiting = new LinkedBlockingQueue<>();
    private final ConcurrentLinkedQueue<Staging.Taken> written = new ConcurrentLinkedQueue<>();
    private final Thread thread;

    /** The time of {@link System#nanoTime} at which a write was begun that lasts; 0 for none. Set by the writing thread. */
    private volatile long begunNanos;

    private int underWay;
    private int takenCount;

    /**
     * Its thread is started when there is something to write.
     *
     * @param name for people, and of its thread
     * @param terminal whether people look at it, who like colours
     * @param wakeUp called on the writing thread when {@link #takeWritten} has something to give
     */
    PacedSink(String name, Outlet outlet, boolean terminal, Runnable wakeUp) {
        this.name = name;
        this.outlet = outlet;
        this.terminal = terminal;
        this.wakeUp = wakeUp;
        thread = new Thread(this::write, "circus-" + name);
        thread.setDaemon(true);
    }

    /** @param name {@code stdout} or {@code stderr} */
    static PacedSink console(String name, OutputStream target, boolean terminal, Runnable wakeUp) {
        Outlet outlet = taken -> {
            target.write(taken.bytes(), 0, taken.length());
            target.flush();
        };
        return new PacedSink(name, outlet, terminal, wakeUp);
    }

    @Override
    public boolean accepts() {
        return underWay + staging.length() < LIMIT;
    }

    /** Whether so much has been written that the streams may go on. */
    boolean hasRoom() {
        return underWay + staging.length() <= LIMIT / 2;
    }

    boolean isTerminal() {
        return terminal;
    }

    /** What is to be said of it when a write has not come to its end for two seconds. Any thread. */
    Optional<OutputTrouble.Waiting> waiting() {
        long begun = begunNanos;
        long lasts = System.nanoTime() - begun;
        if (begun == 0 || lasts < WORTH_TELLING_NANOS) {
            return Optional.empty();
        }
        String title = outlet.title().isEmpty() ? name : outlet.title();
        String known = outlet.trouble();
        String reason = known == null ? "what was written to it last is not taken yet" : known;
        return Optional.of(new OutputTrouble.Waiting(title, reason, System.currentTimeMillis() / 1e3 - lasts / 1e9));
    }

    long failures() {
        return outlet.failures();
    }

    @Override
    public Staging staging() {
        return staging;
    }

    /** Hands what is staged to the writing thread. */
    void handOver() {
        while (!staging.isEmpty()) {
            if (thread.getState() == Thread.State.NEW) {
                thread.start();
            }
            Staging.Taken taken = staging.take();
            underWay += taken.length();
            takenCount++;
            waiting.add(taken);
        }
    }

    /** Whether some of it has not been seen by {@link #takeWritten}. */
    boolean isBusy() {
        return takenCount > 0 || !staging.isEmpty();
    }

    /** The streams that have come further; each knows how far. */
    List<WorkerStream> takeWritten() {
        List<WorkerStream> streams = new ArrayList<>();
        for (Staging.Taken taken = written.poll(); taken != null; taken = written.poll()) {
            underWay -= taken.length();
            takenCount--;
            buffers.give(taken.bytes());
            for (Staging.Piece piece : taken.pieces()) {
                if (piece.stream.sink() == this) {
                    piece.stream.wrote(piece.to);
                    streams.add(piece.stream);
                }
            }
        }
        return streams.stream().distinct().toList();
    }

    private void write() {
        boolean closed = false;
        try {
            while (true) {
                Staging.Taken taken = waiting.take();
                if (!closed) {
                    closed = !write(taken);
                }
                written.add(taken);
                wakeUp.run();
            }
        } catch (InterruptedException e) {
            LOGGER.log(Level.DEBUG, "no more is written to {0}", name);
        } finally {
            outlet.close();
        }
    }

    private boolean write(Staging.Taken taken) throws InterruptedException {
        try {
            begunNanos = Math.max(1, System.nanoTime());
            outlet.write(taken);
            return true;
        } catch (IOException e) {
            LOGGER.log(
                    Level.WARNING,
                    "cannot write to " + name + ": " + Reason.of(e) + "; what goes there is dropped from now on");
            return false;
        } finally {
            begunNanos = 0;
        }
    }

    /** Ends the writing thread as soon as it can be; nobody waits for it. */
    void end() {
        thread.interrupt();
    }

    /** Ends the writing thread, at the latest when the limit has passed. */
    void close(Duration limit) {
        thread.interrupt();
        try {
            thread.join(Math.max(1, limit.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
