package papa.kernel;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import jnr.ffi.LibraryLoader;
import papa.posix.LibC;
import papa.posix.NativePosix;
import papa.posix.Posix;

/**
 * A program whose exec really hangs, as on a file system that does not answer: it is under a lease (fcntl(2), F_SETLEASE),
 * and whoever opens it waits until the lease is given back. Linux waits 45 seconds at most.
 */
final class LeasedProgram implements AutoCloseable {
    private static final int F_SETSIG = 10;
    private static final int F_SETLEASE = 1024;
    private static final int F_WRLCK = 1;
    private static final int F_UNLCK = 2;
    private static final int SIGURG = 23; // told that somebody wants the file; ignored

    final String path;
    private final LibC c = LibraryLoader.create(LibC.class).load("c");
    private final Posix posix = new NativePosix();
    private final Path folder;
    private int fd;

    LeasedProgram(String program) throws Exception {
        folder = Files.createTempDirectory("papa-leased");
        Path copy = folder.resolve("program");
        Files.copy(Path.of(program), copy, StandardCopyOption.COPY_ATTRIBUTES);
        path = copy.toString();
        fd = posix.open(new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1), 0, 0);
        c.fcntl(fd, F_SETSIG, SIGURG);
        if (c.fcntl(fd, F_SETLEASE, F_WRLCK) < 0) {
            throw new AssertionError("no lease of " + path);
        }
    }

    /** Whoever waits goes on. */
    void release() {
        if (fd >= 0) {
            c.fcntl(fd, F_SETLEASE, F_UNLCK);
            posix.close(fd);
            fd = -1;
        }
    }

    @Override
    public void close() throws Exception {
        release();
        Files.deleteIfExists(Path.of(path));
        Files.deleteIfExists(folder);
    }
}
