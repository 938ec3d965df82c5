package papa.posix;

/** A system call that failed where the program cannot go on: at start-up only. */
public final class PosixException extends Exception {
    private static final long serialVersionUID = 1;

    private PosixException(String message) {
        super(message);
    }

    /** The result, if it is no failure. */
    public static int check(String doing, int result) throws PosixException {
        if (result < 0) {
            throw new PosixException("cannot " + doing + ": " + Errno.of(result));
        }
        return result;
    }

    /** The result, if it is no failure. */
    public static long check(String doing, long result) throws PosixException {
        if (result < 0) {
            throw new PosixException("cannot " + doing + ": " + Errno.of(result));
        }
        return result;
    }
}
