package papa.posix;

import java.util.Arrays;

/**
 * {@link Posix} on the C library of Linux, through jnr-ffi: events, sockets, processes, and what else is neither
 * memory nor files. This package alone knows the library.
 *
 * <p>May be called from any thread. Structures are laid out for 64-bit Linux; the packed {@code epoll_event} of x86-64 is
 * told apart from the padded one of other machines.
 */
public final class NativePosix extends NativeFiles {
    private static final int EVENTS_AT_ONCE = 256;
    private static final boolean PACKED = System.getProperty("os.arch").matches("amd64|x86_64");
    private static final int EVENT_SIZE = PACKED ? 12 : 16;
    private static final int EVENT_DATA = PACKED ? 4 : 8;
    private static final int SYS_PIDFD_SEND_SIGNAL = 424;
    private static final int SYS_PIDFD_OPEN = 434;
    private static final int SYS_CLOSE_RANGE = 436;
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    static final int RLIMIT_NOFILE = 7;
    private static final int SOL_SOCKET = 1;
    private static final int TIMEVAL_SIZE = 2 * Long.BYTES;
    private static final long MICROS = 1_000_000;

    private final long eventBuffer = c.calloc(EVENTS_AT_ONCE, EVENT_SIZE);

    /** {@code struct rusage}: ru_utime, ru_stime, ru_maxrss, and 13 more numbers. */
    private final long usageBuffer = c.calloc(18, Long.BYTES);

    private final OomScore oomScore = new OomScore(this);
    private final SpawnCall spawnCall = new SpawnCall(c, this, oomScore);
    private final long changedEvent = c.calloc(1, EVENT_SIZE);
    private final Attributes attributes = new NativeAttributes(c, this, runtime);
    private final Accounts accounts = new NativeAccounts(c, this);
    private final SocketQuestions socketQuestions = new NativeSocketQuestions(c, this, runtime);
    private final NativeSignals signals = new NativeSignals(c, this, runtime);
    private final ProgramCalls program = new NativeProgram(c, this, runtime, oomScore);

    @Override
    public int epollCreate() {
        return result(c.epoll_create1(O_CLOEXEC));
    }

    @Override
    public synchronized int epollControl(int epoll, int operation, int fd, int events, long token) {
        memory.putInt(changedEvent, events);
        memory.putLongLong(changedEvent + EVENT_DATA, token);
        return result(c.epoll_ctl(epoll, operation, fd, changedEvent));
    }

    @Override
    public int epollWait(int epoll, int[] events, long[] tokens, int timeoutMillis) {
        int most = Math.min(EVENTS_AT_ONCE, Math.min(events.length, tokens.length));
        int count = result(c.epoll_wait(epoll, eventBuffer, most, timeoutMillis));
        for (int i = 0; i < count; i++) {
            long event = eventBuffer + (long) i * EVENT_SIZE;
            events[i] = memory.getInt(event);
            tokens[i] = memory.getLongLong(event + EVENT_DATA);
        }
        return count;
    }

    @Override
    public int eventfd(boolean blocking) {
        return result(c.eventfd(0, O_CLOEXEC | (blocking ? 0 : O_NONBLOCK)));
    }

    @Override
    public int pipe(int[] ends) {
        int made = result(c.pipe2(ends, O_CLOEXEC));
        if (made < 0) {
            Arrays.fill(ends, -1); // what the call leaves is copied back all the same: zeroes, which are descriptors
            return made;
        }
        return setNonBlocking(ends[0], true);
    }

    @Override
    public int close(int fd) {
        return result(c.close(fd));
    }

    @Override
    public int duplicate(int fd, int lowest) {
        return result(c.fcntl(fd, 1030, lowest)); // F_DUPFD_CLOEXEC
    }

    @Override
    public int redirect(int fd, int to) {
        return result(c.dup3(fd, to, 0));
    }

    @Override
    public int setNonBlocking(int fd, boolean nonBlocking) {
        int flags = result(c.fcntl(fd, 3, 0)); // F_GETFL
        if (flags < 0) {
            return flags;
        }
        int wanted = nonBlocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
        return result(c.fcntl(fd, 4, wanted)); // F_SETFL
    }

    @Override
    public int closeOnExecFrom(int first) {
        return (int) result(c.syscall(SYS_CLOSE_RANGE, first, 0xffffffffL, CLOSE_RANGE_CLOEXEC, 0));
    }

