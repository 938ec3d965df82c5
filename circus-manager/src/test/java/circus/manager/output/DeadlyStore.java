package circus.manager.output;

import circus.manager.disk.FileIdentity;
import circus.manager.disk.LogStore;
import circus.manager.rotation.Shelf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/** Another store, in which the manager may be killed at each step, in the middle of a write too, and disks may be full. */
final class DeadlyStore implements LogStore {
    private final LogStore real;
    private final Fate fate;
    private final Random random;
    private final List<Appender> opened = new ArrayList<>();
    private boolean isFull;
    private boolean isStuck;

    DeadlyStore(LogStore real, Fate fate, Random random) {
        this.real = real;
        this.fate = fate;
        this.random = random;
    }

    /** Whether writes fail, after a part of the bytes. */
    void full(boolean full) {
        isFull = full;
    }

    /** Whether no file can be given another name. */
    void stuck(boolean stuck) {
        isStuck = stuck;
    }

    @Override
    public Appender open(Path path, OptionalInt mode) throws IOException {
        fate.pass("before open");
        Appender appender = real.open(path, mode);
        opened.add(appender);
        fate.pass("after open");
        return new DeadlyAppender(appender);
    }

    /** The system closes what the dead had open. */
    void closeAll() {
        try {
            for (Appender appender : opened) {
                appender.close();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        opened.clear();
    }

    @Override
    public Glance look(Path path) throws IOException {
        fate.pass("look");
        return real.look(path);
    }

    @Override
    public byte[] read(Path path, long from, int count) throws IOException {
        fate.pass("read");
        return real.read(path, from, count);
    }

    @Override
    public Shelf shelf() {
        Shelf shelf = real.shelf();
        return new Shelf() {
            @Override
            public boolean has(Path file) throws IOException {
                return shelf.has(file);
            }

            @Override
            public void rename(Path from, Path to) throws IOException {
                fate.pass("before rename");
                if (isStuck) {
                    throw new IOException("Read-only file system");
                }
                shelf.rename(from, to);
                fate.pass("after rename");
            }

            @Override
            public void remove(Path file) throws IOException {
                fate.pass("before remove");
                shelf.remove(file);
                fate.pass("after remove");
            }

            @Override
            public List<String> names(Path folder, String beginning) throws IOException {
                fate.pass("names");
                return shelf.names(folder, beginning);
            }
        };
    }

    private final class DeadlyAppender implements Appender {
        private final Appender opened;

        DeadlyAppender(Appender opened) {
            this.opened = opened;
        }

        @Override
        public FileIdentity identity() {
            return opened.identity();
        }

        @Override
        public Path realPath() {
            return opened.realPath();
        }

        @Override
        public long size() throws IOException {
            return opened.size();
        }

        @Override
        public long modifiedMicros() throws IOException {
            return opened.modifiedMicros();
        }

        @Override
        public int append(byte[] bytes, int from, int to) throws IOException {
            if (isFull) {
                int room = random.nextInt(3) == 0 ? random.nextInt(to - from) : 0;
                if (room == 0) {
                    throw new IOException("No space left on device");
                }
                return appendAll(bytes, from, from + room);
            }
            int wanted = random.nextInt(4) == 0 ? 1 + random.nextInt(to - from) : to - from;
            int count = fate.torn(wanted);
            int done = appendAll(bytes, from, from + count);
            if (fate.isDue()) {
                throw new Killed("within a write");
            }
            fate.pass("after write");
            return done;
        }

        private int appendAll(byte[] bytes, int from, int to) throws IOException {
            int at = from;
            while (at < to) {
                at += opened.append(bytes, at, to);
            }
            return to - from;
        }

        @Override
        public void close() throws IOException {
            opened.close();
        }
    }
}
