package circus.manager.config;

import java.nio.file.Path;

/**
 * Where something is written.
 *
 * @param line counted from 1; 0 for the file as a whole
 */
record Place(Path file, int line) {
    static Place of(Path file) {
        return new Place(file, 0);
    }

    /** As another line of the same file speaks of it, or with the file's name. */
    String seenFrom(Place other) {
        return file.equals(other.file) ? "line " + line : file + ":" + line;
    }
}
