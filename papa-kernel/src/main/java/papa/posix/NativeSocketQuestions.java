package papa.posix;

import jnr.ffi.Runtime;

/** {@link SocketQuestions} on the C library. */
final class NativeSocketQuestions implements SocketQuestions {
    private static final int SO_BINDTODEVICE = 25;

    private final LibC c;
    private final Posix posix;
    private final Runtime runtime;

    NativeSocketQuestions(LibC c, Posix posix, Runtime runtime) {
        this.c = c;
        this.posix = posix;
        this.runtime = runtime;
    }

    @Override
    public int option(int fd, int level, int option) {
        int[] value = new int[1];
        int done = c.getsockopt(fd, level, option, value, new int[] {4});
        return done < 0 ? -runtime.getLastError() : value[0];
    }

    @Override
    public int device(int fd, byte[] name) {
        // The room, and behind it the length, which comes back with the null byte in it.
        long block = c.calloc(1, name.length + 8L);
        if (block == 0) {
            return Errno.ENOMEM.negated();
        }
        try {
            long length = block + (name.length + 3L) / 4 * 4;
            posix.putInt(length, name.length);
            if (c.getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, block, length) < 0) {
                return -runtime.getLastError();
            }
            int count = Math.max(0, posix.getInt(length) - 1);
            posix.getBytes(block, name, 0, count);
            return count;
        } finally {
            c.free(block);
        }
    }
}
