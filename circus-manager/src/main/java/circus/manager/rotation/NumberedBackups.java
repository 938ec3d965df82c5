package circus.manager.rotation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * {@code F.1}, {@code F.2} and so on, the newest first. To make room, each file moves up by one as far as to the first number
 * that is free: the <i>hole</i>. If there is none, the last file is removed. Each rename moves the hole down by one, so
 * whoever goes on after a kill needs to know nothing.
 *
 * @param count how many are kept; 0 for none
 */
record NumberedBackups(int count, Shelf shelf) implements Backups {
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");

    @Override
    public void moveAside(Path file, String suffix) throws IOException {
        if (!shelf.has(file)) {
            return;
        }
        if (count == 0) {
            shelf.remove(file);
            return;
        }
        for (int number = hole(file); number > 1; number--) {
            move(file, number - 1, number);
        }
        shelf.rename(file, plainName(file, 1));
        removeFrom(file, count + 1);
    }

    private int hole(Path file) throws IOException {
        for (int number = 1; number <= count; number++) {
            if (!exists(file, number)) {
                return number;
            }
        }
        remove(file, count);
        return count;
    }

    private boolean exists(Path file, int number) throws IOException {
        return shelf.has(plainName(file, number)) || shelf.has(compressedName(file, number));
    }

    private void remove(Path file, int number) throws IOException {
        shelf.remove(compressedName(file, number));
        shelf.remove(plainName(file, number));
    }

    private void move(Path file, int from, int to) throws IOException {
        boolean isPlain = shelf.has(plainName(file, from));
        if (shelf.has(compressedName(file, from))) {
            if (isPlain) {
                // Whoever compressed it was killed before the plain one was removed: the same twice.
                shelf.remove(compressedName(file, from));
            } else {
                shelf.rename(compressedName(file, from), compressedName(file, to));
            }
        }
        if (isPlain) {
            shelf.rename(plainName(file, from), plainName(file, to));
        }
    }

    /** Somebody has lowered their number. */
    private void removeFrom(Path file, int first) throws IOException {
        for (int number = first; exists(file, number); number++) {
            remove(file, number);
        }
    }

    private static Path plainName(Path file, int number) {
        return Backups.named(file, "." + number);
    }

    private static Path compressedName(Path file, int number) {
        return Backups.named(file, "." + number + COMPRESSED);
    }

    @Override
    public List<Path> plain(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            return List.of();
        }
        String beginning = file.getFileName() + ".";
        // By one look at the folder: there may be very many numbers and few files.
        return shelf.names(folder, beginning).stream()
                .map(name -> name.substring(beginning.length()))
                .filter(number -> NUMBER.matcher(number).matches() && Integer.parseInt(number) <= count)
                .sorted(Comparator.comparing(Integer::parseInt, Comparator.reverseOrder()))
                .map(number -> Backups.named(file, "." + number))
                .toList();
    }
}
