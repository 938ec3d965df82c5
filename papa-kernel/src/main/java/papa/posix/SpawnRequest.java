package papa.posix;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Posix#spawn} starts: in a new session, with all signals at their defaults and none blocked, and with no
 * descriptor but the named ones. Working directory, umask and identity are those of the calling thread.
 *
 * @param path the program; this and all words are byte strings
 * @param environment {@code NAME=VALUE} each
 * @param furtherVariable the address of one more such word, ended by a zero byte, which may be written to until the
 *     program runs; 0 for none
 * @param stdin the descriptor to become number 0, or -1 for /dev/null
 * @param stdout the descriptor to become number 1, or -1 for /dev/null
 * @param stderr the descriptor to become number 2, or -1 for /dev/null
 * @param openFiles the soft RLIMIT_NOFILE of the program, or -1 for that of the caller. It belongs to the whole process,
 *     so the caller's is lowered for the moment of the start: what is open stays open, what is opened meanwhile may fail
 * @param inherited descriptors above 2 that it gets, in ascending order of their numbers there; no others above 2
 * @param gate where the child waits before the program is executed; null to go on at once
 */
public record SpawnRequest(
        String path,
        List<String> argv,
        List<String> environment,
        long furtherVariable,
        int stdin,
        int stdout,
        int stderr,
        long openFiles,
        List<Inherited> inherited,
        @Nullable Gate gate) {

    /**
     * A descriptor that is handed over.
     *
     * @param number what it is in the child: the same, or one below every {@code fd} of the request
     */
    public record Inherited(int fd, int number) {}

    /**
     * Descriptors of two FIFOs (fifo(7)) that the child opens, as whoever it is by then, when all else is prepared.
     *
     * @param arrival opened for writing and closed again. Who reads it learns that the child is there
     * @param opening opened for reading, which waits until somebody has it open for writing
     */
    public record Gate(int arrival, int opening) {}

    public SpawnRequest {
        argv = List.copyOf(argv);
        environment = List.copyOf(environment);
        inherited = List.copyOf(inherited);
    }
}
