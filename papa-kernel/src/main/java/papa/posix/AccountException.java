package papa.posix;

/** A look-up in the users or groups of the machine that gave no answer at all. */
public final class AccountException extends Exception {
    private static final long serialVersionUID = 1;

    private final int errno;

    AccountException(int errno) {
        super(Errno.of(errno), null, false, false);
        this.errno = errno;
    }

    public static AccountException of(Errno errno) {
        return new AccountException(errno.negated());
    }

    /** Negated. */
    public int errno() {
        return errno;
    }
}
