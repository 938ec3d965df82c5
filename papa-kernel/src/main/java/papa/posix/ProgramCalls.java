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
}
