package papa.posix;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * posix_spawn(3) with what every child of ours gets: a session of its own, no blocked signals, all signals at their
 * defaults. All its arguments lie outside the heap: it waits for the exec, which may take for ever. From any thread, but
 * one at a time may ask for a limit of open files.
 */
final class SpawnCall {
    private static final short FLAGS = 0x80 | 0x08 | 0x04; // SETSID, SETSIGMASK, SETSIGDEF

    private static final int LOW = 64;

    private final LibC c;
    private final Posix posix;
    private final OomScore oomScore;
    private final long attributes;
    private final long devNull;

    SpawnCall(LibC c, Posix posix, OomScore oomScore) {
        this.c = c;
        this.posix = posix;
        this.oomScore = oomScore;
        this.attributes = c.calloc(1, 1024);
        this.devNull = c.calloc(1, 16);
        putString(devNull, "/dev/null");
        long signals = c.calloc(1, 128);
        c.posix_spawnattr_init(attributes);
        c.posix_spawnattr_setflags(attributes, FLAGS);
        c.sigemptyset(signals);
        c.posix_spawnattr_setsigmask(attributes, signals);
        posix.putLong(signals, -1L); // not sigfillset: it leaves out two, which the C library has its children ignore
        c.posix_spawnattr_setsigdefault(attributes, signals);
        c.free(signals);
    }

    /** The pid, or the negated errno. */
    int run(SpawnRequest request) {
        long words = WordArray.make(c, posix, request.argv(), 0);
        long environment = WordArray.make(c, posix, request.environment(), request.furtherVariable());
        long actions = c.calloc(1, 256);
        long pidAndPath = c.calloc(1, 8 + request.path().length() + 1L);
        try {
            if (words == 0 || environment == 0 || actions == 0 || pidAndPath == 0) {
                return Errno.ENOMEM.negated();
            }
            putString(pidAndPath + 8, request.path());
            int prepared = prepare(actions, request);
            if (prepared != 0) {
                c.posix_spawn_file_actions_destroy(actions);
                return -prepared;
            }
            // Not earlier: the C library refuses to note a descriptor that is above the limit.
            long[] own = new long[2];
            c.getrlimit(NativePosix.RLIMIT_NOFILE, own);
            boolean differs = request.openFiles() >= 0 && request.openFiles() != own[0];
            if (differs) {
                c.setrlimit(NativePosix.RLIMIT_NOFILE, new long[] {request.openFiles(), own[1]});
            }
            long begun = oomScore.beforeSpawn();
            int failure = c.posix_spawn(pidAndPath, pidAndPath + 8, actions, attributes, words, environment);
            oomScore.afterSpawn(begun);
            if (differs) {
                c.setrlimit(NativePosix.RLIMIT_NOFILE, own);
            }
            c.posix_spawn_file_actions_destroy(actions);
            return failure == 0 ? posix.getInt(pidAndPath) : -failure;
        } finally {
            c.free(words);
            c.free(environment);
            c.free(actions);
            c.free(pidAndPath);
        }
    }

    /** The errno, not negated: that is how this family of calls tells it. */
    private int prepare(long actions, SpawnRequest request) {
        int failure = c.posix_spawn_file_actions_init(actions);
        failure |= request.stdout() < 0
                ? c.posix_spawn_file_actions_addopen(actions, 1, devNull, Posix.O_RDWR, 0)
                : c.posix_spawn_file_actions_adddup2(actions, request.stdout(), 1);
        failure |= request.stderr() < 0
                ? c.posix_spawn_file_actions_addopen(actions, 2, devNull, Posix.O_RDWR, 0)
                : c.posix_spawn_file_actions_adddup2(actions, request.stderr(), 2);
        List<SpawnRequest.Inherited> inherited = request.inherited();
        if (!inherited.isEmpty()) {
            // The JVM opens descriptors without close-on-exec; those below the highest inherited one are marked here.
            posix.closeOnExecFrom(3);
        }
        int highest = 2;
        for (SpawnRequest.Inherited each : inherited) {
            // To its own number: that clears close-on-exec.
            failure |= c.posix_spawn_file_actions_adddup2(actions, each.fd(), each.number());
            highest = each.number();
        }
        int stdin = request.stdin();
        SpawnRequest.Gate gate = request.gate();
        if (gate != null) {
            List<Integer> copies = copiesFor(request, gate);
            stdin = copies.size() > 2 ? copies.get(2) : -1;
            failure |= addWaiting(actions, request, copies, highest);
        } else if (!inherited.isEmpty()) {
            failure |= addCloseOfLow(actions, request, highest);
        }
        failure |= stdin < 0
                ? c.posix_spawn_file_actions_addopen(actions, 0, devNull, Posix.O_RDONLY, 0)
                : c.posix_spawn_file_actions_adddup2(actions, stdin, 0);
        if (stdin >= 0 && stdin != request.stdin()) {
            failure |= c.posix_spawn_file_actions_addclose(actions, stdin); // the copy
        }
        return failure | c.posix_spawn_file_actions_addclosefrom_np(actions, highest + 1);
    }

