package papa.posix;

import java.util.List;

/**
 * What {@link Posix#spawn} starts: in a new session, with all signals at their defaults and none blocked, standard input
 * from /dev/null, and no descriptor but the named ones.
 *
 * @param path the program; this and all words are byte strings
 * @param environment {@code NAME=VALUE} each
 * @param stdout the descriptor to become number 1, or -1 for /dev/null
 * @param stderr the descriptor to become number 2, or -1 for /dev/null
 * @param openFiles the soft RLIMIT_NOFILE of the program, or -1 for that of the caller. It belongs to the whole process,
 *     so the caller's is lowered for the moment of the start: what is open stays open, what is opened meanwhile may fail
 * @param inherited descriptors above 2 that keep their numbers, in ascending order; all others above 2 are closed
 */
public record SpawnRequest(
        String path,
        List<String> argv,
        List<String> environment,
        int stdout,
        int stderr,
        long openFiles,
        List<Integer> inherited) {
    public SpawnRequest {
        argv = List.copyOf(argv);
        environment = List.copyOf(environment);
        inherited = List.copyOf(inherited);
    }
}
