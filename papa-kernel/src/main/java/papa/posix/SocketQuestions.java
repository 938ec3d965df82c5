package papa.posix;

/**
 * What can be asked of a socket that another program made: getsockopt(2), socket(7), ipv6(7). Results are as in {@link
 * Posix}: 0 or more, or the negated errno. From any thread.
 */
public interface SocketQuestions {
    int SOL_SOCKET = 1;
    int IPPROTO_IPV6 = 41;

    int SO_TYPE = 3;
    int SO_REUSEPORT = 15;
    int SO_ACCEPTCONN = 30;
    int SO_DOMAIN = 39;
    int IPV6_V6ONLY = 26;

    /** An option that is a number. */
    int option(int fd, int level, int option);

    /** The name of the network interface that it is bound to (SO_BINDTODEVICE) into {@code name}; its length, 0 for none. */
    int device(int fd, byte[] name);
}
