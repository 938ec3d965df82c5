package papa.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import papa.descent.Orphans;
import papa.loop.Micros;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.posix.SpawnRequest;

/**
 * Starts programs, one after the other, on a thread of its own: each launch from its order to its pid, or to the stage that
 * failed. The thread has a working directory and a umask of its own, and takes on the identity of each child in turn.
 *
 * <p>Such a thread must never end: its children would become those of the first thread, among which {@link Orphans} looks
 * for the adopted, and those that asked for a signal at the death of their parent (prctl(2), PR_SET_PDEATHSIG) would get it.
 */
final class Launcher {
    private final Posix posix;
    private final LaunchSettings settings;
    private final FileLimitTurn fileLimit;
    private final ThreadIdentity thread;
    private final NewestChild newestChild;
    private final Gate gate;
    private final GateSteps gateSteps;
    private final boolean maySetLimits;
    private boolean broken;

    /** To be called on the thread that it is for. */
    Launcher(Posix posix, LaunchSettings settings, FileLimitTurn fileLimit) throws PosixException {
        this.posix = posix;
        this.settings = settings;
        this.fileLimit = fileLimit;
        PosixException.check("give a thread a directory of its own", posix.unshareFileSystem());
        this.thread = new ThreadIdentity(posix);
        this.newestChild = new NewestChild(posix, posix.attributes().threadId());
        this.gate = new Gate(posix, settings.folder(), newestChild);
        this.gateSteps = new GateSteps(posix, gate, fileLimit);
        this.maySetLimits = thread.maySetLimits();
    }

    /** Whether it could not come back from the identity of a child, so that it must not start anything any more. */
    boolean isBroken() {
        return broken;
    }

    /** Whether the child of a start under way has been made; from any thread. */
    boolean hasChild() {
        return newestChild.waiting() > 0;
    }

    /** Ends the start under way, if its child has been made and may be killed where it hangs; from any thread. */
    void killChild() {
        int child = newestChild.waiting();
        if (child > 0) {
            posix.kill(child, Posix.SIGKILL);
        }
    }

    /** Of one that is broken: nothing can be done with it any more. */
    void close() {
        gate.close();
        newestChild.close();
    }

    /** Starts a program as it is, where the kernel itself is; the pid, or a negated errno. */
    int run(SpawnRequest request) {
        int entered = posix.changeDirectory("/proc/self/cwd"); // that of the first thread, whatever it is called by now
        return entered < 0 ? entered : posix.spawn(request);
    }

    Started launch(LaunchOrder order) throws LaunchFailure {
        ProcessSpec spec = order.spec();
        IdentityWords words = spec.attributes().identity();
        Identity identity = words.isNone() ? null : words.resolve(posix, spec.name());
        LaunchPipes pipes = new LaunchPipes(posix, spec);
        try {
            pipes.open();
            enterDirectory(spec);
            Started started = start(order, identity, pipes);
            pipes.closeChildEnds();
            return started;
        } catch (LaunchFailure | RuntimeException | Error failure) {
            pipes.closeAll();
            throw failure;
        } finally {
            posix.fileMask(settings.mask());
            fileLimit.release(this);
        }
    }

    private void enterDirectory(ProcessSpec spec) throws LaunchFailure {
        String directory = spec.workingDirectory().isEmpty() ? settings.home() : spec.workingDirectory();
        int entered = posix.changeDirectory(directory);
        if (entered < 0) {
            throw new LaunchFailure(spec.name(), LaunchFailure.Stage.WORKING_DIRECTORY, entered, directory);
        }
        posix.fileMask(spec.fileMask() >= 0 ? spec.fileMask() : settings.mask());
    }

    private Started start(LaunchOrder order, @Nullable Identity identity, LaunchPipes pipes) throws LaunchFailure {
        ProcessSpec spec = order.spec();
        List<Gate.Step> steps = gateSteps.of(order, identity);
        boolean lowers = steps.isEmpty() && fileLimit.isNeeded() && fileLimit.take(this);
        if (!lowers && fileLimit.isNeeded() && !spec.attributes().limitsFiles()) {
            steps = new ArrayList<>(steps);
            steps.add(gateSteps.fileLimit(identity));
        }
        boolean gated = !steps.isEmpty();
        if (gated) {
            int begun = gate.begin(steps);
            if (begun < 0) {
                throw new LaunchFailure(spec.name(), LaunchFailure.Stage.GATE, begun, settings.folder());
            }
        }
        Attempt attempt = new Attempt();
        long startedMicros = Micros.now();
        long startedNanos = System.nanoTime();
        Gate.Failed failedStep = null;
        try {
            attempt.run(order, identity, pipes, lowers ? settings.fileLimit() : -1, gated);
        } finally {
            broken = !thread.restore();
            failedStep = gated ? gate.settle() : null;
            broken |= gateSteps.isBroken();
        }
        demandSuccess(spec, identity, attempt, failedStep);
        String shown = identity == null ? "" : spec.attributes().identity().describe(identity);
        int pidfd = posix.pidfdOpen(attempt.pid);
        return new Started(attempt.pid, pidfd, startedMicros, startedNanos, pipes.stdout(), pipes.stderr(), shown);
    }

