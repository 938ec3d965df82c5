package papa.init;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import papa.launch.LaunchFailure;
import papa.launch.ProcessSpec;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateReader;
import papa.state.StateWriter;

/**
 * The manager of a papa that runs as {@code papa --init -- COMMAND…}: started, told of signals, started again when it ends,
 * and followed when it hands over to another process.
 *
 * <pre>
 *             ┌──────────── a while later ◄─ RESTING ◄─┐
 *             ▼                                        │ not asked to end, and not --once
 *   STARTING ──► RUNNING ── it ends ───────────────────┤
 *             │     ▲ │ hand-over                      │ asked to end (TERM, INT, QUIT), --once,
 *             │     └─┘                                ▼ or it ended with 0 and nothing is held
 *             └─ COMMAND is no program ──────────► ENDING ── all has ended ──► papa ends with its code
 * </pre>
 *
 * <p>Loop thread only.
 */
public final class Init {
    /** What is passed on. Those of {@link #END} also mean that papa ends with the manager. */
    private static final Set<Integer> END = Set.of(Posix.SIGTERM, Posix.SIGINT, Posix.SIGQUIT);

    /** Of a shell, for a program that is not there, and for one that cannot be executed. */
    private static final int NOT_FOUND = 127;

    private static final int NOT_EXECUTED = 126;
    private static final int KILLED = 128;

    /** Somebody traces it and holds its end back: look again, but not without pause. */
    /** What a manager has used. */
    private static final long[] NOT_WANTED = {};

    private static final long TRACED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Posix posix;
    private final EventLoop loop;
    private final Host host;
    private final ProcessSpec command;
    private final boolean once;
    private final BackOff backOff = new BackOff();
    private final Set<Integer> toPassOn = new LinkedHashSet<>();
    private final List<ManagerProcess> former = new ArrayList<>();
    private @Nullable ManagerProcess manager;
    private boolean starting;
    private boolean startedBefore;
    private boolean toEnd;
    private boolean ending;
    private int code;
    private EventLoop.@Nullable Timer rest;
    private long restEndNanos;

    /** Restored, and to be rested on when the loop runs. */
    private boolean resting;

    /** @param once whether papa ends with the manager, however that ends */
    public Init(Posix posix, EventLoop loop, Host host, ProcessSpec command, boolean once) {
        this.posix = posix;
        this.loop = loop;
        this.host = host;
        this.command = command;
        this.once = once;
    }

    /** Starts the manager for the first time. */
    public void begin() {
        start();
    }

    /** With which papa is to end: the manager's, 128 + N if signal N ended it. */
    public int code() {
        return code;
    }

    /** Whether one runs, is being started, or will be. */
    public boolean hasManager() {
        return !ending && (manager != null || starting || rest != null);
    }

    /** The pid of the manager; 0 while there is none. */
    public int pid() {
        return manager == null ? 0 : manager.pid;
    }

    private void start() {
        rest = null;
        starting = true;
        host.launch(command, new Host.Launched() {
            @Override
            public void started(int pid, int pidfd, @Nullable Integer status) {
                begun(ManagerProcess.started(pid, pidfd), status);
            }

            @Override
            public void failed(LaunchFailure failure) {
                notBegun(failure);
            }
        });
    }

    private void begun(ManagerProcess process, @Nullable Integer status) {
        starting = false;
        startedBefore = true;
        boolean needless = manager != null || ending; // somebody took its part meanwhile, and has ended by now perhaps
        if (needless) {
            former.add(process);
        } else {
            manager = process;
        }
        Log.info("the manager runs, pid " + process.pid);
        if (status != null) {
            ended(process, status);
            return;
        }
        watch(process);
        if (needless) {
            process.signal(posix, Posix.SIGTERM);
        } else {
            toPassOn.forEach(each -> process.signal(posix, each));
        }
        toPassOn.clear();
    }

    private void notBegun(LaunchFailure failure) {
        starting = false;
        toPassOn.clear();
        Log.info(failure.getMessage() + "");
        if (manager != null) {
            return;
        }
        if (!startedBefore || once || toEnd) {
            finish(failure.isNotFound() ? NOT_FOUND : NOT_EXECUTED);
        } else {
            startAgain(backOff.next(0), "");
        }
    }

    private void watch(ManagerProcess process) {
        host.apart().add(process.pid, status -> ended(process, status));
        if (process.pidfd >= 0) {
            watchEnd(process);
        }
    }

    private void watchEnd(ManagerProcess process) {
        loop.addForCertain(process.pidfd, Posix.EPOLLIN, events -> lookAt(process), () -> "the end of the manager");
    }

    /** It has ended. If it is a child of ours, whether we started or adopted it, its status is there. */
    private void lookAt(ManagerProcess process) {
        loop.remove(process.pidfd);
        int[] status = new int[1];
        int pid = posix.waitFor(process.pid, status, NOT_WANTED);
        if (pid == 0 || Errno.EINTR.is(pid)) {
            loop.after(TRACED_NANOS, () -> {
                if (!process.ended) {
                    watchEnd(process);
                }
            });
        } else {
            host.apart().remove(process.pid);
            ended(process, pid == process.pid ? status[0] : null);
        }
    }

    /** @param status as waitpid(2) gives it; null if it was not our child */
    private void ended(ManagerProcess process, @Nullable Integer status) {
        if (process.ended) {
            return;
        }
        process.ended = true;
        if (process.pidfd >= 0) {
            loop.remove(process.pidfd);
            posix.close(process.pidfd);
        }
        former.remove(process);
        if (process == manager) {
            manager = null;
            managerEnded(process, status);
        }
    }

