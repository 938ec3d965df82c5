package circus.manager.stats;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names of users by their numbers, from {@code /etc/passwd}; who is not in there is told as the number, as Circus does. Read again when
 * the file has changed, which is looked at once for each {@link #refresh}. One thread.
 */
final class UserNames {
    private static final int MOST_FIELDS = 4;
    private static final int NUMBER = 2;

    private final Path file;
    private @Nullable FileTime version;
    private Map<Integer, String> names = Map.of();

    UserNames(Path file) {
        this.file = file;
    }

    void refresh() {
        try {
            FileTime now = Files.getLastModifiedTime(file);
            if (!now.equals(version)) {
                names = read();
                version = now;
            }
        } catch (IOException unreadable) {
            // The numbers say it too.
            names = Map.of();
            version = null;
        }
    }

    String of(int user) {
        String name = names.get(user);
        return name == null ? Integer.toString(user) : name;
    }

    private Map<Integer, String> read() throws IOException {
        Map<Integer, String> read = new HashMap<>();
        // Names need not be UTF-8.
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            String[] fields = line.split(":", MOST_FIELDS);
            if (fields.length == MOST_FIELDS && fields[NUMBER].matches("[0-9]{1,9}")) {
                // The first of several names counts, as for getpwuid.
                read.putIfAbsent(Integer.valueOf(fields[NUMBER]), fields[0]);
            }
        }
        return read;
    }
}
