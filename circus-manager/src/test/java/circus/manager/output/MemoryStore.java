package circus.manager.output;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A file system in memory, on which a thousand crashes take no time. Outlives the managers that use it. */
final class MemoryStore implements LogStore {
    private static final class Content {
        final FileIdentity identity;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Content(FileIdentity identity) {
            this.identity = identity;
        }
    }

    private final Map<Path, Content> files = new LinkedHashMap<>();
    private long lastInode = 100;

    byte[] bytes(Path path) {
        Content content = files.get(path);
        return content == null ? new byte[0] : content.bytes.toByteArray();
    }

    private Content made(Path path) {
        return files.computeIfAbsent(path, added -> new Content(new FileIdentity(1, ++lastInode)));
    }

    @Override
    public Appender open(Path path) {
        Content content = made(path);
        return new Appender() {
            @Override
            public FileIdentity identity() {
                return content.identity;
            }

            @Override
            public Path realPath() {
                return path;
            }

            @Override
            public long size() {
                return content.bytes.size();
            }

            @Override
            public int append(byte[] bytes, int from, int to) {
                content.bytes.write(bytes, from, to - from);
                return to - from;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Glance look(Path path) throws IOException {
        Content content = files.get(path);
        if (content == null) {
            throw new NoSuchFileException(path.toString());
        }
        return new Glance(content.identity, content.bytes.size());
    }

    @Override
    public byte[] read(Path path, long from, int count) throws IOException {
        look(path);
        byte[] bytes = bytes(path);
        return Arrays.copyOfRange(
                bytes, (int) Math.min(from, bytes.length), (int) Math.min(from + count, bytes.length));
    }
}
