package circus.manager.disk;

import circus.manager.rotation.Shelf;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;

/** The file system, as far as log files need it. Anything may block. Any thread, one at a time for one file. */
public interface LogStore {
    /**
     * Opens a file for appending; makes it if there is none.
     *
     * @param mode of a file that is made; empty for what the umask leaves
     */
    Appender open(Path path, OptionalInt mode) throws IOException;

    /**
     * Looks at a file that exists.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     */
    Glance look(Path path) throws IOException;

    /** Reads up to {@code count} bytes; fewer if the file ends before. */
    byte[] read(Path path, long from, int count) throws IOException;

    /** The names in folders, for those who put files aside. */
    Shelf shelf();

    /** What a name leads to. */
    record Glance(FileIdentity identity, long size) {}

    /** An open file. */
    interface Appender extends Closeable {
        FileIdentity identity();

        /** Free of symbolic links. */
        Path realPath();

        long size() throws IOException;

        /** When it was written last, in microseconds since 1970. */
        long modifiedMicros() throws IOException;

        /** Appends at least one of the bytes and says how many. */
        int append(byte[] bytes, int from, int to) throws IOException;
    }
}
