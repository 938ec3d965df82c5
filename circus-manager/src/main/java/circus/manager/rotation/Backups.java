package circus.manager.rotation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The older files of a log file. Whoever moves files aside may be killed between any two steps; to do it again then does
 * what was left to be done, and loses nothing.
 */
public sealed interface Backups permits NumberedBackups, DatedBackups {
    /** What is put behind the name of a file when it is compressed. */
    String COMPRESSED = ".gz";

    /**
     * Moves a file out of the way, and removes those that are too many. Nothing has its name afterwards. Does nothing
     * if there is no such file.
     *
     * @param suffix what a file that was rotated by time is named by ({@link RotationClock#suffix}); else ignored
     */
    void moveAside(Path file, String suffix) throws IOException;

    /** Those that are not compressed, the oldest first. */
    List<Path> plain(Path file) throws IOException;

    /** Of a file that is rotated so. */
    static Backups of(Rotation rotation, Shelf shelf) {
        if (rotation instanceof Rotation.BySize bySize) {
            return new NumberedBackups(bySize.backups(), shelf);
        }
        if (rotation instanceof Rotation.ByTime byTime) {
            return new DatedBackups(byTime.when().suffix().length(), byTime.backups(), shelf);
        }
        throw new IllegalArgumentException("cannot keep backups of a file that is never rotated");
    }

    /** The file's name with something behind it, in the same folder. */
    static Path named(Path file, String added) {
        return file.resolveSibling(file.getFileName() + added);
    }
}
