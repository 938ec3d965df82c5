package papa.posix;

/** What {@link DescriptorMessages} needs of the C library, as jnr-ffi binds it; few, since a manager loads them as well. */
public interface MessageLib {
    long calloc(long count, long bytes);

    void free(long address);

    int socket(int domain, int type, int protocol);

    int connect(int fd, long address, int length);

    int close(int fd);

    int fcntl(int fd, int command, long argument);

    long sendmsg(int fd, long message, int flags);

    long recvmsg(int fd, long message, int flags);
}
