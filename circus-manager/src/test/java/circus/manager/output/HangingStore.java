package circus.manager.output;

import circus.manager.rotation.Shelf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;

/** A disk on which everything that is done with some files hangs, as long as a test says so. */
final class HangingStore implements LogStore {
    private final LogStore real = new DiskStore();
    private final String part;
    private boolean hangs;
    private int hanging;

    /** @param part of the names of those files */
    HangingStore(String part) {
        this.part = part;
    }

    synchronized void hang(boolean next) {
        hangs = next;
        notifyAll();
    }

    /** How many threads hang. */
    synchronized int hanging() {
        return hanging;
    }

    private synchronized void pass(Path path) throws IOException {
        hanging++;
        try {
            while (hangs && path.toString().contains(part)) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        } finally {
            hanging--;
        }
    }

    @Override
    public Appender open(Path path, OptionalInt mode) throws IOException {
        pass(path);
        Appender opened = real.open(path, mode);
        return new Appender() {
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
                pass(path);
                return opened.size();
            }

            @Override
            public long modifiedMicros() throws IOException {
                return opened.modifiedMicros();
            }

            @Override
            public int append(byte[] bytes, int from, int to) throws IOException {
                pass(path);
                return opened.append(bytes, from, to);
            }

            @Override
            public void close() throws IOException {
                pass(path);
                opened.close();
            }
        };
    }

    @Override
    public Glance look(Path path) throws IOException {
        pass(path);
        return real.look(path);
    }

    @Override
    public byte[] read(Path path, long from, int count) throws IOException {
        pass(path);
        return real.read(path, from, count);
    }

    @Override
    public Shelf shelf() {
        return real.shelf();
    }
}
