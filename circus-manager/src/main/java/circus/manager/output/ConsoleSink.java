package circus.manager.output;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Circusd's own stdout or stderr. A thread of its own writes, so that a terminal or pipe that blocks holds up only what
 * goes there: when a megabyte waits, the streams have to wait too. What was written when the manager is killed may come
 * twice. When nobody reads any more, everything is dropped.
 *
 * <p>Runs on circus-output, but for the writing.
 */
final class ConsoleSink implements Sink {
    private static final Logger LOGGER = System.getLogger(ConsoleSink.class.getName());
    static final int LIMIT = 1024 * 1024;

    private final String name;
    private final OutputStream target;
    private final Runnable wakeUp;
    private final Buffers buffers = new Buffers();
    private final Staging staging = new Staging(buffers);
    private final LinkedBlockingQueue<Staging.Taken> waiting = new LinkedBlockingQueue<>();
    private final ConcurrentLinkedQueue<Staging.Taken> written = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private int underWay;
    private int takenCount;

    /**
     * @param name {@code stdout} or {@code stderr}
     * @param wakeUp called on the writing thread when {@link #takeWritten} has something to give
     */
    ConsoleSink(String name, OutputStream target, Runnable wakeUp) {
        this.name = name;
        this.target = target;
        this.wakeUp = wakeUp;
        thread = new Thread(this::write, "circus-" + name);
        thread.setDaemon(true);
    }

    @Override
    public boolean accepts() {
        return underWay + staging.length() < LIMIT;
    }

    /** Whether so much has been written that the streams may go on. */
    boolean hasRoom() {
        return underWay + staging.length() <= LIMIT / 2;
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
        }
    }

    private boolean write(Staging.Taken taken) {
        try {
            target.write(taken.bytes(), 0, taken.length());
            target.flush();
            return true;
        } catch (IOException e) {
            LOGGER.log(
                    Level.WARNING,
                    "cannot write to " + name + ": " + Reason.of(e)
                            + "; what workers without a stream say is dropped from now on");
            return false;
        }
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
