package papa.posix;

import java.util.Collection;
import jnr.ffi.Runtime;

/** {@link SignalCalls} on the C library. A set of signals is a bit for each, from 1 on, in 128 bytes. */
final class NativeSignals implements SignalCalls {
    private static final int SET_BYTES = 128;
    private static final int SIG_BLOCK = 0;
    private static final int SIG_UNBLOCK = 1;

    /** {@code struct signalfd_siginfo}: ssi_signo at 0, ssi_pid at 12. */
    private static final int INFO_BYTES = 128;

    private static final int INFO_PID = 12;

    private static final int P_ALL = 0;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x01000000;

    /** {@code siginfo_t}: si_pid. */
    private static final int INFO_CHILD = 16;

    private final LibC c;
    private final Posix posix;
    private final Runtime runtime;

    NativeSignals(LibC c, Posix posix, Runtime runtime) {
        this.c = c;
        this.posix = posix;
        this.runtime = runtime;
    }

    /** A call that takes a set. */
    private interface CallWithSet {
        int call(long set);
    }

    private static long bits(Collection<Integer> signals) {
        return signals.stream().mapToLong(signal -> 1L << (signal - 1)).reduce(0, (all, each) -> all | each);
    }

    private int with(long bits, CallWithSet call) {
        long set = c.calloc(1, SET_BYTES);
        if (set == 0) {
            return Errno.ENOMEM.negated();
        }
        try {
            posix.putLong(set, bits);
            return call.call(set);
        } finally {
            c.free(set);
        }
    }

    @Override
    public int block(Collection<Integer> signals) {
        return with(bits(signals), set -> -c.pthread_sigmask(SIG_BLOCK, set, 0));
    }

    @Override
    public int unblock(Collection<Integer> signals) {
        return with(bits(signals), set -> -c.pthread_sigmask(SIG_UNBLOCK, set, 0));
    }

    @Override
    public int areBlocked(Collection<Integer> signals) {
        long wanted = bits(signals);
        return with(0, set -> {
            int failure = c.pthread_sigmask(SIG_BLOCK, 0, set);
            if (failure != 0) {
                return -failure;
            }
            return (posix.getLong(set) & wanted) == wanted ? 1 : 0;
        });
    }

    @Override
    public int descriptor(Collection<Integer> signals) {
        return with(bits(signals), set -> {
            int fd = c.signalfd(-1, set, Posix.O_CLOEXEC | Posix.O_NONBLOCK);
            return fd == -1 ? -runtime.getLastError() : fd;
        });
    }

    @Override
    public int next(int descriptor, int[] sender) {
        long info = c.calloc(1, INFO_BYTES);
        if (info == 0) {
            return Errno.ENOMEM.negated();
        }
        try {
            long count = c.read(descriptor, info, INFO_BYTES);
            if (count != INFO_BYTES) {
                return count < 0 ? -runtime.getLastError() : Errno.EIO.negated();
            }
            sender[0] = posix.getInt(info + INFO_PID);
            return posix.getInt(info);
        } finally {
            c.free(info);
        }
    }

    @Override
    public int ignore(int signal) {
        return c.signal(signal, 1) == -1 ? -runtime.getLastError() : 0;
    }

    @Override
    public int awaitEnded() {
        return ended(true);
    }

    /** The pid of any child that has ended and is not reaped, without reaping it; 0 if none has. */
    int ended(boolean wait) {
        long info = c.calloc(1, INFO_BYTES);
        if (info == 0) {
            return Errno.ENOMEM.negated();
        }
        try {
            int done = c.waitid(P_ALL, 0, info, WEXITED | WNOWAIT | (wait ? 0 : WNOHANG));
            return done == -1 ? -runtime.getLastError() : posix.getInt(info + INFO_CHILD);
        } finally {
            c.free(info);
        }
    }
}
