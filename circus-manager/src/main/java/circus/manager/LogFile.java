package circus.manager;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A file that is appended to, and opened anew when somebody has moved or removed it. One thread. */
final class LogFile extends OutputStream {
    private final Path path;
    private @Nullable OutputStream stream;
    private Object inode = "";

    LogFile(Path path) throws IOException {
        this.path = path;
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
        if (open != null && inode.equals(inodeNow())) {
            return open;
        }
        close();
        OutputStream opened = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
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
        if (stream != null) {
            stream.close();
        }
    }
}
