package papa.kernel;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import papa.posix.Errno;
import papa.posix.Posix;

/**
 * A machine that is only pretended, so that any state at all may be restored on it: what the state names is there, and of
 * the kind that its number says, and nothing that is done to it is done to us. All memory is looked after: who reads or
 * writes outside of what it was given fails.
 *
 * <pre>
 *   10 to 39   sockets
 *   40 to 49   pipes; the inode is 1000 more
 *   50 to 59   processes (pidfd)
 *   60         the memory file with the output, eight blocks
 *   61         the state itself
 *   70 to 79   other files
 *   100 on     what was opened here
 * </pre>
 *
 * While a state is restored, only what has no effect outside may be called, and nothing that the state names is touched:
 * anything else is an {@link AssertionError}. Afterwards, everything is allowed and most of it fails. One thread.
 */
final class PretendedMachine {
    static final int STATE = 61;
    static final int BLOCK = 16 * 1024;
    private static final int OUTPUT = 60;
    private static final int OUTPUT_BYTES = 8 * BLOCK;
    private static final int FIRST_OWN = 100;
    private static final int S_IFIFO = 0x1000;
    private static final int S_IFREG = 0x8000;
    private static final int S_IFSOCK = 0xc000;
    private static final int MEMORY_FILES = 1;
    private static final int OTHER_FILES = 2;

    /** What comes from whatever is read, once. */
    private static final byte[] SAID = "q\n7 stats\n".getBytes(StandardCharsets.ISO_8859_1);

    /** So many are opened by the parts of a kernel, each of which has its own for the life of a program. */
    private static final int MOST_OPENED = 24;

    final Posix posix = part(Posix.class);

    /** All the output that there is. */
    final byte[] output = new byte[OUTPUT_BYTES];

    private final Map<Class<?>, Object> parts = new HashMap<>();
    private final NavigableMap<Long, byte[]> memory = new TreeMap<>();
    private final Map<Integer, ByteBuffer> own = new HashMap<>();
    private final Map<Integer, Long> watched = new LinkedHashMap<>();
    private final Set<Integer> heard = new HashSet<>();
    private final byte[] state;
    private long nextAddress = 1 << 20;
    private int nextOwn = FIRST_OWN;
    private long outputAt;
    private boolean works;
    private boolean outputIsAnothers;

    PretendedMachine(byte[] state) {
        this.state = state;
    }

    /** From now on another kernel writes where the output is: it may be mapped, but not looked at. */
    void outputIsAnothers() {
        outputIsAnothers = true;
    }

    /** What was to be restored has been: from now on, there may be effects. */
    void work() {
        if (own.size() > MOST_OPENED) {
            throw new AssertionError("descriptors are left open: " + own.keySet());
        }
        works = true;
    }

    /** What was written to a memory file. */
    byte[] written(int fd) {
        ByteBuffer file = Objects.requireNonNull(own.get(fd)).duplicate().flip();
        byte[] bytes = new byte[file.remaining()];
        file.get(bytes);
        return bytes;
    }

