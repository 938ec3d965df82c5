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

/** Memory outside the heap, and how numbers, words and failures come to the C library and back. */
abstract class NativeMemory implements Posix {
    static {
        // The machine code that jffi 1.4.3 makes for calls of six numbers passes garbage for the sixth.
        System.setProperty("jnr.ffi.x86asm.enabled", "false");
    }

    final LibC c = LibraryLoader.create(LibC.class).load("c");
    final Runtime runtime = Runtime.getRuntime(c);
    final Pointer memory = Pointer.wrap(runtime, 0);

    /** Kept so that the collector does not unmap them. */
    private final List<ByteBuffer> mappings = new CopyOnWriteArrayList<>();

    /** A call that takes a string, or another block of memory. */
    interface CallWithString {
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

    final int with(String word, CallWithString call) {
        long address = string(word);
        try {
            return result(call.call(address));
        } finally {
            c.free(address);
        }
    }

    /** What the library returned, or the negated errno. */
    final int result(int returned) {
        return returned == -1 ? -runtime.getLastError() : returned;
    }

    final long result(long returned) {
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
    public void clear(long address, long bytes) {
        memory.setMemory(address, bytes, (byte) 0);
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

    final int withBytes(byte[] bytes, CallWithString call) {
        long block = allocate(bytes.length);
        try {
            memory.put(block, bytes, 0, bytes.length);
            return result(call.call(block));
        } finally {
            c.free(block);
        }
    }
}
