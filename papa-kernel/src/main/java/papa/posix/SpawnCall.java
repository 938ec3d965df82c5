package papa.posix;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * posix_spawn(3) with what every child of ours gets: a session of its own, no blocked signals, all signals at their
 * defaults. All its arguments lie outside the heap: it waits for the exec, which may take for ever. From any thread, but
 * one at a time may ask for a limit of open files.
 */
final class SpawnCall {
    private static final short FLAGS = 0x80 | 0x08 | 0x04; // SETSID, SETSIGMASK, SETSIGDEF

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
        long words = layOut(request.argv(), 0);
        long environment = layOut(request.environment(), request.furtherVariable());
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
        SpawnRequest.Gate gate = request.gate();
        if (gate != null) {
            failure |= addOpenOfFifo(actions, gate.arrival(), Posix.O_WRONLY);
            failure |= addOpenOfFifo(actions, gate.opening(), Posix.O_RDONLY);
        }
        failure |= request.stdin() < 0
                ? c.posix_spawn_file_actions_addopen(actions, 0, devNull, Posix.O_RDONLY, 0)
                : c.posix_spawn_file_actions_adddup2(actions, request.stdin(), 0);
        return failure | c.posix_spawn_file_actions_addclosefrom_np(actions, highest + 1);
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

    /**
     * An array of pointers to the words, ended by a null pointer, and the words behind it, in one block; 0 if none.
     *
     * @param further the address of one more word that lies elsewhere; 0 for none
     */
    private long layOut(List<String> words, long further) {
        long pointers = (words.size() + 2L) * 8;
        long size = pointers;
        for (String word : words) {
            size += word.length() + 1;
        }
        long block = c.calloc(1, size);
        if (block == 0) {
            return 0;
        }
        long at = block + pointers;
        for (int i = 0; i < words.size(); i++) {
            posix.putLong(block + i * 8L, at);
            putString(at, words.get(i));
            at += words.get(i).length() + 1L;
        }
        posix.putLong(block + words.size() * 8L, further);
        return block;
    }

    /** Into zeroed memory, so that it is ended. */
    private void putString(long address, String word) {
        byte[] bytes = word.getBytes(StandardCharsets.ISO_8859_1);
        posix.putBytes(address, bytes, 0, bytes.length);
    }
}
