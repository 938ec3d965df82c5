package papa.posix;

import java.util.List;

/** The program that this process executes. Results are as in {@link Posix}: 0 or more, or the negated errno. */
public interface ProgramCalls {
    /**
     * Executes another program in the place of this one (execve(2)): the pid, the children, blocked and pending signals and
     * all descriptors without close-on-exec stay, all else ends. Returns only if it failed; then nothing has changed.
     *
     * @param environment {@code NAME=VALUE} each; this and all words are byte strings
     */
    int execute(String path, List<String> argv, List<String> environment);

    /** Whether a descriptor is closed by {@link #execute}. */
    int setCloseOnExec(int fd, boolean close);

    /** Where the link {@code /proc/self/exe} points to, or an empty word. */
    String executable();

    /** Whether the working directory has been removed: getcwd(3) finds none then. */
    boolean isDirectoryRemoved();

    /**
     * What oom_score_adj (proc(5)) the children get, into {@code score[0]}; ENOENT if {@link Posix#lowerOomScore} changed
     * nothing, and they get our own.
     */
    int childrensOomScore(int[] score);

    /** Instead of {@link Posix#lowerOomScore}, where a program before us has done it; children get this one. */
    int keepOomScore(int childrens);

    /** Has this process killed when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG). */
    int endWithParent();
}
