package circus.manager.hook;

import circus.hook.Hook;
import circus.hook.HookPoint;
import circus.manager.extension.Extensions;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs hooks on {@link HookThreads}, each with its limit, and hands the answers to circus-loop. A hook that is not done at its limit has
 * failed: it is interrupted, a program is killed with its process group, and circusd goes on without it. Called on circus-loop only.
 */
public final class HookRunner implements HookPort, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HookRunner.class.getName());

    /** Side by side. */
    private static final int WORKING = 32;

    /** With those that did not come back from a hook. */
    private static final int MOST = 96;

    private final Executor loop;
    private final ClassLoader loader;
    private final JavaHooks javaHooks;
    private final ProgramHooks programs;
    private final PythonHooks python;
    private final HookThreads threads;
    private final ScheduledThreadPoolExecutor limits;

    /**
     * @param loop runs tasks on circus-loop
     * @param environment of programs, beside what they are told
     */
    public HookRunner(Executor loop, Extensions extensions, Map<String, String> environment) {
        this(loop, extensions, environment, new HookThreads("hook", WORKING, MOST));
    }

    HookRunner(Executor loop, Extensions extensions, Map<String, String> environment, HookThreads threads) {
        this.loop = loop;
        this.loader = extensions.loader();
        this.javaHooks = new JavaHooks(extensions);
        this.programs = new ProgramHooks(environment);
        this.python = new PythonHooks(loop, environment);
        this.threads = threads;
        this.limits = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, "circus-hook-limits");
            created.setDaemon(true);
            return created;
        });
        limits.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void run(HookTask task, Consumer<HookAnswer> answer) {
        Run run = new Run(task, answer);
        try {
            threads.execute(run);
            run.limit(limits.schedule(run::limitReached, task.limit().toNanos(), TimeUnit.NANOSECONDS));
        } catch (RejectedExecutionException none) {
            run.refused(String.valueOf(none.getMessage()));
        }
    }

    /** How hooks in Python give commands. */
    public void commands(HookCommands commands) {
        python.commands(commands);
    }

    /** Where hooks in Python find modules, beside the PYTHONPATH of their own watcher. */
    public void pythonPath(List<String> directories) {
        python.path(directories);
    }

    /** A hook of that name in Python is read from its file again before its next call. */
    public void readAgain(String name) {
        python.readAgain(name);
    }

    private HookAnswer perform(HookTask task) throws Exception {
        Thread.currentThread().setContextClassLoader(loader);
        RunningCall call = new RunningCall(task, loop);
        boolean result;
        if (task.spec().isProgram()) {
            result = programs.run(task, call.stats());
        } else {
            Optional<Hook> hook = javaHooks.hook(task);
            result = hook.isPresent() ? hook.get().run(call) : python.run(task, call.stats());
        }
        return task.point() == HookPoint.EXTENDED_STATS
                ? HookAnswer.withStats(result, PlainValues.checked(call.stats()))
                : HookAnswer.of(result);
    }

    /** Ends the helper of hooks in Python; there are to be no further calls. What runs otherwise goes on. */
    public void endPython() {
        python.close();
    }

    @Override
    public void close() {
        limits.shutdownNow();
        threads.shutDown();
        python.close();
    }

    /** One call under way. */
    private final class Run implements Runnable {
        private final HookTask task;
        private final Consumer<HookAnswer> answer;
        private @Nullable Thread thread;
        private @Nullable ScheduledFuture<?> limit;

        /** It has been answered, or is about to be. */
        private boolean over;

        Run(HookTask task, Consumer<HookAnswer> answer) {
            this.task = task;
            this.answer = answer;
        }

        synchronized void limit(ScheduledFuture<?> scheduled) {
            limit = scheduled;
            if (over) {
                scheduled.cancel(false);
            }
        }

        @Override
        public void run() {
            synchronized (this) {
                if (over) {
                    return;
                }
                thread = Thread.currentThread();
            }
            @Nullable HookAnswer result = null;
            @Nullable Throwable failure = null;
            try {
                result = perform(task);
            } catch (Throwable thrown) { // Whatever a hook throws, an error of the class loader included, is its own.
                failure = thrown;
            }
            if (!claim()) {
                // The end of it has been told; nobody wants to hear what came of the interruption.
                threads.returned();
            } else if (failure != null) {
                deliver(failed(failure));
            } else if (result != null) {
                deliver(result);
            }
        }

        /** @return false when somebody else has answered meanwhile */
        private synchronized boolean claim() {
            thread = null;
            boolean first = !over;
            over = true;
            if (limit != null) {
                limit.cancel(false);
            }
            // It was for the hook, not for the next one on this thread.
            boolean unused = Thread.interrupted();
            return first;
        }

        void limitReached() {
            String seconds = PlainValues.seconds(task.limit());
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
                Thread running = thread;
                if (running != null) {
                    threads.abandoned();
                    @Nullable Throwable where = where(running.getStackTrace());
                    running.interrupt();
                    deliver(failed("it did not come back within " + seconds + " s", where));
                    return;
                }
            }
            deliver(failed("it did not get its turn within " + seconds + " s: too many other hooks run", null));
        }

        /** Nothing for one in Python: where it is there, is told from there. */
        private static @Nullable Throwable where(StackTraceElement[] stack) {
            if (Stream.of(stack).anyMatch(each -> each.getClassName().equals(PythonHooks.class.getName()))) {
                return null;
            }
            Throwable where = new HookFailure("it was here");
            where.setStackTrace(stack);
            return where;
        }

        void refused(String reason) {
            synchronized (this) {
                over = true;
            }
            deliver(failed(reason, null));
        }

        private HookAnswer failed(Throwable thrown) {
            if (thrown instanceof PythonFailure raised) {
                // Circus's words, which people search their logs for.
                LOG.log(
                        Level.ERROR,
                        "Hook '" + task.point().word() + "' failed: " + task + ": " + reason(raised) + "\n"
                                + raised.traceback().stripTrailing());
                return HookAnswer.failed(reason(raised));
            }
            return failed(reason(thrown), thrown instanceof HookFailure ? null : thrown);
        }

        private HookAnswer failed(String reason, @Nullable Throwable thrown) {
            LOG.log(Level.ERROR, task + " failed: " + reason, thrown);
            return HookAnswer.failed(reason);
        }

        private void deliver(HookAnswer result) {
            loop.execute(() -> answer.accept(result));
        }
    }

    /** As the event tells it. */
    private static String reason(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null || message.isBlank() ? thrown.getClass().getName() : message;
    }
}
