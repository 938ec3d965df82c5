package circus.manager.watcher;

import circus.manager.kernel.Exit;
import circus.manager.kernel.Launched;
import circus.manager.watcher.WorkerState.Happening;
import java.time.Instant;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** One worker of a watcher, from the request to start it until nothing of it is left. Runs on circus-loop only. */
final class Worker {
    private final int number;
    private WorkerState state;
    private @Nullable Workers workers;
    private @Nullable Launched launched;
    private @Nullable ExitReason asked;
    private Behalf behalf = Behalf.NOBODY;
    private OptionalInt stopSignal = OptionalInt.empty();
    private boolean announced;
    private @Nullable Exit heldBack;

    /** When the patience with its end is over, on the loop's clock. */
    private long deadline = Reconciler.NEVER;

    private Worker(int number, WorkerState state) {
        this.number = number;
        this.state = state;
    }

    /** One that is asked of the kernel. */
    Worker(int number) {
        this(number, WorkerState.STARTING);
    }

    /** One that is asked of the kernel when the hook before_spawn has agreed. */
    static Worker prepared(int number) {
        return new Worker(number, WorkerState.PREPARING);
    }

    /** One that an earlier manager had started. */
    static Worker adopted(int number, Launched launched) {
        Worker worker = new Worker(number);
        worker.spawned(launched);
        worker.announced();
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

    void spawnedOnTrial(Launched process) {
        launched = process;
        become(state.on(Happening.SPAWNED_ON_TRIAL));
    }

    /** The hook after_spawn does not want it. */
    void refuse() {
        if (asked == null) {
            asked = ExitReason.REFUSED;
        }
        become(state.on(Happening.REFUSED));
    }

    /** Its start was told. */
    void announced() {
        announced = true;
    }

    /** Whether its start was told; if not, its end is told less loudly. */
    boolean isAnnounced() {
        return announced;
    }

    /** It has ended on trial; what comes of that is decided when the hook has answered. */
    void holdBack(Exit exit) {
        heldBack = exit;
    }

    @Nullable
    Exit heldBack() {
        return heldBack;
    }

    void on(Happening happening) {
        become(state.on(happening));
    }

    void askToStop(ExitReason reason, Behalf who) {
        if (asked == null) {
            asked = reason;
            behalf = who;
        }
        become(state.on(Happening.STOP_ASKED));
    }

    /** The signal that asks it to end, where that is not its watcher's. */
    OptionalInt stopSignal() {
        return stopSignal;
    }

    void stopSignal(int signum) {
        stopSignal = OptionalInt.of(signum);
    }

    /** Why it ends, or has ended. */
    ExitReason reason() {
        return asked == null ? ExitReason.DIED : asked;
    }

    /** Who has asked for its end. */
    Behalf behalf() {
        return behalf;
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