    private void managerEnded(ManagerProcess process, @Nullable Integer status) {
        int signal = status == null ? 0 : status & 0x7f;
        code = status == null ? 0 : signal != 0 ? KILLED + signal : (status >> 8) & 0xff;
        String how = "the manager, pid " + process.pid + ", "
                + (status == null
                        ? "has ended, nobody knows how"
                        : signal != 0 ? "was ended by signal " + signal : "has ended with " + code);
        boolean orderly = status != null && code == 0 && host.isIdle();
        if (ending) {
            return;
        }
        if (toEnd || once || orderly) {
            Log.info(how + (orderly && !toEnd && !once ? ", and nothing is held: papa ends, too" : ": papa ends, too"));
            finish(code);
        } else {
            startAgain(backOff.next(process.livedNanos()), how + ": ");
        }
    }

    private void startAgain(long delayNanos, String why) {
        Log.info(why
                + String.format(
                        Locale.ROOT,
                        "it is started again in %.1f seconds",
                        delayNanos / (double) TimeUnit.SECONDS.toNanos(1)));
        rest(delayNanos);
    }

    private void rest(long delayNanos) {
        restEndNanos = System.nanoTime() + delayNanos;
        rest = loop.after(delayNanos, this::start);
    }

    private void finish(int exitCode) {
        if (ending) {
            return;
        }
        ending = true;
        code = exitCode;
        host.ending();
        former.forEach(each -> each.signal(posix, Posix.SIGTERM));
        host.endAll(() -> {
            former.forEach(each -> each.signal(posix, Posix.SIGKILL));
            host.stop();
        });
    }

    /** A signal has come to papa. */
    public void came(int signal) {
        if (ending) {
            return;
        }
        if (END.contains(signal)) {
            toEnd = true;
            host.ending();
        }
        if (manager != null) {
            manager.signal(posix, signal);
        } else if (starting) {
            toPassOn.add(signal);
        } else if (toEnd) {
            if (rest != null) {
                rest.cancel();
                rest = null;
            }
            finish(code);
        }
    }

    /**
     * Another process is the manager from now on; the former one may end.
     *
     * @param pidfd ours from now on
     */
    public void handOver(int pid, int pidfd) {
        ManagerProcess known = manager;
        if (known != null && known.pid == pid) {
            posix.close(pidfd);
            return;
        }
        Log.info("the manager is pid " + pid + " from now on" + (known == null ? "" : ", no longer pid " + known.pid));
        if (known != null) {
            former.add(known);
        }
        if (rest != null) {
            rest.cancel();
            rest = null;
        }
        ManagerProcess next = again(pid);
        if (next == null) {
            next = ManagerProcess.handedOver(pid, pidfd);
            watch(next);
        } else {
            posix.close(pidfd);
        }
        manager = next;
        startedBefore = true;
        if (toEnd) {
            next.signal(posix, Posix.SIGTERM);
        }
    }

    /** One that was the manager before, and has not ended, so that the number is its own; null if there is none such. */
    private @Nullable ManagerProcess again(int pid) {
        for (ManagerProcess each : former) {
            if (each.pid == pid) {
                former.remove(each);
                return each;
            }
        }
        return null;
    }

    /** Whether papa ends already, so that there is nothing to be managed any more. */
    public boolean isEnding() {
        return ending;
    }

    // For the program that takes the place of this one.

    /**
     * A line {@code init}: {@code backoff=} ({@link BackOff}), {@code started=1} if COMMAND could be started once, {@code
     * toend=1}, {@code code=}, {@code rest=} nanoseconds until it is started again, if it is to be; a line {@code manager}
     * for each ({@link ManagerProcess}). While it starts or papa ends there is no upgrade.
     */
    public void save(StateWriter out) {
        StateWriter.Line line = out.line("init");
        backOff.save(line);
        line.flag("started", startedBefore).flag("toend", toEnd).put("code", code);
        if (rest != null) {
            line.put("rest", Math.max(0, restEndNanos - System.nanoTime()));
        }
        line.end();
        if (manager != null) {
            manager.save(out, false);
        }
        former.forEach(each -> each.save(out, true));
    }

    /** Restores what {@link #save} wrote; nothing happens before {@link #resume}. */
    public void restoreFrom(StateReader reader) {
        reader.on("init", this::restore);
        reader.on("manager", line -> {
            ManagerProcess process = ManagerProcess.restore(line);
            if (line.flag("former")) {
                former.add(process);
            } else if (manager == null) {
                manager = process;
            } else {
                throw line.wrong("there is a manager already");
            }
            // Before anybody asks whose children there are.
            host.apart().add(process.pid, status -> ended(process, status));
        });
    }

    private void restore(StateLine line) throws StateException {
        backOff.restore(line);
        startedBefore = line.flag("started");
        toEnd = line.flag("toend");
        code = line.integer("code", 0, 255);
        if (line.has("rest")) {
            restEndNanos = System.nanoTime() + line.number("rest", 0, BackOff.LONGEST_NANOS);
            resting = true;
        }
    }

    /** The loop is about to run, after {@link #restoreFrom}. */
    public void resume() {
        List<ManagerProcess> all = new ArrayList<>(former);
        if (manager != null) {
            all.add(manager);
        }
        all.forEach(this::watch);
        if (resting) {
            resting = false;
            rest(Math.max(0, restEndNanos - System.nanoTime()));
        } else if (manager == null) {
            start(); // a state without a manager: it has none, as at the beginning
        }
    }
}
