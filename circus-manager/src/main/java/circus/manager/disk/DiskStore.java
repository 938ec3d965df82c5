package circus.manager.disk;

import circus.manager.failpoint.Failpoint;
import circus.manager.rotation.Shelf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The real one. */
public final class DiskStore implements LogStore {
    /** The JDK copies what it writes into memory of this size, and keeps that for the next time. */
    private static final int LARGEST_WRITE = 1024 * 1024;

    private static final Shelf SHELF = new Shelf() {
        @Override
        public boolean has(Path file) throws IOException {
            return Shelf.DISK.has(file);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            Failpoint.BEFORE_RENAME.pass();
            Shelf.DISK.rename(from, to);
            Failpoint.AFTER_RENAME.pass();
        }

        @Override
        public void remove(Path file) throws IOException {
            Shelf.DISK.remove(file);
        }

        @Override
        public List<String> names(Path folder, String beginning) throws IOException {
            return Shelf.DISK.names(folder, beginning);
        }
    };

    private static final int TYPE_MASK = 0170000;
    private static final int NAMED_PIPE = 0010000;

    @Override
    public Appender open(Path path, OptionalInt mode) throws IOException {
        refuseNamedPipe(path);
        if (mode.isPresent()) {
            make(path, mode.getAsInt());
        }
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        try {
            return new OpenFile(channel, look(path).identity(), path.toRealPath());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Makes an empty file of this mode, whatever the umask; nothing happens if there is one. */
    private static void make(Path path, int mode) throws IOException {
        try {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(permissions(mode)));
            Files.setPosixFilePermissions(path, permissions(mode));
        } catch (FileAlreadyExistsException e) {
            // Its mode is its owner's business.
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values();
        for (int i = 0; i < all.length; i++) {
            if ((mode & 0400 >> i) != 0) {
                permissions.add(all[i]);
            }
        }
        return permissions;
    }

    /** Opening one waits for its reader, and so would stop all other output. */
    private static void refuseNamedPipe(Path path) throws IOException {
        int mode;
        try {
            mode = (int) Files.getAttribute(path, "unix:mode");
        } catch (NoSuchFileException e) {
            return;
        }
        if ((mode & TYPE_MASK) == NAMED_PIPE) {
            throw new FileSystemException(path.toString(), null, "it is a named pipe, which may block");
        }
    }

    @Override
    public Glance look(Path path) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:dev,ino,size");
        return new Glance(
                new FileIdentity(number(attributes, "dev"), number(attributes, "ino")), number(attributes, "size"));
    }

    private static long number(Map<String, Object> attributes, String name) {
        return (Long) Objects.requireNonNull(attributes.get(name));
    }

    @Override
    public byte[] read(Path path, long from, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            int got = 0;
            while (buffer.hasRemaining() && got >= 0) {
                got = channel.read(buffer, from + buffer.position());
            }
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    @Override
    public Shelf shelf() {
        return SHELF;
    }

    private record OpenFile(FileChannel channel, FileIdentity identity, Path realPath) implements Appender {
        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public long modifiedMicros() throws IOException {
            return Files.getLastModifiedTime(realPath).to(TimeUnit.MICROSECONDS);
        }

        @Override
        public int append(byte[] bytes, int from, int to) throws IOException {
            if (Failpoint.TORN_WRITE.isDue()) {
                channel.write(ByteBuffer.wrap(bytes, from, (to - from) / 2));
                Failpoint.TORN_WRITE.die();
            }
            return channel.write(ByteBuffer.wrap(bytes, from, Math.min(LARGEST_WRITE, to - from)));
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
