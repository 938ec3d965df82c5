package papa.kernel;

/**
 * What {@code make socket} asked for.
 *
 * @param family as papa spells it: inet, inet6, unix
 * @param host as given; empty for the family's loopback address
 * @param port 0 lets the system choose
 * @param path empty, or absolute
 * @param fileMask -1 for the kernel's own umask
 * @param nonBlocking whether accepting on it returns at once, in every process that inherits it
 * @param replace whether a file at {@code path} gives way; papa's own way is that it does
 */
record SocketSpec(
        String name,
        String family,
        String host,
        int port,
        String path,
        int backlog,
        int fileMask,
        boolean nonBlocking,
        boolean replace) {

    /**
     * Whether a socket made from {@code other} may be taken for this one: the port need not be named again.
     *
     * @param otherPort the port that it got
     */
    boolean agreesWith(SocketSpec other, int otherPort) {
        boolean samePort = port == 0 || port == otherPort;
        return samePort
                && family.equals(other.family)
                && host.equals(other.host)
                && path.equals(other.path)
                && backlog == other.backlog
                && fileMask == other.fileMask;
    }
}
