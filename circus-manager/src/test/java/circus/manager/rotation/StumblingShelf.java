package circus.manager.rotation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The real file system, until so many changes have been made: then whoever makes one is as good as killed. */
final class StumblingShelf implements Shelf {
    /** The kill. */
    static final class Killed extends IOException {
        private static final long serialVersionUID = 1;
    }

    private int left;

    StumblingShelf(int changes) {
        left = changes;
    }

    private void step() throws Killed {
        if (left-- == 0) {
            throw new Killed();
        }
    }

    @Override
    public boolean has(Path file) throws IOException {
        return DISK.has(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step();
        DISK.rename(from, to);
    }

    @Override
    public void remove(Path file) throws IOException {
        if (DISK.has(file)) {
            step();
        }
        DISK.remove(file);
    }

    @Override
    public List<String> names(Path folder, String beginning) throws IOException {
        return DISK.names(folder, beginning);
    }
}
