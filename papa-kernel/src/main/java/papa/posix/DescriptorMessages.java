package papa.posix;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * Messages over a Unix stream socket that carry descriptors (unix(7), SCM_RIGHTS). Apart from {@link Posix}, since a manager uses it too,
 * and loads no more native code than this for it.
 *
 * <p>Results below zero are negated errnos, as those of {@link Posix}. Any thread; a call waits only where its socket makes it. A
 * descriptor arrives with the bytes of the message that it was sent with, and those of two messages that have some are never joined.
 */
public final class DescriptorMessages {
    /** The system takes no more in one message (SCM_MAX_FD). */
    public static final int MOST_DESCRIPTORS = 253;

    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_PEEK = 2;
    private static final int MSG_CTRUNC = 8;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;

    // struct msghdr, struct iovec and struct cmsghdr of 64-bit Linux, one behind the other in a block.
    private static final int PARTS = 16;
    private static final int PART_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int PART = 56;
    private static final int HEADER = 72;
    private static final int HEADER_BYTES = 16;
    private static final int UNIX_PATH_BYTES = 108;

    private final MessageLib c;
    private final Runtime runtime;
    private final Pointer memory;

    private DescriptorMessages() {
        c = LibraryLoader.create(MessageLib.class).load("c");
        runtime = Runtime.getRuntime(c);
        memory = Pointer.wrap(runtime, 0);
    }

    /** Loads native code where there is none yet; a LinkageError where it cannot be. */
    public static DescriptorMessages get() {
        return Loaded.ONE;
    }

    private static final class Loaded {
        static {
            // See NativeMemory.
            System.setProperty("jnr.ffi.x86asm.enabled", "false");
        }

        static final DescriptorMessages ONE = new DescriptorMessages();
    }

    /** A stream socket, close-on-exec and blocking, that is connected to the one at this path; a byte string as in {@link Posix}. */
    public int connect(String path) {
        return connect(path, Posix.SOCK_STREAM);
    }

    /** The same for datagrams, and not blocking. A path that begins with {@code @} is an abstract one. */
    public int connectDatagram(String path) {
        return connect(path.startsWith("@") ? "\0" + path.substring(1) : path, Posix.SOCK_DGRAM | Posix.SOCK_NONBLOCK);
    }

    private int connect(String path, int type) {
        byte[] name = path.getBytes(StandardCharsets.ISO_8859_1);
        if (name.length >= UNIX_PATH_BYTES) {
            return Errno.ENAMETOOLONG.negated();
        }
        int fd = result(c.socket(Posix.AF_UNIX, type | Posix.SOCK_CLOEXEC, 0));
        if (fd < 0) {
            return fd;
        }
        boolean isAbstract = !path.isEmpty() && path.charAt(0) == 0;
        int length = isAbstract ? 2 + name.length : 2 + UNIX_PATH_BYTES;
        long address = allocate(2L + UNIX_PATH_BYTES);
        try {
            memory.putShort(address, (short) Posix.AF_UNIX);
            memory.put(address + 2, name, 0, name.length);
            int connected = result(c.connect(fd, address, length));
            if (connected < 0) {
                c.close(fd);
                return connected;
            }
            return fd;
        } finally {
            c.free(address);
        }
    }

    public int close(int fd) {
        return result(c.close(fd));
    }

    /** A close-on-exec copy. */
    public int duplicate(int fd) {
        return result(c.fcntl(fd, 1030, 0)); // F_DUPFD_CLOEXEC
    }

    /**
     * Sends bytes, and with the first of them copies of descriptors; the sender keeps his own.
     *
     * @param bytes at least one
     * @param descriptors at most {@link #MOST_DESCRIPTORS}
     * @return how many bytes went; if any, so did all descriptors
     */
    public long send(int socket, byte[] bytes, int offset, int length, int... descriptors) {
        if (length <= 0 || descriptors.length > MOST_DESCRIPTORS) {
            return Errno.EINVAL.negated();
        }
        int control = controlBytes(descriptors.length);
        long block = message(length, control);
        try {
            memory.put(block + HEADER + control, bytes, offset, length);
            if (descriptors.length == 0) {
                memory.putLongLong(block + CONTROL_LENGTH, 0);
            } else {
                memory.putLongLong(block + HEADER, HEADER_BYTES + 4L * descriptors.length);
                memory.putInt(block + HEADER + 8, SOL_SOCKET);
                memory.putInt(block + HEADER + 12, SCM_RIGHTS);
                memory.put(block + HEADER + HEADER_BYTES, descriptors, 0, descriptors.length);
            }
            return result(c.sendmsg(socket, block, MSG_NOSIGNAL));
        } finally {
            c.free(block);
        }
    }

