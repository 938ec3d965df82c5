package circus.manager.disk;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * One thing to be done on a disk, which may take for ever. What it needs it was given, and nobody else uses that
 * meanwhile; what became of it is told to the circus-output thread.
 *
 * @param <T> what comes of it
 */
public final class DiskTask<T> {
    private static final Logger LOGGER = System.getLogger(DiskTask.class.getName());

    /** Runs on a disk thread. Whatever it throws, nothing of it may stay open. */
    public interface Work<T> {
        T carryOut() throws IOException;
    }

    /** Hears of the outcome; on circus-output. */
    public interface Completion<T> {
        void done(T outcome);

        void failed(IOException reason);
    }

    private final Object lane;
    private final Work<T> work;
    private final Completion<T> completion;
    private @Nullable T outcome;
    private @Nullable IOException failure;

    /** @param lane equal for tasks that will probably hang together: a device, or a directory */
    public DiskTask(Object lane, Work<T> work, Completion<T> completion) {
        this.lane = lane;
        this.work = work;
        this.completion = completion;
    }

    public Object lane() {
        return lane;
    }

    /** Does it; on a disk thread. */
    public void run() {
        try {
            outcome = work.carryOut();
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException | VirtualMachineError | LinkageError e) {
            LOGGER.log(Level.ERROR, "a task on a disk failed by a mistake of ours", e);
            failure = new IOException("a mistake of ours: " + e, e);
        }
    }

    /** Tells what became of it; on circus-output. */
    public void complete() {
        T result = outcome;
        if (result != null) {
            completion.done(result);
        } else {
            IOException reason = failure;
            completion.failed(reason == null ? new IOException("nothing came of it") : reason);
        }
    }
}
