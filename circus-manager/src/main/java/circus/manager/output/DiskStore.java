package circus.manager.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/** The real one. */
final class DiskStore implements LogStore {
    /** The JDK copies what it writes into memory of this size, and keeps that for the next time. */
    private static final int LARGEST_WRITE = 1024 * 1024;

    private static final int TYPE_MASK = 0170000;
    private static final int NAMED_PIPE = 0010000;

    @Override
    public Appender open(Path path) throws IOException {
        refuseNamedPipe(path);
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        try {
            return new OpenFile(channel, look(path).identity(), path.toRealPath());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
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

    private record OpenFile(FileChannel channel, FileIdentity identity, Path realPath) implements Appender {
        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public int append(byte[] bytes, int from, int to) throws IOException {
            return channel.write(ByteBuffer.wrap(bytes, from, Math.min(LARGEST_WRITE, to - from)));
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