    /**
     * Receives bytes and what descriptors came with them, close-on-exec. What there was no room for is closed by the system; then, as with
     * ancillary data of another kind, nothing is kept, and this is a failure, EPROTOTYPE.
     *
     * @param descriptors filled from its beginning, and with -1 behind that
     * @return the number of bytes, 0 at the end of the stream
     */
    public long receive(int socket, byte[] into, int[] descriptors) {
        return receive(socket, into, descriptors, MSG_CMSG_CLOEXEC);
    }

    /** The same, but what is received stays where it is; the descriptors are further ones for the same. */
    public long peek(int socket, byte[] into, int[] descriptors) {
        return receive(socket, into, descriptors, MSG_CMSG_CLOEXEC | MSG_PEEK);
    }

    private long receive(int socket, byte[] into, int[] descriptors, int flags) {
        Arrays.fill(descriptors, -1);
        int control = controlBytes(Math.min(descriptors.length, MOST_DESCRIPTORS));
        long block = message(into.length, control);
        try {
            long count = result(c.recvmsg(socket, block, flags));
            if (count < 0) {
                return count;
            }
            int got = takeDescriptors(block, descriptors);
            if (got < 0 || (memory.getInt(block + FLAGS) & MSG_CTRUNC) != 0) {
                for (int i = 0; i < descriptors.length && descriptors[i] >= 0; i++) {
                    c.close(descriptors[i]);
                    descriptors[i] = -1;
                }
                return Errno.EPROTOTYPE.negated();
            }
            memory.get(block + HEADER + control, into, 0, (int) count);
            return count;
        } finally {
            c.free(block);
        }
    }

    /** How many; -1 for something else than descriptors. */
    private int takeDescriptors(long block, int[] descriptors) {
        long length = memory.getLongLong(block + CONTROL_LENGTH);
        if (length < HEADER_BYTES) {
            return 0;
        }
        if (memory.getInt(block + HEADER + 8) != SOL_SOCKET || memory.getInt(block + HEADER + 12) != SCM_RIGHTS) {
            return -1;
        }
        int count = (int) ((memory.getLongLong(block + HEADER) - HEADER_BYTES) / 4);
        // The system rounds the room up to 8 bytes, and may fill it.
        int kept = Math.min(count, descriptors.length);
        memory.get(block + HEADER + HEADER_BYTES, descriptors, 0, kept);
        if (kept == count) {
            return count;
        }
        c.close(memory.getInt(block + HEADER + HEADER_BYTES + 4L * kept));
        return -1;
    }

    /** Header, room for descriptors, room for bytes. */
    private long message(int bytes, int control) {
        long block = allocate((long) HEADER + control + bytes);
        memory.putLongLong(block + PARTS, block + PART);
        memory.putLongLong(block + PART_COUNT, 1);
        memory.putLongLong(block + CONTROL, block + HEADER);
        memory.putLongLong(block + CONTROL_LENGTH, control);
        memory.putLongLong(block + PART, block + HEADER + control);
        memory.putLongLong(block + PART + 8, bytes);
        return block;
    }

    private static int controlBytes(int descriptors) {
        return HEADER_BYTES + (4 * descriptors + 7) / 8 * 8;
    }

    private long allocate(long bytes) {
        long address = c.calloc(1, bytes);
        if (address == 0) {
            throw new OutOfMemoryError("there are no " + bytes + " bytes outside the heap");
        }
        return address;
    }

    private int result(int returned) {
        return returned == -1 ? -runtime.getLastError() : returned;
    }

    private long result(long returned) {
        return returned == -1 ? -runtime.getLastError() : returned;
    }
}
