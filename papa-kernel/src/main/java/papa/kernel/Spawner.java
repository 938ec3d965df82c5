package papa.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.posix.SpawnRequest;

/**
 * The thread that starts programs: posix_spawn waits for the exec, and the program may lie on a file system that hangs.
 * Results are posted to the loop.
 *
 * <p>It has a working directory and a umask of its own, so that each child gets the ones it asked for while the rest of
 * the kernel keeps its own.
 */
final class Spawner {
    /** Told on the loop's thread how a launch went. */
    interface Launched {
        /** The pipes are the reading ends, -1 where a channel is not captured. */
        void started(int pid, int pidfd, long startedMicros, int stdoutPipe, int stderrPipe);

        void failed(LaunchFailure failure);
    }

    private final Posix posix;
    private final EventLoop loop;
    private final ConcurrentLinkedQueue<Runnable> jobs = new ConcurrentLinkedQueue<>();
    private final int bell;
    private final long bellWords;
    private final String home;
    private final int ownMask;
    private final long childFileLimit;

    /**
     * @param childFileLimit the soft RLIMIT_NOFILE that children get: the one that the kernel was started with
     * @param home the working directory of children that name none
     */
    Spawner(Posix posix, EventLoop loop, long childFileLimit, String home, int ownMask) throws PosixException {
        this.posix = posix;
        this.loop = loop;
        this.childFileLimit = childFileLimit;
        this.home = home;
        this.ownMask = ownMask;
        this.bell = PosixException.check("make an eventfd", posix.eventfd(true));
        this.bellWords = posix.allocate(16);
        posix.putLong(bellWords, 1);
    }

    void start() {
        Thread thread = new Thread(this::run, "papa-spawner");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        posix.unshareFileSystem();
        while (true) {
            posix.read(bell, bellWords + 8, 8); // waits for work
            for (Runnable job = jobs.poll(); job != null; job = jobs.poll()) {
                job.run();
            }
        }
    }

    private void add(Runnable job) {
        jobs.add(job);
        posix.write(bell, bellWords, 8);
    }

    /** Starts a process. {@code argv} and {@code inherited} are what the spec's words and sockets have become. */
    void launch(ProcessSpec spec, List<String> argv, List<Integer> inherited, Launched launched) {
        add(() -> {
            try {
                launchNow(spec, argv, inherited, launched);
            } catch (LaunchFailure failure) {
                loop.post(() -> launched.failed(failure));
            } catch (RuntimeException | OutOfMemoryError fault) {
                LaunchFailure failure =
                        new LaunchFailure(spec.name(), LaunchFailure.Stage.PROCESS, Errno.ENOMEM.negated(), "");
                loop.post(() -> launched.failed(failure));
            }
        });
    }

    private void launchNow(ProcessSpec spec, List<String> argv, List<Integer> inherited, Launched launched)
            throws LaunchFailure {
        Pipes pipes = new Pipes(spec);
        try {
            pipes.open();
            String program = enterAndFind(spec, argv.get(0));
            SpawnRequest request = new SpawnRequest(
                    program,
                    argv,
                    environment(spec.environment()),
                    pipes.childStdout(),
                    pipes.childStderr(),
                    childFileLimit,
                    inherited);
            posix.fileMask(spec.fileMask() >= 0 ? spec.fileMask() : ownMask);
            long started = Micros.now();
            int pid = posix.spawn(request);
            posix.fileMask(ownMask);
            if (pid < 0) {
                throw new LaunchFailure(
                        spec.name(), stageOf(pid), pid, stageOf(pid) == LaunchFailure.Stage.EXECUTE ? program : "");
            }
            int pidfd = posix.pidfdOpen(pid);
            pipes.closeChildEnds();
            int stdout = pipes.stdout[0];
            int stderr = pipes.stderr[0];
            loop.post(() -> launched.started(pid, pidfd, started, stdout, stderr));
        } catch (LaunchFailure | RuntimeException | OutOfMemoryError failure) {
            pipes.closeAll();
            posix.fileMask(ownMask);
            throw failure;
        }
    }

    private static LaunchFailure.Stage stageOf(int errno) {
        boolean ofTheProcess = Errno.EAGAIN.is(errno) || Errno.ENOMEM.is(errno) || Errno.EMFILE.is(errno);
        return ofTheProcess ? LaunchFailure.Stage.PROCESS : LaunchFailure.Stage.EXECUTE;
    }

    private String enterAndFind(ProcessSpec spec, String word) throws LaunchFailure {
        String directory = spec.workingDirectory().isEmpty() ? home : spec.workingDirectory();
        int entered = posix.changeDirectory(directory);
        if (entered < 0) {
            throw new LaunchFailure(spec.name(), LaunchFailure.Stage.WORKING_DIRECTORY, entered, directory);
        }
        if (word.indexOf('/') >= 0) {
            int allowed = posix.mayExecute(word);
            if (allowed < 0) {
                throw new LaunchFailure(spec.name(), LaunchFailure.Stage.PROGRAM, allowed, word);
            }
            return word;
        }
        int failure = Errno.ENOENT.negated();
        for (String folder : searchPath(spec).split(":", -1)) {
            String candidate = (folder.isEmpty() ? "." : folder) + "/" + word;
            int allowed = posix.mayExecute(candidate);
            if (allowed >= 0) {
                return candidate;
            }
            failure = Errno.EACCES.is(allowed) ? allowed : failure;
        }
        throw new LaunchFailure(spec.name(), LaunchFailure.Stage.PROGRAM, failure, word);
    }

    private static String searchPath(ProcessSpec spec) {
        if (!spec.searchPath().isEmpty()) {
            return spec.searchPath();
        }
        String own = spec.environment().get("PATH");
        return own == null || own.isEmpty() ? "/bin:/usr/bin" : own;
    }

    private static List<String> environment(Map<String, String> variables) {
        List<String> words = new ArrayList<>(variables.size());
        new TreeMap<>(variables).forEach((name, value) -> words.add(name + "=" + value));
        return words;
    }

    /** The pipes of one launch: reading end, writing end; -1 where there is none. */
    private final class Pipes {
        private final ProcessSpec spec;
        private final int[] stdout = {-1, -1};
        private final int[] stderr = {-1, -1};

        private Pipes(ProcessSpec spec) {
            this.spec = spec;
        }

        private void open() throws LaunchFailure {
            if (spec.stdout() == ProcessSpec.Target.CAPTURED && spec.bufferSize() > 0) {
                open(stdout);
            }
            if (spec.stderr() == ProcessSpec.Target.CAPTURED && spec.bufferSize() > 0) {
                open(stderr);
            }
        }

        private void open(int[] pipe) throws LaunchFailure {
            int[] ends = {-1, -1};
            int made = posix.pipe(ends);
            pipe[0] = ends[0];
            pipe[1] = ends[1];
            if (made < 0) {
                throw new LaunchFailure(spec.name(), LaunchFailure.Stage.PIPES, made, "");
            }
        }

        private int childStdout() {
            return stdout[1];
        }

        private int childStderr() {
            return spec.stderr() == ProcessSpec.Target.MERGED ? stdout[1] : stderr[1];
        }

        private void closeChildEnds() {
            closeEnd(stdout, 1);
            closeEnd(stderr, 1);
        }

        private void closeAll() {
            closeChildEnds();
            closeEnd(stdout, 0);
            closeEnd(stderr, 0);
        }

        private void closeEnd(int[] pipe, int end) {
            if (pipe[end] >= 0) {
                posix.close(pipe[end]);
                pipe[end] = -1;
            }
        }
    }
}
