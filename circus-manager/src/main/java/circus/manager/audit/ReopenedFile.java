package circus.manager.audit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A file that is appended to, and opened anew when somebody has moved or removed it. One thread. */
public final class ReopenedFile extends OutputStream {
    private final Path path;
    private final FileAttribute<Set<PosixFilePermission>> mode;
    private @Nullable OutputStream stream;
    private Object inode = "";

    /** As the umask has it, where the file is new. */
    public ReopenedFile(Path path) throws IOException {
        this(path, "rw-rw-rw-");
    }

    /** @param mode of a new file, less the umask: {@code rw-------} */
    ReopenedFile(Path path, String mode) throws IOException {
        this.path = path;
        this.mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
        current();
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        current().write(bytes, from, count);
    }

    private OutputStream current() throws IOException {
        OutputStream open = stream;
        if (open != null && !inode.equals("") && inode.equals(inodeNow())) {
            return open;
        }
        close();
        OutputStream opened = Channels.newOutputStream(
                Files.newByteChannel(path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), mode));
        stream = opened;
        inode = inodeNow();
        return opened;
    }

    private Object inodeNow() throws IOException {
        try {
            return Files.getAttribute(path, "unix:ino");
        } catch (NoSuchFileException moved) {
            return "";
        }
    }

    @Override
    public void close() throws IOException {
        OutputStream open = stream;
        stream = null;
        inode = "";
        if (open != null) {
            open.close();
        }
    }
}
