package papa.posix;

import java.nio.charset.StandardCharsets;
import java.util.List;
import jnr.ffi.Runtime;

/** {@link ProgramCalls} on the C library. */
final class NativeProgram implements ProgramCalls {
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;
    private static final int PATH_MAX = 4096;

    private final LibC c;
    private final Posix posix;
    private final Runtime runtime;
    private final OomScore oomScore;

    NativeProgram(LibC c, Posix posix, Runtime runtime, OomScore oomScore) {
        this.oomScore = oomScore;
        this.c = c;
        this.posix = posix;
        this.runtime = runtime;
    }

    @Override
    public int execute(String path, List<String> argv, List<String> environment) {
        long program = WordArray.make(c, posix, List.of(path), 0);
        long words = WordArray.make(c, posix, argv, 0);
        long variables = WordArray.make(c, posix, environment, 0);
        try {
            if (program == 0 || words == 0 || variables == 0) {
                return Errno.ENOMEM.negated();
            }
            c.execve(posix.getLong(program), words, variables);
            return -runtime.getLastError();
        } finally {
            c.free(program);
            c.free(words);
            c.free(variables);
        }
    }

    @Override
    public int setCloseOnExec(int fd, boolean close) {
        int done = c.fcntl(fd, F_SETFD, close ? FD_CLOEXEC : 0);
        return done < 0 ? -runtime.getLastError() : 0;
    }

    @Override
    public boolean isDirectoryRemoved() {
        return target("/proc/thread-self/cwd").endsWith(" (deleted)");
    }

    @Override
    public String executable() {
        return target("/proc/self/exe");
    }

    private String target(String link) {
        long name = WordArray.make(c, posix, List.of(link), 0);
        long target = c.calloc(1, PATH_MAX);
        try {
            long length = name == 0 || target == 0 ? -1 : c.readlink(posix.getLong(name), target, PATH_MAX);
            byte[] bytes = new byte[(int) Math.max(0, length)];
            if (bytes.length > 0) {
                posix.getBytes(target, bytes, 0, bytes.length);
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } finally {
            c.free(name);
            c.free(target);
        }
    }

    @Override
    public int childrensOomScore(int[] score) {
        return oomScore.childrens(score);
    }

    @Override
    public int keepOomScore(int childrens) {
        return oomScore.keep(childrens);
    }

    @Override
    public int endWithParent() {
        int done = c.prctl(PR_SET_PDEATHSIG, Posix.SIGKILL, 0, 0, 0);
        return done < 0 ? -runtime.getLastError() : 0;
    }
}