    /** What happens as somebody else; results are looked at by who has come back. */
    private final class Attempt {
        private ThreadIdentity.@Nullable Failure refused;
        private ProgramSearch.Found program = new ProgramSearch.Found("", 0);
        private int pid;

        private void run(
                LaunchOrder order, @Nullable Identity identity, LaunchPipes pipes, long openFiles, boolean gated) {
            ChildAttributes attributes = order.spec().attributes();
            List<String> environment = environment(order);
            List<SpawnRequest.Inherited> inherited = order.sockets().inherited(attributes.listenFds());
            refused = identity == null ? null : thread.assume(identity, gated && !maySetLimits);
            if (refused != null) {
                return;
            }
            program = ProgramSearch.find(
                    posix,
                    order.spec(),
                    attributes.program().isEmpty() ? order.argv().get(0) : attributes.program());
            if (program.errno() == 0) {
                pid = posix.spawn(new SpawnRequest(
                        program.path(),
                        order.argv(),
                        environment,
                        attributes.listenFds() ? gate.pidVariable() : 0,
                        pipes.childStdin(order.sockets().stdin()),
                        pipes.childStdout(),
                        pipes.childStderr(),
                        openFiles,
                        inherited,
                        gated ? gate.ends() : null));
            }
        }
    }

    private void demandSuccess(
            ProcessSpec spec, @Nullable Identity identity, Attempt attempt, Gate.@Nullable Failed failedStep)
            throws LaunchFailure {
        ThreadIdentity.Failure refused = attempt.refused;
        if (refused != null && identity != null) {
            throw LaunchFailure.ofIdentity(spec.name(), refused, identity, thread.uid());
        }
        if (failedStep != null) {
            if (attempt.pid > 0) {
                posix.kill(attempt.pid, Posix.SIGKILL); // where the gatekeeper could not find it
            }
            throw LaunchFailure.ofStep(spec.name(), failedStep, attempt.pid);
        }
        String asWhom = identity == null || identity.uid() == thread.uid()
                ? ""
                : " as uid " + Integer.toUnsignedString(identity.uid());
        ProgramSearch.Found program = attempt.program;
        if (program.errno() < 0) {
            boolean forbidden = !asWhom.isEmpty() && Errno.EACCES.is(program.errno());
            throw new LaunchFailure(
                    spec.name(),
                    forbidden ? LaunchFailure.Stage.EXECUTE : LaunchFailure.Stage.PROGRAM,
                    program.errno(),
                    program.path(),
                    asWhom);
        }
        if (attempt.pid < 0) {
            boolean executing = stageOf(attempt.pid) == LaunchFailure.Stage.EXECUTE;
            throw new LaunchFailure(
                    spec.name(), stageOf(attempt.pid), attempt.pid, executing ? program.path() : "", asWhom);
        }
    }

    private static LaunchFailure.Stage stageOf(int errno) {
        if (Errno.EBADF.is(errno)) {
            return LaunchFailure.Stage.SOCKETS;
        }
        boolean ofTheProcess = Errno.EAGAIN.is(errno) || Errno.ENOMEM.is(errno) || Errno.EMFILE.is(errno);
        return ofTheProcess ? LaunchFailure.Stage.PROCESS : LaunchFailure.Stage.EXECUTE;
    }

    private static List<String> environment(LaunchOrder order) {
        Map<String, String> variables = new TreeMap<>(order.spec().environment());
        if (order.spec().attributes().listenFds()) {
            variables.keySet().removeIf(each -> each.startsWith("LISTEN_"));
            variables.put("LISTEN_FDS", Integer.toString(order.sockets().count()));
            variables.put("LISTEN_FDNAMES", order.sockets().fdNames());
        }
        List<String> words = new ArrayList<>(variables.size());
        variables.forEach((name, value) -> words.add(name + "=" + value));
        return words;
    }
}
