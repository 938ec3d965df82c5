package circus.manager.rotation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code F.20261121}: named by when their period began. One that is there already is never overwritten: the next of the
 * same period is {@code F.20261121.1}.
 *
 * @param digits how long the time is
 * @param count how many are kept; 0 for all
 */
record DatedBackups(int digits, int count, Shelf shelf) implements Backups {
    /** A period cannot be that short; somebody else makes files. */
    private static final int MOST_OF_A_PERIOD = 10_000;

    /** One backup; they are ordered by their time, and those of one time by their number. */
    private record Backup(String time, int number, Path path, boolean isCompressed) {}

    @Override
    public void moveAside(Path file, String suffix) throws IOException {
        if (shelf.has(file)) {
            shelf.rename(file, free(Backups.named(file, "." + suffix)));
        }
        prune(file);
    }

    private Path free(Path wanted) throws IOException {
        Path target = wanted;
        for (int number = 1; shelf.has(target) || shelf.has(Backups.named(target, COMPRESSED)); number++) {
            if (number > MOST_OF_A_PERIOD) {
                throw new IOException("cannot rotate to " + wanted + ": " + number + " files of that name are there");
            }
            target = Backups.named(wanted, "." + number);
        }
        return target;
    }

    private void prune(Path file) throws IOException {
        List<Backup> all = count == 0 ? List.of() : all(file);
        for (Backup backup : all.subList(0, Math.max(0, all.size() - count))) {
            shelf.remove(backup.path());
        }
    }

    private List<Backup> all(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            return List.of();
        }
        String beginning = file.getFileName() + ".";
        Pattern name = Pattern.compile(Pattern.quote(beginning) + "(\\d{" + digits + "})(?:\\.(\\d{1,5}))?("
                + Pattern.quote(COMPRESSED) + ")?");
        List<Backup> all = new ArrayList<>();
        for (String each : shelf.names(folder, beginning)) {
            Matcher matcher = name.matcher(each);
            if (matcher.matches()) {
                int number = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
                all.add(new Backup(matcher.group(1), number, folder.resolve(each), matcher.group(3) != null));
            }
        }
        // Of one that was being compressed when circusd was killed there are both.
        all.removeIf(backup -> backup.isCompressed()
                && all.stream()
                        .anyMatch(other -> !other.isCompressed()
                                && other.time().equals(backup.time())
                                && other.number() == backup.number()));
        all.sort(Comparator.comparing(Backup::time).thenComparing(Backup::number));
        return all;
    }

    @Override
    public List<Path> plain(Path file) throws IOException {
        return all(file).stream()
                .filter(backup -> !backup.isCompressed())
                .map(Backup::path)
                .toList();
    }
}
