package papa.posix;

/**
 * The system calls that the kernel makes: the one seam between it and the machine, so that a test can put failures
 * there.
 *
 * <p>Unless a method says otherwise, it returns what the call of the same name returns, or the negated errno: a value
 * below zero is a failure, and {@link Errno#of} names it. Nothing here but {@link #allocate} throws. Addresses are raw memory from {@link
 * #allocate} or {@link #mapShared}. Paths and words are byte
 * strings, as in {@link papa.wire.Words}: each char is one byte.
 */
public interface Posix {
    int EPOLLIN = 1;
    int EPOLLPRI = 2;
    int EPOLLOUT = 4;
    int EPOLLERR = 8;
    int EPOLLHUP = 16;
    int EPOLLONESHOT = 1 << 30;

    int AF_UNIX = 1;
    int AF_INET = 2;
    int AF_INET6 = 10;
    int SOCK_STREAM = 1;
    int SOCK_DGRAM = 2;
    int SOCK_RAW = 3;
    int SOCK_SEQPACKET = 5;
    int SOCK_NONBLOCK = 0x800;
    int SOCK_CLOEXEC = 0x80000;

    int O_RDONLY = 0;
    int O_WRONLY = 1;
    int O_RDWR = 2;
    int O_CREAT = 0x40;
    int O_APPEND = 0x400;
    int O_CLOEXEC = 0x80000;
    int O_NONBLOCK = 0x800;
    /** A symbolic link at the end of a path is a failure, ELOOP. */
    int O_NOFOLLOW = System.getProperty("os.arch").matches("amd64|x86_64") ? 0x20000 : 0x8000;
    /** The file itself, neither to be read nor to be written. */
    int O_PATH = 0x200000;

    int SIGHUP = 1;
    int SIGINT = 2;
    int SIGQUIT = 3;
    int SIGKILL = 9;
    int SIGUSR1 = 10;
    int SIGUSR2 = 12;
    int SIGPIPE = 13;
    int SIGTERM = 15;
    int SIGCONT = 18;
    int SIGWINCH = 28;

    // Memory. See malloc(3), memfd_create(2), mmap(2), madvise(2).

    /**
     * Memory outside the heap, zeroed, for the life of the process unless {@link #free}d. The one that throws: an
     * OutOfMemoryError, as lack of memory in the heap does, since whoever went on with address 0 would end the JVM.
     */
    long allocate(long bytes);

    void free(long address);

    int getInt(long address);

    void putInt(long address, int value);

    long getLong(long address);

    void putLong(long address, long value);

    void getBytes(long address, byte[] into, int offset, int length);

    void putBytes(long address, byte[] from, int offset, int length);

    void copy(long from, long to, long bytes);

    /** Makes all of it zeros. */
    void clear(long address, long bytes);

    int memoryFile(String name, long bytes);

    /** The address, or a negated errno: EINVAL where the file is shorter. */
    long mapShared(int fd, long bytes);

    /** Gives the pages back to the machine; they read as zeros afterwards (MADV_REMOVE). */
    int discard(long address, long bytes);

    // Events. See epoll(7), eventfd(2).

    int epollCreate();

    /** {@code operation}: 1 add, 2 delete, 3 modify. {@code token} comes back with each event. */
    int epollControl(int epoll, int operation, int fd, int events, long token);

    /**
     * Waits for events and stores them: {@code events[i]} and {@code tokens[i]}.
     *
     * @param timeoutMillis -1 for ever
     */
    int epollWait(int epoll, int[] events, long[] tokens, int timeoutMillis);

    /** {@code blocking}: whether reading it waits. */
    int eventfd(boolean blocking);

    // Descriptors. See read(2), write(2), pipe(2), fcntl(2), close(2), flock(2), open(2), unlink(2).

    long read(int fd, long address, long bytes);

    long write(int fd, long address, long bytes);

    /** Both ends close-on-exec, the reading end non-blocking; {@code ends} gets reading end, writing end; -1 where there is none. */
    int pipe(int[] ends);

    int close(int fd);

    /** A close-on-exec copy with a number of at least {@code lowest}. */
    int duplicate(int fd, int lowest);

    /** Makes the number {@code to} stand for the same as {@code fd}; not close-on-exec. See dup3(2). */
    int redirect(int fd, int to);

