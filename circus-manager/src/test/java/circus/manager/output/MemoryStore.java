package circus.manager.output;

import circus.manager.disk.FileIdentity;
import circus.manager.disk.LogStore;
import circus.manager.rotation.Shelf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/** A file system in memory, on which a thousand crashes take no time. Outlives the managers that use it. */
final class MemoryStore implements LogStore {
    private static final class Content {
        final FileIdentity identity;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long micros;

        Content(FileIdentity identity) {
            this.identity = identity;
        }
    }

    /** In which all files of these tests are; it is always there. */
    private static final Path FOLDER = Path.of("/log");

    private final Map<Path, Content> files = new LinkedHashMap<>();
    private long lastInode = 100;
    private LongSupplier clock = () -> 0;

    /** Files are written at the time that this says, in microseconds since 1970. */
    void clock(LongSupplier micros) {
        clock = micros;
    }

    byte[] bytes(Path path) {
        Content content = files.get(path);
        return content == null ? new byte[0] : content.bytes.toByteArray();
    }

    private Content made(Path path) {
        return files.computeIfAbsent(path, added -> new Content(new FileIdentity(1, ++lastInode)));
    }

    @Override
    public Appender open(Path path, OptionalInt mode) {
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
            public long modifiedMicros() {
                return content.micros;
            }

            @Override
            public int append(byte[] bytes, int from, int to) {
                content.bytes.write(bytes, from, to - from);
                content.micros = clock.getAsLong();
                return to - from;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Glance look(Path path) throws IOException {
        Content content = files.get(path);
        if (content == null && path.equals(FOLDER)) {
            return new Glance(new FileIdentity(0, 0), 0);
        }
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

    /** What stands in all of them, by their names. */
    Map<Path, byte[]> all() {
        Map<Path, byte[]> all = new LinkedHashMap<>();
        files.forEach((path, content) -> all.put(path, content.bytes.toByteArray()));
        return all;
    }

    @Override
    public Shelf shelf() {
        return new Shelf() {
            @Override
            public boolean has(Path file) {
                return files.containsKey(file);
            }

            @Override
            public void rename(Path from, Path to) throws IOException {
                look(from);
                files.put(to, files.remove(from));
            }

            @Override
            public void remove(Path file) {
                files.remove(file);
            }

            @Override
            public List<String> names(Path folder, String beginning) {
                return files.keySet().stream()
                        .filter(file -> folder.equals(file.getParent()))
                        .map(file -> String.valueOf(file.getFileName()))
                        .filter(name -> name.startsWith(beginning))
                        .toList();
            }
        };
    }
}
