package papa.socket;

import java.util.Arrays;
import java.util.List;
import papa.loop.Log;
import papa.posix.Accounts;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.request.Refusal;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Words;

/**
 * The file of a Unix socket that we made: it is ours as long as its device and inode are what they were. While the socket
 * is open, no other file can get that inode. Any thread.
 */
public final class UnixPath {
    private static final int S_IFSOCK = 0xc000;
    private static final int[] TYPES = {Posix.SOCK_STREAM, Posix.SOCK_DGRAM, Posix.SOCK_SEQPACKET};

    private final Posix posix;
    private final String path;
    private final long[] identity = new long[2];
    private final int kind;

    /** Call it right after the bind. */
    public UnixPath(Posix posix, String path) {
        this.posix = posix;
        this.path = path;
        this.kind = posix.identify(path, identity);
    }

    private UnixPath(Posix posix, String path, long[] identity) {
        this.posix = posix;
        this.path = path;
        this.kind = S_IFSOCK;
        System.arraycopy(identity, 0, this.identity, 0, this.identity.length);
    }

    /** Device and inode under a key; nothing if the file is not ours. */
    public void put(StateWriter.Line line, String key) {
        if (kind == S_IFSOCK) {
            line.tuple(key, identity);
        }
    }

    /** The file that was put under that key, whether it is still there or not. */
    public static UnixPath restore(Posix posix, String path, StateLine line, String key) throws StateException {
        List<long[]> told = line.tuples(key, 2);
        if (told.size() != 1) {
            throw line.wrong(key + "= is there " + told.size() + " times");
        }
        return new UnixPath(posix, path, told.get(0));
    }

    /** What stands at a path where a socket is to be made. */
    public enum Occupant {
        NOBODY,
        /** The file of a socket that is no more. */
        STALE_SOCKET,
        /** A socket on which somebody listens, or perhaps: where that cannot be told, it is left alone. */
        LIVE_SOCKET,
        OTHER_FILE
    }

    /** Looks, by connecting to it: only a refusal tells that nobody listens. */
    public static Occupant occupant(Posix posix, String path) throws Refusal {
        int kind = posix.identify(path, new long[2]);
        if (Errno.ENOENT.is(kind)) {
            return Occupant.NOBODY;
        }
        if (kind < 0) {
            throw new Refusal("cannot look at " + Words.text(path) + ": " + Errno.of(kind));
        }
        if (kind != S_IFSOCK) {
            return Occupant.OTHER_FILE;
        }
        byte[] address = SocketAddress.unix(path);
        for (int type : TYPES) {
            int probe = posix.socket(Posix.AF_UNIX, type | Posix.SOCK_NONBLOCK, 0);
            if (probe < 0) {
                throw new Refusal(
                        "cannot tell whether anybody listens at " + Words.text(path) + ": " + Errno.of(probe));
            }
            int connected = posix.connect(probe, address);
            posix.close(probe);
            if (Errno.ENOENT.is(connected)) {
                return Occupant.NOBODY;
            }
            if (Errno.ECONNREFUSED.is(connected)) {
                return Occupant.STALE_SOCKET;
            }
            if (!Errno.EPROTOTYPE.is(connected)) {
                return Occupant.LIVE_SOCKET;
            }
        }
        return Occupant.LIVE_SOCKET;
    }

    /**
     * Gives the file an owner, a group and permissions; {@link Accounts#NOBODY} or a mode of -1 leaves what is. What cannot
     * be changed is told by the result, a negated errno.
     */
    int restrict(int uid, int gid, int mode) {
        int pinned = posix.pin(path);
        if (pinned < 0) {
            return pinned;
        }
        try {
            long[] found = new long[2];
            int type = posix.identify(pinned, found);
            if (type < 0) {
                return type;
            }
            if (type != S_IFSOCK || !Arrays.equals(found, identity)) {
                return Errno.EEXIST.negated(); // somebody put another in its place
            }
            int done = uid == Accounts.NOBODY && gid == Accounts.NOBODY ? 0 : posix.changeOwner(pinned, uid, gid);
            return done < 0 || mode < 0 ? done : posix.changeMode(pinned, mode);
        } finally {
            posix.close(pinned);
        }
    }

    /** 0 or more if it is known which file is ours; else a negated errno, and {@link #remove} leaves it. */
    int known() {
        return kind;
    }

    /** Removes the file if it is still ours. Call it before the socket is closed. */
    public void remove() {
        long[] now = new long[2];
        if (kind != S_IFSOCK) {
            return;
        }
        int found = posix.identify(path, now);
        boolean ours = found == S_IFSOCK && Arrays.equals(now, identity);
        int removed = ours ? posix.unlink(path) : Math.min(found, 0);
        if (removed < 0 && !Errno.ENOENT.is(removed)) {
            Log.info("cannot remove the socket " + Words.text(path) + ": " + Errno.of(removed));
        }
    }
}