    int setNonBlocking(int fd, boolean nonBlocking);

    int open(String path, int flags, int mode);

    /** Takes an exclusive lock without waiting. */
    int lock(int fd);

    int unlink(String path);

    /** With mode 0755. See mkdir(2). */
    int makeFolder(String path);

    /** See rmdir(2). */
    int removeFolder(String path);

    int truncate(int fd, long length);

    /** Device and inode of a path (not followed) into {@code deviceAndInode}; also its type bits as the result. */
    int identify(String path, long[] deviceAndInode);

    /** The same for an open descriptor. */
    int identify(int fd, long[] deviceAndInode);

    /** The file at a path itself (not followed), whatever it is, without opening it (open(2), O_PATH). */
    int pin(String path);

    /** Owner and group of a file that is {@link #pin}ned; -1 leaves one as it is. */
    int changeOwner(int pinned, int uid, int gid);

    /** The permission bits of a file that is {@link #pin}ned. */
    int changeMode(int pinned, int mode);

    /** Marks every descriptor from {@code first} on close-on-exec. */
    int closeOnExecFrom(int first);

    // Sockets. See socket(7), unix(7).

    int socket(int domain, int typeAndFlags, int protocol);

    int bind(int fd, byte[] address);

    int connect(int fd, byte[] address);

    int listen(int fd, int backlog);

    int accept(int fd);

    /** The bound address into {@code address}; the result is its length. */
    int socketName(int fd, byte[] address);

    /** The address of the other end into {@code address}; the result is its length. */
    int peerName(int fd, byte[] address);

    int setSocketOption(int fd, int level, int option, int value);

    /** SO_BINDTODEVICE: the network interface of that name alone. */
    int bindToDevice(int fd, String name);

    /** What a socket that another program made is like. */
    SocketQuestions socketQuestions();

    /** pid, uid, gid of a Unix socket's peer, as they were when it connected. */
    int peerCredentials(int fd, int[] pidUidGid);

    /** A pidfd of the process that connected (SO_PEERPIDFD, Linux 6.5); a failure if it has gone or this is older. */
    int peerProcess(int fd);

    // Processes. See posix_spawn(3), wait4(2), waitid(2), kill(2), pidfd_open(2), prctl(2).

    /** Starts a program and waits for its exec; the pid, or the negated errno. */
    int spawn(SpawnRequest request);

    /** What children can be given, and how. */
    Attributes attributes();

    /** The users and groups of the machine. */
    Accounts accounts();

    /** Signals that wait until they are read. */
    SignalCalls signals();

    /** The program of this process, and what becomes of it. */
    ProgramCalls program();

    int pidfdOpen(int pid);

    int pidfdSignal(int pidfd, int signal);

    int kill(int pid, int signal);

    /**
     * Reaps one child without waiting: its pid, 0 if it runs, or a negated errno.
     *
     * @param status gets one number, as waitpid(2) tells it
     * @param usage gets four: processor time in programs and in Linux, microseconds, the most memory, KiB, and the most that we
     *     have had ourselves, which is counted for a child as well (getrusage(2), exec); for who does not want them, an empty one
     */
    int waitFor(int pid, int[] status, long[] usage);

    /** The pid of any child that has ended and is not reaped, without reaping it; 0 if there is none. */
    int peekEnded();

    int becomeSubreaper();

    int setSession();

    /**
     * Lowers oom_score_adj (proc(5)) to this, or as far as may be, for this process alone: what {@link #spawn} starts gets
     * what it was before. A failure if nothing changed that should have.
     */
    int lowerOomScore(int score);

    int pid();

    int uid();

    // Attributes. See getrlimit(2), unshare(2), chdir(2), umask(2), access(2).

    /** RLIMIT_NOFILE into {@code softAndHard}. */
    int fileLimit(long[] softAndHard);

    int setFileLimit(long soft, long hard);

    /** Gives the calling thread a working directory and umask of its own. */
    int unshareFileSystem();

    /** Of the calling thread, after {@link #unshareFileSystem}. */
    int changeDirectory(String path);

    /** Of the calling thread, after {@link #unshareFileSystem}; the former mask. */
    int fileMask(int mask);

    /** 0 if the path may be executed by this process and is no directory. */
    int mayExecute(String path);
}
