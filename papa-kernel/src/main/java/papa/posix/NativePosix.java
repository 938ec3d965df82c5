package papa.posix;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * {@link Posix} on the C library of Linux, through jnr-ffi: the only class that knows it.
 *
 * <p>May be called from any thread. Structures are laid out for 64-bit Linux; the packed {@code epoll_event} of x86-64 is
 * told apart from the padded one of other machines.
 */
public final class NativePosix implements Posix {
    private static final int EVENTS_AT_ONCE = 256;
    private static final boolean PACKED = System.getProperty("os.arch").matches("amd64|x86_64");
    private static final int EVENT_SIZE = PACKED ? 12 : 16;
    private static final int EVENT_DATA = PACKED ? 4 : 8;
    private static final int SYS_PIDFD_SEND_SIGNAL = 424;
    private static final int SYS_PIDFD_OPEN = 434;
    private static final int SYS_CLOSE_RANGE = 436;
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    static final int RLIMIT_NOFILE = 7;
    private static final int AT_FDCWD = -100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int SOL_SOCKET = 1;
    private static final int O_PATH = 0x200000;

    static {
        // The machine code that jffi 1.4.3 makes for calls of six numbers passes garbage for the sixth.
        System.setProperty("jnr.ffi.x86asm.enabled", "false");
    }

    private final LibC c = LibraryLoader.create(LibC.class).load("c");
    private final Runtime runtime = Runtime.getRuntime(c);
    private final Pointer memory = Pointer.wrap(runtime, 0);
    /** Kept so that the collector does not unmap them. */
    private final List<ByteBuffer> mappings = new CopyOnWriteArrayList<>();

    private final long eventBuffer = c.calloc(EVENTS_AT_ONCE, EVENT_SIZE);
    private final OomScore oomScore = new OomScore(this);
    private final SpawnCall spawnCall = new SpawnCall(c, this, oomScore);
    private final long changedEvent = c.calloc(1, EVENT_SIZE);
    private final Attributes attributes = new NativeAttributes(c, this, runtime);
    private final Accounts accounts = new NativeAccounts(c, this);
    private final SocketQuestions socketQuestions = new NativeSocketQuestions(c, this, runtime);
    private final NativeSignals signals = new NativeSignals(c, this, runtime);
    private final ProgramCalls program = new NativeProgram(c, this, runtime, oomScore);

    /** A call that takes a string. */
    private interface CallWithString {
        int call(long string);
    }

    /** A byte string as C takes it, to be freed. */
    private long string(String word) {
        long address = allocate(word.length() + 1L);
        putString(address, word);
        return address;
    }

    private void putString(long address, String word) {
        byte[] bytes = word.getBytes(StandardCharsets.ISO_8859_1);
        memory.put(address, bytes, 0, bytes.length);
    }

    private int with(String word, CallWithString call) {
        long address = string(word);
        try {
            return result(call.call(address));
        } finally {
            c.free(address);
        }
    }

    private int result(int returned) {
        return returned == -1 ? -runtime.getLastError() : returned;
    }

    private long result(long returned) {
        return returned == -1 ? -runtime.getLastError() : returned;
    }

    @Override
    public long allocate(long bytes) {
        long address = c.calloc(1, bytes);
        if (address == 0) {
            throw new OutOfMemoryError("there are no " + bytes + " bytes outside the heap");
        }
        return address;
    }

    @Override
    public void free(long address) {
        c.free(address);
    }

    @Override
    public int getInt(long address) {
        return memory.getInt(address);
    }

    @Override
    public void putInt(long address, int value) {
        memory.putInt(address, value);
    }

    @Override
    public long getLong(long address) {
        return memory.getLongLong(address);
    }

    @Override
    public void putLong(long address, long value) {
        memory.putLongLong(address, value);
    }

    @Override
    public void getBytes(long address, byte[] into, int offset, int length) {
        memory.get(address, into, offset, length);
    }

    @Override
    public void putBytes(long address, byte[] from, int offset, int length) {
        memory.put(address, from, offset, length);
    }

    @Override
    public void copy(long from, long to, long bytes) {
        c.memcpy(to, from, bytes);
    }

    @Override
    public int memoryFile(String name, long bytes) {
        int fd = with(name, string -> c.memfd_create(string, 1));
        if (fd >= 0 && c.ftruncate(fd, bytes) < 0) {
            int failure = -runtime.getLastError();
            c.close(fd);
            return failure;
        }
        return fd;
    }

