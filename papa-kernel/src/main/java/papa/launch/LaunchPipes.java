package papa.launch;

import papa.posix.Posix;

/** The pipes of one launch: reading end, writing end; -1 where there is none. */
final class LaunchPipes {
    private final Posix posix;
    private final ProcessSpec spec;
    private final int[] stdout = {-1, -1};
    private final int[] stderr = {-1, -1};

    LaunchPipes(Posix posix, ProcessSpec spec) {
        this.posix = posix;
        this.spec = spec;
    }

    void open() throws LaunchFailure {
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

    /** Where it has papa's own; else what it is to be otherwise. */
    int childStdin(int otherwise) {
        boolean own = spec.stdout() == ProcessSpec.Target.INHERITED
                || spec.attributes().inheritsStdin();
        return own ? 0 : otherwise;
    }

    int childStdout() {
        return spec.stdout() == ProcessSpec.Target.INHERITED ? 1 : stdout[1];
    }

    /** With {@code stdout=0 stderr=stdout} both go to /dev/null: the kernel's own output is nobody's business. */
    int childStderr() {
        return switch (spec.stderr()) {
            case INHERITED -> 2;
            case MERGED -> stdout[1];
            default -> stderr[1];
        };
    }

    int stdout() {
        return stdout[0];
    }

    int stderr() {
        return stderr[0];
    }

    void closeChildEnds() {
        closeEnd(stdout, 1);
        closeEnd(stderr, 1);
    }

    void closeAll() {
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
