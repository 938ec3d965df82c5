package circus.manager.watcher;

import circus.manager.kernel.Launched;
import circus.manager.watcher.WorkerState.Happening;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One worker of a watcher, from the request to start it until nothing of it is left. Runs on circus-loop only. */
final class Worker {
    private final int number;
    private WorkerState state = WorkerState.STARTING;
    private @Nullable Workers workers;
    private @Nullable Launched launched;
    private @Nullable ExitReason asked;

    /** When the patience with its end is over, on the loop's clock. */
    private long deadline = Reconciler.NEVER;

    Worker(int number) {
        this.number = number;
    }

    /** One that an earlier manager had started. */
    static Worker adopted(int number, Launched launched) {
        Worker worker = new Worker(number);
        worker.spawned(launched);
        return worker;
    }

    /** The wid. */
    int number() {
        return number;
    }

    WorkerState state() {
        return state;
    }

    /** Who is to know of its states. */
    void belongsTo(@Nullable Workers among) {
        workers = among;
    }

    private void become(WorkerState next) {
        WorkerState before = state;
        state = next;
        if (workers != null) {
            workers.changed(before, next);
        }
    }

    void spawned(Launched process) {
        launched = process;
        become(state.on(Happening.SPAWNED));
    }

    void on(Happening happening) {
        become(state.on(happening));
    }

    void askToStop(ExitReason reason) {
        if (asked == null) {
            asked = reason;
        }
        become(state.on(Happening.STOP_ASKED));
    }

    /** Why it ends, or has ended. */
    ExitReason reason() {
        return asked == null ? ExitReason.DIED : asked;
    }

    boolean hasProcess() {
        return launched != null;
    }

    private Launched process() {
        if (launched == null) {
            throw new IllegalStateException("worker " + number + " has no process yet");
        }
        return launched;
    }

    long incarnation() {
        return process().incarnation();
    }

    int pid() {
        return process().pid();
    }

    Instant started() {
        return process().started();
    }

    long deadline() {
        return deadline;
    }

    void deadline(long nanos) {
        deadline = nanos;
    }
}
