package papa.posix;

import java.util.Arrays;

/** The errors that the kernel tells its clients by name. Numbers are Linux's (errno(3)). */
public enum Errno {
    EPERM(1, "Operation not permitted"),
    ENOENT(2, "No such file or directory"),
    ESRCH(3, "No such process"),
    EINTR(4, "Interrupted system call"),
    EIO(5, "Input/output error"),
    ENXIO(6, "No such device or address"),
    E2BIG(7, "Argument list too long"),
    ENOEXEC(8, "Exec format error"),
    EBADF(9, "Bad file descriptor"),
    ECHILD(10, "No child processes"),
    EAGAIN(11, "Resource temporarily unavailable"),
    ENOMEM(12, "Cannot allocate memory"),
    EACCES(13, "Permission denied"),
    EFAULT(14, "Bad address"),
    EBUSY(16, "Device or resource busy"),
    EEXIST(17, "File exists"),
    ENODEV(19, "No such device"),
    ENOTDIR(20, "Not a directory"),
    EISDIR(21, "Is a directory"),
    EINVAL(22, "Invalid argument"),
    ENFILE(23, "Too many open files in system"),
    EMFILE(24, "Too many open files"),
    ETXTBSY(26, "Text file busy"),
    EFBIG(27, "File too large"),
    ENOSPC(28, "No space left on device"),
    EROFS(30, "Read-only file system"),
    EPIPE(32, "Broken pipe"),
    ERANGE(34, "Numerical result out of range"),
    ENAMETOOLONG(36, "File name too long"),
    ENOSYS(38, "Function not implemented"),
    ELOOP(40, "Too many levels of symbolic links"),
    ENOTSOCK(88, "Socket operation on non-socket"),
    EPROTOTYPE(91, "Protocol wrong type for socket"),
    ENOPROTOOPT(92, "Protocol not available"),
    EPROTONOSUPPORT(93, "Protocol not supported"),
    ESOCKTNOSUPPORT(94, "Socket type not supported"),
    EOPNOTSUPP(95, "Operation not supported"),
    EAFNOSUPPORT(97, "Address family not supported by protocol"),
    EADDRINUSE(98, "Address already in use"),
    EADDRNOTAVAIL(99, "Cannot assign requested address"),
    ECONNABORTED(103, "Software caused connection abort"),
    ECONNRESET(104, "Connection reset by peer"),
    ENOBUFS(105, "No buffer space available"),
    ETOOMANYREFS(109, "Too many references: cannot splice"),
    ECONNREFUSED(111, "Connection refused");

    private final int number;
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** The number, above zero. */
    public int number() {
        return number;
    }

    /** What a call of {@link Posix} returned when this was the cause. */
    public int negated() {
        return -number;
    }

    /** Whether a call's result is this failure. */
    public boolean is(long result) {
        return result == -number;
    }

    /** {@code No such file or directory (ENOENT)}, for the result of a failed call. */
    public static String of(long result) {
        return Arrays.stream(values())
                .filter(errno -> errno.is(result))
                .findFirst()
                .map(errno -> errno.text + " (" + errno + ")")
                .orElse("error " + -result);
    }

    /** As Python prints it, which is what papa's clients read: {@code [Errno 2] No such file or directory}. */
    public static String python(long result) {
        String text = Arrays.stream(values())
                .filter(errno -> errno.is(result))
                .findFirst()
                .map(errno -> errno.text)
                .orElse("Unknown error " + -result);
        return "[Errno " + -result + "] " + text;
    }
}
