package circus.manager.output;

import circus.manager.disk.DiskStore;
import circus.manager.disk.FileIdentity;
import circus.manager.disk.LogStore;
import circus.manager.rotation.Shelf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;

/** A disk on which everything that is done with some files hangs, as long as a test says so. */
final class HangingStore implements LogStore {
    private final LogStore real = new DiskStore();
    private final String part;
    private boolean hangs;
    private boolean over;
    private int hanging;
    private int busy;

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

    /** Lets go whoever hangs, refuses all work from now on, and returns when nobody is at work any more: what a test made may be deleted. */
    synchronized void end() throws InterruptedException {
        over = true;
        hang(false);
        while (busy > 0) {
            wait();
        }
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> T pass(Path path, Work<T> work) throws IOException {
        enter(path);
        try {
            return work.run();
        } finally {
            leave();
        }
    }

    private synchronized void enter(Path path) throws IOException {
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
        if (over) {
            throw new IOException("the test is over");
        }
        busy++;
    }

    private synchronized void leave() {
        busy--;
        notifyAll();
    }

    @Override
    public Appender open(Path path, OptionalInt mode) throws IOException {
        Appender opened = pass(path, () -> real.open(path, mode));
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
                return pass(path, opened::size);
            }

            @Override
            public long modifiedMicros() throws IOException {
                return opened.modifiedMicros();
            }

            @Override
            public int append(byte[] bytes, int from, int to) throws IOException {
                return pass(path, () -> opened.append(bytes, from, to));
            }

            @Override
            public void close() throws IOException {
                pass(path, () -> {
                    opened.close();
                    return true;
                });
            }
        };
    }

    @Override
    public Glance look(Path path) throws IOException {
        return pass(path, () -> real.look(path));
    }

    @Override
    public byte[] read(Path path, long from, int count) throws IOException {
        return pass(path, () -> real.read(path, from, count));
    }

    @Override
    public Shelf shelf() {
        return real.shelf();
    }
}
