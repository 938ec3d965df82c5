package circus.manager;

import circus.manager.kernel.ProcessLife;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The file that tells the daemon's pid while it runs. Used by one thread. */
final class PidFile {
    private final Path file;
    private final long pid;

    private PidFile(Path file, long pid) {
        this.file = file;
        this.pid = pid;
    }

    /** Writes it, over that of a daemon that is no more, or that has been killed just now. */
    static PidFile write(Path file, long pid) throws StartupException {
        Path absolute = file.toAbsolutePath();
        Path directory = absolute.getParent();
        if (directory != null && !Files.isDirectory(directory)) {
            throw new StartupException(directory + " doesn't exist. Can't create pidfile");
        }
        long other = owner(absolute);
        if (other > 0 && other != pid && !ProcessLife.isOver(other)) {
            throw new StartupException("cannot start: the pid file " + absolute + " belongs to process " + other
                    + ", which runs; stop it first, or use another --pidfile");
        }
        byte[] text = (pid + "\n").getBytes(StandardCharsets.US_ASCII);
        try (FileChannel channel = FileChannel.open(
                absolute,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")))) {
            channel.write(ByteBuffer.wrap(text));
            channel.force(true);
        } catch (IOException refused) {
            throw new StartupException("cannot write the pid file " + absolute + ": " + refused);
        }
        return new PidFile(absolute, pid);
    }

    /** The pid in it; 0 if there is none. */
    private static long owner(Path file) throws StartupException {
        if (!Files.exists(file)) {
            return 0;
        }
        try {
            return Long.parseLong(
                    Files.readString(file, StandardCharsets.ISO_8859_1).strip());
        } catch (NumberFormatException somethingElse) {
            return 0;
        } catch (IOException refused) {
            throw new StartupException("cannot read the pid file " + file + ": " + refused);
        }
    }

    /** Removes it if it is still ours. */
    void remove() {
        try {
            if (owner(file) == pid) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | StartupException refused) {
            System.getLogger(PidFile.class.getName())
                    .log(System.Logger.Level.WARNING, "cannot remove the pid file {0}: {1}", file, refused);
        }
    }
}