    private <T> T part(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                PretendedMachine.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, words) -> call(method, words == null ? new Object[0] : words)));
    }

    private Object call(Method method, Object[] words) {
        Class<?> type = method.getReturnType();
        if (words.length == 0 && type.isInterface() && type.getPackage() == Posix.class.getPackage()) {
            return parts.computeIfAbsent(type, this::part);
        }
        if (method.getName().equals("executable")) {
            return "/usr/bin/java";
        }
        long result = answer(method, words);
        return type == int.class ? (Object) (int) result : (Object) result;
    }

    private long answer(Method method, Object[] words) {
        return switch (method.getName()) {
            case "allocate" -> allocate(new byte[(int) number(words, 0)]);
            case "free" -> free(number(words, 0));
            case "getInt" -> at(words, 4).getInt();
            case "getLong" -> at(words, 8).getLong();
            case "putInt" -> at(words, 4).putInt((int) number(words, 1)).position();
            case "putLong" -> at(words, 8).putLong(number(words, 1)).position();
            case "getBytes" ->
                at(words, (int) number(words, 3))
                        .get((byte[]) words[1], (int) number(words, 2), (int) number(words, 3))
                        .position();
            case "putBytes" ->
                at(words, (int) number(words, 3))
                        .put((byte[]) words[1], (int) number(words, 2), (int) number(words, 3))
                        .position();
            case "memoryFile" -> open(new byte[64 * 1024]);
            case "epollCreate", "eventfd", "socket" -> open(new byte[0]);
            case "open" -> open((String) words[0], (int) number(words, 1));
            case "close" -> close((int) number(words, 0));
            case "read" -> read(words);
            case "write" -> write(words);
            case "epollControl" -> watch((int) number(words, 1), (int) number(words, 2), number(words, 4));
            case "epollWait" -> happen((int[]) words[1], (long[]) words[2]);
            case "identify" -> identify(words);
            case "mapShared" -> map((int) number(words, 0), number(words, 1));
            case "socketName" -> socketName((byte[]) words[1]);
            case "pid" -> 4242;
            case "uid", "fileLimit" -> 0;
            default -> other(method);
        };
    }

    private static long number(Object[] words, int index) {
        return ((Number) words[index]).longValue();
    }

    // Memory.

    private long allocate(byte[] bytes) {
        long address = nextAddress;
        memory.put(address, bytes);
        nextAddress += bytes.length + BLOCK;
        return address;
    }

    private long free(long address) {
        if (address != 0 && memory.remove(address) == null) {
            throw new AssertionError("freed, and never given: " + address);
        }
        return 0;
    }

    private ByteBuffer at(Object[] words, int length) {
        long address = number(words, 0);
        Map.Entry<Long, byte[]> found = memory.floorEntry(address);
        byte[] bytes = found == null ? new byte[0] : found.getValue();
        long from = found == null ? 0 : address - found.getKey();
        if (length < 0 || from + length > bytes.length) {
            throw new AssertionError(length + " bytes are outside of all memory, at " + address);
        }
        if (bytes == output && outputIsAnothers) {
            throw new AssertionError("output is looked at that another kernel writes");
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position((int) from);
    }

    private long map(int fd, long bytes) {
        int size = fd == OUTPUT ? OUTPUT_BYTES : fd == STATE ? state.length : 0;
        if (bytes > size) {
            return Errno.EINVAL.negated();
        }
        if (fd != OUTPUT) {
            throw new AssertionError("another file is written to: " + fd);
        }
        outputAt = outputAt == 0 ? allocate(output) : outputAt;
        return outputAt;
    }

    // Descriptors.

    private long open(byte[] contents) {
        own.put(nextOwn, ByteBuffer.wrap(contents));
        return nextOwn++;
    }

    private long open(String path, int flags) {
        boolean changes = (flags & (Posix.O_CREAT | Posix.O_WRONLY | Posix.O_RDWR)) != 0;
        if (changes && !works) {
            throw new AssertionError("opened for writing: " + path);
        }
        return path.equals("/proc/self/fd/" + STATE)
                ? open(state.clone())
                : path.equals("/dev/null") ? open(new byte[0]) : Errno.ENOENT.negated();
    }

    private boolean isNamed(int fd) {
        return (fd >= 10 && fd <= STATE) || (fd >= 70 && fd < 80);
    }

    /** Something is done with a descriptor: before there may be effects, it is one of our own. */
    private long touch(int fd, String how) {
        if (isNamed(fd) && !works) {
            throw new AssertionError("what the state names is " + how + ": " + fd);
        }
        return isNamed(fd) || own.containsKey(fd) ? 0 : Errno.EBADF.negated();
    }

    private long watch(int operation, int fd, long token) {
        long done = touch(fd, "watched");
        if (done >= 0 && isNamed(fd)) {
            watched.put(fd, token);
        }
        if (operation == 2) {
            watched.remove(fd);
        }
        return done;
    }

    /** Everything that the state names and that is watched is ready, at every turn. */
    private long happen(int[] events, long[] tokens) {
        int count = 0;
        for (long token : watched.values()) {
            events[count] = Posix.EPOLLIN | Posix.EPOLLOUT;
            tokens[count++] = token;
        }
        return count;
    }

    private long close(int fd) {
        long done = touch(fd, "closed");
        own.remove(fd);
        watched.remove(fd);
        return done;
    }

    private long read(Object[] words) {
        int fd = (int) number(words, 0);
        long known = touch(fd, "read");
        ByteBuffer file = own.get(fd);
        if (known >= 0 && file == null) {
            file = ByteBuffer.wrap(heard.add(fd) ? SAID : new byte[0]);
        }
        if (file == null || (isNamed(fd) && !file.hasRemaining())) {
            return known < 0 ? known : Errno.EAGAIN.negated();
        }
        int count = (int) Math.min(file.remaining(), number(words, 2));
        at(Arrays.copyOfRange(words, 1, 3), count).put(file.slice().limit(count));
        file.position(file.position() + count);
        return count;
    }

    private long write(Object[] words) {
        int fd = (int) number(words, 0);
        int count = (int) number(words, 2);
        long known = touch(fd, "written to");
        ByteBuffer bytes = at(Arrays.copyOfRange(words, 1, 3), count);
        ByteBuffer file = own.get(fd);
        if (known < 0 || file == null || file.capacity() == 0) {
            return known < 0 ? known : count;
        }
        if (file.remaining() < count) {
            file = ByteBuffer.allocate(2 * (file.capacity() + count)).put(file.flip());
            own.put(fd, file);
        }
        file.put(bytes.limit(bytes.position() + count));
        return count;
    }

    private long identify(Object[] words) {
        long[] deviceAndInode = (long[]) words[1];
        if (words[0] instanceof String) {
            return Errno.ENOENT.negated();
        }
        int fd = (int) number(words, 0);
        ByteBuffer file = own.get(fd);
        boolean inMemory = fd == OUTPUT || fd == STATE || (file != null && file.capacity() > 0);
        deviceAndInode[0] = inMemory ? MEMORY_FILES : OTHER_FILES;
        deviceAndInode[1] = 1000L + fd;
        if (!isNamed(fd) && file == null) {
            return Errno.EBADF.negated();
        }
        return fd < 40 ? S_IFSOCK : fd < 50 ? S_IFIFO : fd < 60 ? 0 : S_IFREG;
    }

    private static long socketName(byte[] address) {
        byte[] local = {Posix.AF_INET, 0, 1, 2, 127, 0, 0, 1};
        System.arraycopy(local, 0, address, 0, Math.min(local.length, address.length));
        return 16;
    }

    private long other(Method method) {
        if (!works) {
            throw new AssertionError("called while a state is restored: " + method.getName());
        }
        return switch (method.getName()) {
            case "peekEnded", "waitFor", "discard", "setNonBlocking" -> 0;
            case "pidfdOpen", "kill", "pidfdSignal" -> Errno.ESRCH.negated();
            default -> Errno.EPERM.negated();
        };
    }
}
