package circus.manager.output;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** The file system, as far as log files need it: files are only ever appended to. */
interface LogStore {
    /** Opens a file for appending; makes it if there is none. */
    Appender open(Path path) throws IOException;

    /**
     * Looks at a file that exists.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     */
    Glance look(Path path) throws IOException;

    /** Reads up to {@code count} bytes; fewer if the file ends before. */
    byte[] read(Path path, long from, int count) throws IOException;

    /** What a name leads to. */
    record Glance(FileIdentity identity, long size) {}

    /** An open file. */
    interface Appender extends Closeable {
        FileIdentity identity();

        /** Free of symbolic links. */
        Path realPath();

        long size() throws IOException;

        /** Appends at least one of the bytes and says how many. */
        int append(byte[] bytes, int from, int to) throws IOException;
    }
}
