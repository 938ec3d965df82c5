package circus.manager;

import circus.manager.kernel.ProcessLife;
import circus.manager.output.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The file that tells the daemon's pid while it runs. It is locked while it is looked at and written, so of two that start at once one sees
 * the other's pid. Used by one thread.
 */
final class PidFile {
    private static final Set<PosixFilePermission> FOR_ALL_TO_READ = PosixFilePermissions.fromString("rw-r--r--");

    /** So long a predecessor that has answered its quit or detach may take to be gone. */
    private static final Duration LEAVING = Duration.ofSeconds(1);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private final Path file;
    private final long pid;

    private PidFile(Path file, long pid) {
        this.file = file;
        this.pid = pid;
    }

    /** Writes it over that of a circusd whose place this one has taken. */
    static PidFile succeed(Path file, long pid) {
        Path absolute = file.toAbsolutePath();
        Path draft = Path.of(absolute + "." + pid);
        try {
            Files.writeString(draft, pid + "\n", StandardCharsets.US_ASCII);
            Files.setPosixFilePermissions(draft, FOR_ALL_TO_READ);
            Files.move(draft, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException refused) {
            System.getLogger(PidFile.class.getName())
                    .log(System.Logger.Level.WARNING, "cannot write the pid file {0}: {1}", file, Reason.of(refused));
        }
        return new PidFile(absolute, pid);
    }

    /** Writes it, over that of a daemon that is no more, or that has been killed just now. */
    static PidFile write(Path file, long pid) throws StartupException {
        Path absolute = file.toAbsolutePath();
        Path directory = absolute.getParent();
        if (directory != null && !Files.isDirectory(directory)) {
            throw new StartupException(directory + " doesn't exist. Can't create pidfile");
        }
        long deadlineNanos = System.nanoTime() + LEAVING.toNanos();
        try {
            for (long other = claim(absolute, pid); other != pid; other = claim(absolute, pid)) {
                if (System.nanoTime() >= deadlineNanos) {
                    throw new StartupException("cannot start: the pid file " + absolute + " belongs to process " + other
                            + ", which runs; stop it first, or use another --pidfile");
                }
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            }
        } catch (IOException refused) {
            throw new StartupException("cannot write the pid file " + absolute + ": " + Reason.of(refused)
                    + "; use another --pidfile, or change who may write there");
        }
        return new PidFile(absolute, pid);
    }

    /** @return whose it is now: ours, if nobody who runs stood in the way */
    private static long claim(Path file, long pid) throws IOException {
        boolean isNew = !Files.exists(file);
        try (FileChannel channel = FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(FOR_ALL_TO_READ));
                FileLock unused = lock(channel)) {
            ByteBuffer found = ByteBuffer.allocate(32);
            channel.read(found, 0);
            long other = parse(new String(found.array(), 0, found.position(), StandardCharsets.ISO_8859_1));
            if (other > 0 && other != pid && !ProcessLife.isOver(other)) {
                return other;
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((pid + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
            channel.force(true);
        }
        if (isNew) {
            // Whatever our own mask says.
            Files.setPosixFilePermissions(file, FOR_ALL_TO_READ);
        }
        // Its former owner may have removed it under our hands.
        return owner(file);
    }

    private static @Nullable FileLock lock(FileChannel channel) {
        try {
            return channel.lock();
        } catch (IOException fileSystemWithoutLocks) {
            return null;
        }
    }

    /** The pid in it; 0 if there is none. */
    private static long owner(Path file) throws IOException {
        try {
            return parse(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException gone) {
            return 0;
        }
    }

    private static long parse(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException somethingElse) {
            return 0;
        }
    }

    /** Removes it if it is still ours. */
    void remove() {
        try {
            if (owner(file) == pid) {
                Files.deleteIfExists(file);
            }
        } catch (IOException refused) {
            System.getLogger(PidFile.class.getName())
                    .log(System.Logger.Level.WARNING, "cannot remove the pid file {0}: {1}", file, Reason.of(refused));
        }
    }
}