    @Override
    public long mapShared(int fd, long bytes) {
        // Not mmap(2) itself: the stub that jffi 1.4.3 makes for six numbers passes garbage for the sixth.
        try (RandomAccessFile file = new RandomAccessFile("/proc/self/fd/" + fd, "rw")) {
            if (file.length() < bytes) {
                return Errno.EINVAL.negated(); // Java would make it longer
            }
            ByteBuffer mapped = file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, bytes);
            mappings.add(mapped);
            return Pointer.wrap(runtime, mapped).address();
        } catch (IOException | OutOfMemoryError failed) {
            return Errno.ENOMEM.negated();
        }
    }

    @Override
    public int discard(long address, long bytes) {
        return result(c.madvise(address, bytes, 9));
    }

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
    public long read(int fd, long address, long bytes) {
        return result(c.read(fd, address, bytes));
    }

    @Override
    public long write(int fd, long address, long bytes) {
        return result(c.write(fd, address, bytes));
    }

    @Override
    public int pipe(int[] ends) {
        int made = result(c.pipe2(ends, O_CLOEXEC));
        return made < 0 ? made : setNonBlocking(ends[0], true);
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
    public int open(String path, int flags, int mode) {
        return with(path, string -> c.open(string, flags | O_CLOEXEC, mode));
    }

    @Override
    public int lock(int fd) {
        return result(c.flock(fd, 2 | 4)); // LOCK_EX, LOCK_NB
    }

    @Override
    public int unlink(String path) {
        return with(path, c::unlink);
    }

    @Override
    public int makeFolder(String path) {
        return with(path, string -> c.mkdir(string, 0755));
    }

    @Override
    public int removeFolder(String path) {
        return with(path, c::rmdir);
    }

    @Override
    public int truncate(int fd, long length) {
        return result(c.ftruncate(fd, length));
    }

    @Override
    public int identify(String path, long[] deviceAndInode) {
        return identify(AT_FDCWD, path, 0x100, deviceAndInode); // AT_SYMLINK_NOFOLLOW
    }

    @Override
    public int identify(int fd, long[] deviceAndInode) {
        return identify(fd, "", AT_EMPTY_PATH, deviceAndInode);
    }

    @Override
    public int pin(String path) {
        return open(path, O_PATH | O_NOFOLLOW, 0);
    }

    @Override
    public int changeOwner(int pinned, int uid, int gid) {
        return with("", string -> c.fchownat(pinned, string, uid, gid, AT_EMPTY_PATH));
    }

    @Override
    public int changeMode(int pinned, int mode) {
        return with("/proc/self/fd/" + pinned, string -> c.chmod(string, mode));
    }

    private int identify(int directory, String path, int flags, long[] deviceAndInode) {
        // statx(2): stx_mode at 28, stx_ino at 32, stx_dev_major at 136, stx_dev_minor at 140.
        long block = allocate(256);
        try {
            int done = with(path, string -> c.statx(directory, string, flags, 0x7ff, block));
            if (done < 0) {
                return done;
            }
            deviceAndInode[0] = ((long) memory.getInt(block + 136) << 32) | (memory.getInt(block + 140) & 0xffffffffL);
            deviceAndInode[1] = memory.getLongLong(block + 32);
            return memory.getShort(block + 28) & 0xf000;
        } finally {
            c.free(block);
        }
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

    private int withBytes(byte[] bytes, CallWithString call) {
        long block = allocate(bytes.length);
        try {
            memory.put(block, bytes, 0, bytes.length);
            return result(call.call(block));
        } finally {
            c.free(block);
        }
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
    public int waitFor(int pid, int[] status) {
        return result(c.waitpid(pid, status, 1)); // WNOHANG
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

    @Override
    public int changeDirectory(String path) {
        return with(path, c::chdir);
    }

    @Override
    public int fileMask(int mask) {
        return c.umask(mask);
    }

    @Override
    public int mayExecute(String path) {
        int allowed = with(path, string -> c.access(string, 1)); // X_OK
        if (allowed < 0) {
            return allowed;
        }
        // A trailing slash makes access(2) follow the path as a directory; anything else answers ENOTDIR.
        return with(path + "/", string -> c.access(string, 0)) == 0 ? Errno.EACCES.negated() : 0;
    }
}