    @Override
    public int socket(int domain, int typeAndFlags, int protocol) {
        return result(c.socket(domain, typeAndFlags | SOCK_CLOEXEC, protocol));
    }

    @Override
    public int bind(int fd, byte[] address) {
        return withBytes(address, block -> c.bind(fd, block, address.length));
    }

    @Override
    public int connect(int fd, byte[] address) {
        return withBytes(address, block -> c.connect(fd, block, address.length));
    }

    @Override
    public int listen(int fd, int backlog) {
        return result(c.listen(fd, backlog));
    }

    @Override
    public int accept(int fd) {
        return result(c.accept4(fd, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK));
    }

    @Override
    public int socketName(int fd, byte[] address) {
        int[] length = {address.length};
        int done = result(c.getsockname(fd, address, length));
        return done < 0 ? done : length[0];
    }

    @Override
    public int peerName(int fd, byte[] address) {
        int[] length = {address.length};
        int done = result(c.getpeername(fd, address, length));
        return done < 0 ? done : length[0];
    }

    @Override
    public int setSocketOption(int fd, int level, int option, int value) {
        return result(c.setsockopt(fd, level, option, new int[] {value}, 4));
    }

    @Override
    public int bindToDevice(int fd, String name) {
        return with(name, string -> c.setsockopt(fd, SOL_SOCKET, 25, string, name.length() + 1));
    }

    @Override
    public SocketQuestions socketQuestions() {
        return socketQuestions;
    }

    @Override
    public int peerCredentials(int fd, int[] pidUidGid) {
        return result(c.getsockopt(fd, SOL_SOCKET, 17, pidUidGid, new int[] {12})); // SO_PEERCRED
    }

    @Override
    public int peerProcess(int fd) {
        int[] pidfd = new int[1];
        int done = result(c.getsockopt(fd, SOL_SOCKET, 77, pidfd, new int[] {4}));
        return done < 0 ? done : pidfd[0];
    }

    @Override
    public int spawn(SpawnRequest request) {
        return spawnCall.run(request);
    }

    @Override
    public Attributes attributes() {
        return attributes;
    }

    @Override
    public Accounts accounts() {
        return accounts;
    }

    @Override
    public SignalCalls signals() {
        return signals;
    }

    @Override
    public ProgramCalls program() {
        return program;
    }

    @Override
    public int pidfdOpen(int pid) {
        return (int) result(c.syscall(SYS_PIDFD_OPEN, pid, 0, 0, 0));
    }

    @Override
    public int pidfdSignal(int pidfd, int signal) {
        return (int) result(c.syscall(SYS_PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0));
    }

    @Override
    public int kill(int pid, int signal) {
        return result(c.kill(pid, signal));
    }

    @Override
    public synchronized int waitFor(int pid, int[] status, long[] usage) {
        int reaped = result(c.wait4(pid, status, 1, usageBuffer)); // WNOHANG
        if (reaped > 0 && usage.length > 0) {
            usage[0] = micros(usageBuffer);
            usage[1] = micros(usageBuffer + TIMEVAL_SIZE);
            usage[2] = memory.getLongLong(usageBuffer + 2 * TIMEVAL_SIZE);
            c.getrusage(0, usageBuffer); // RUSAGE_SELF
            usage[3] = memory.getLongLong(usageBuffer + 2 * TIMEVAL_SIZE);
        }
        return reaped;
    }

    private long micros(long timeval) {
        return memory.getLongLong(timeval) * MICROS + memory.getLongLong(timeval + Long.BYTES);
    }

    @Override
    public int peekEnded() {
        return Math.max(0, signals.ended(false));
    }

    @Override
    public int becomeSubreaper() {
        return result(c.prctl(36, 1, 0, 0, 0)); // PR_SET_CHILD_SUBREAPER
    }

    @Override
    public int setSession() {
        return result(c.setsid());
    }

    @Override
    public int lowerOomScore(int score) {
        return oomScore.lower(score);
    }

    @Override
    public int pid() {
        return c.getpid();
    }

    @Override
    public int uid() {
        return c.getuid();
    }

    @Override
    public int fileLimit(long[] softAndHard) {
        return result(c.getrlimit(RLIMIT_NOFILE, softAndHard));
    }

    @Override
    public int setFileLimit(long soft, long hard) {
        return result(c.setrlimit(RLIMIT_NOFILE, new long[] {soft, hard}));
    }

    @Override
    public int unshareFileSystem() {
        return result(c.unshare(0x200)); // CLONE_FS
    }
}
