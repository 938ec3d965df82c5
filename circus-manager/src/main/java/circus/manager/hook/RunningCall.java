package circus.manager.hook;

import circus.hook.HookCall;
import circus.hook.HookPoint;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a hook in Java sees of a {@link HookTask}. For the hook's thread. */
final class RunningCall implements HookCall {
    /** Nothing is left of a process when its end is told: papa has collected it. In Circus's numbers. */
    static final int UNEXISTING = 2;

    private final HookTask task;
    private final Executor loop;
    private final Map<String, Object> stats;

    @SuppressWarnings("NullAway") // figures may be null; the hook gets them as they are
    RunningCall(HookTask task, Executor loop) {
        this.task = task;
        this.loop = loop;
        this.stats = new LinkedHashMap<>(task.facts().stats());
    }

    @Override
    public HookPoint point() {
        return task.point();
    }

    @Override
    public String watcher() {
        return task.watcher();
    }

    @Override
    public OptionalInt wid() {
        return number(task.facts().wid());
    }

    @Override
    public OptionalInt pid() {
        return number(task.facts().pid());
    }

    @Override
    public OptionalInt signum() {
        return number(task.facts().signum());
    }

    @Override
    public Optional<Instant> time() {
        return Optional.ofNullable(task.facts().time());
    }

    @Override
    public OptionalInt exitCode() {
        return number(task.facts().exitCode());
    }

    @Override
    public OptionalInt processStatus() {
        return task.point() == HookPoint.AFTER_REAP ? OptionalInt.of(UNEXISTING) : OptionalInt.empty();
    }

    @Override
    public Map<String, Object> stats() {
        return stats;
    }

    @Override
    public Map<String, String> options() {
        return task.options();
    }

    @Override
    public String status() throws InterruptedException {
        return onLoop(task.actions()::status);
    }

    @Override
    public Map<Integer, Integer> processes() throws InterruptedException {
        return onLoop(() -> new LinkedHashMap<>(task.actions().processes()));
    }

    @Override
    public boolean signal(int pid, int signum) throws InterruptedException {
        if (signum < 1 || signum > 64) {
            throw new IllegalArgumentException("cannot send signal " + signum + ": signals are 1 to 64");
        }
        return onLoop(() -> task.actions().signal(pid, signum));
    }

    /** What the hook does not wait for any more, since its time is over, is not begun. */
    private <T> T onLoop(Supplier<T> action) throws InterruptedException {
        CompletableFuture<T> done = new CompletableFuture<>();
        loop.execute(() -> {
            if (done.isDone()) {
                return;
            }
            try {
                done.complete(action.get());
            } catch (RuntimeException mistake) {
                done.completeExceptionally(mistake);
            }
        });
        try {
            return done.get();
        } catch (InterruptedException over) {
            done.cancel(false);
            throw over;
        } catch (ExecutionException failed) {
            throw new IllegalStateException("circusd could not do it", failed.getCause());
        }
    }

    private static OptionalInt number(@Nullable Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