    /**
     * An exec may hang, too, and its child outlive us. Ours have low numbers: the lock, the socket that we listen at. A
     * number above its own limit of open files that is not open would be an error.
     */
    private int addCloseOfLow(long actions, SpawnRequest request, int highest) {
        Set<Integer> kept = new HashSet<>(Set.of(request.stdin()));
        request.inherited().forEach(each -> kept.add(each.number()));
        long end = Math.min(Math.min(highest, LOW), request.openFiles() < 0 ? LOW : request.openFiles());
        int failure = 0;
        for (int number = 3; number < end; number++) {
            failure |= kept.contains(number) ? 0 : c.posix_spawn_file_actions_addclose(actions, number);
        }
        return failure;
    }

    /** Numbers that are free in the child, low ones, for what it needs after all else is closed: two FIFOs, and stdin. */
    private static List<Integer> copiesFor(SpawnRequest request, SpawnRequest.Gate gate) {
        Set<Integer> taken = new HashSet<>(List.of(gate.arrival(), gate.opening(), request.stdin()));
        request.inherited().forEach(each -> taken.add(each.number()));
        return IntStream.iterate(3, number -> number + 1)
                .filter(number -> !taken.contains(number))
                .limit(request.stdin() < 0 ? 2 : 3)
                .boxed()
                .toList();
    }

    /**
     * The child outlives us if we are killed while it waits, and nobody opens the gate any more. So it first closes all that
     * is ours: our lock would keep the next kernel from starting, our connections would look alive.
     */
    private int addWaiting(long actions, SpawnRequest request, List<Integer> copies, int highest) {
        SpawnRequest.Gate gate = Objects.requireNonNull(request.gate());
        List<Integer> sources = List.of(gate.arrival(), gate.opening(), request.stdin());
        Set<Integer> kept = new HashSet<>(copies);
        request.inherited().forEach(each -> kept.add(each.number()));
        int failure = 0;
        int last = highest;
        for (int i = 0; i < copies.size(); i++) {
            failure |= c.posix_spawn_file_actions_adddup2(actions, sources.get(i), copies.get(i));
            last = Math.max(last, copies.get(i));
        }
        for (int number = 3; number < last; number++) {
            failure |= kept.contains(number) ? 0 : c.posix_spawn_file_actions_addclose(actions, number);
        }
        failure |= c.posix_spawn_file_actions_addclosefrom_np(actions, last + 1);
        failure |= addOpenOfFifo(actions, copies.get(0), Posix.O_WRONLY);
        failure |= addOpenOfFifo(actions, copies.get(1), Posix.O_RDONLY);
        failure |= c.posix_spawn_file_actions_addclose(actions, copies.get(0));
        return failure | c.posix_spawn_file_actions_addclose(actions, copies.get(1));
    }

    /**
     * At number 0, which each such action closes first: the second so ends the first. And while the child waits, the lowest
     * limit of open files may be set on it that leaves room for number 0, which alone is opened after that.
     */
    private int addOpenOfFifo(long actions, int fifo, int flags) {
        long path = c.calloc(1, 64);
        if (path == 0) {
            return Errno.ENOMEM.number();
        }
        putString(path, "/proc/self/fd/" + fifo);
        int failure = c.posix_spawn_file_actions_addopen(actions, 0, path, flags, 0); // copies the path
        c.free(path);
        return failure;
    }

    /** Into zeroed memory, so that it is ended. */
    private void putString(long address, String word) {
        byte[] bytes = word.getBytes(StandardCharsets.ISO_8859_1);
        posix.putBytes(address, bytes, 0, bytes.length);
    }
}
