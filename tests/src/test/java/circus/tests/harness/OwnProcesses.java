package circus.tests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The processes that belong to one home, found in {@code /proc}: those that carry its mark in their environment or its
 * folder in their command line, and all that descend from them. Others are never touched.
 */
final class OwnProcesses {
    private OwnProcesses() {}

    /**
     * One line of a process table.
     *
     * @param command its arguments, joined by blanks; in brackets for a process without
     */
    record Entry(int pid, int parent, char state, String command) {
        @Override
        public String toString() {
            return pid + " (parent " + parent + ", " + state + ") " + command;
        }
    }

    /** Zombies are left out: they have ended, and only their parent can take their exit status. */
    static List<Entry> of(Path home) {
        Map<Integer, Entry> all = new TreeMap<>();
        List<Integer> marked = new ArrayList<>();
        int self = (int) ProcessHandle.current().pid();
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                String name = entry.getFileName().toString();
                if (!name.chars().allMatch(Character::isDigit)) {
                    continue;
                }
                Entry process = read(entry, Integer.parseInt(name));
                if (process == null || process.pid == self) {
                    continue;
                }
                all.put(process.pid, process);
                if (carries(entry.resolve("environ"), Installation.MARK + "=" + home + '\0')
                        || process.command.contains(home.toString())) {
                    marked.add(process.pid);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return all.values().stream()
                .filter(process -> process.state != 'Z' && descends(process, marked, all))
                .toList();
    }

    private static boolean descends(Entry process, List<Integer> marked, Map<Integer, Entry> all) {
        for (Entry above = process; above != null; above = all.get(above.parent)) {
            if (marked.contains(above.pid)) {
                return true;
            }
        }
        return false;
    }

    private static @org.jspecify.annotations.Nullable Entry read(Path entry, int pid) {
        try {
            String stat = Files.readString(entry.resolve("stat"), StandardCharsets.ISO_8859_1);
            int end = stat.lastIndexOf(')');
            String[] fields = stat.substring(end + 2).split(" ");
            String command = Files.readString(entry.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ')
                    .strip();
            if (command.isEmpty()) {
                command = "[" + stat.substring(stat.indexOf('(') + 1, end) + "]";
            }
            return new Entry(pid, Integer.parseInt(fields[1]), fields[0].charAt(0), command);
        } catch (IOException ended) {
            return null;
        }
    }

    private static boolean carries(Path environment, String mark) {
        try {
            return ("\0" + Files.readString(environment, StandardCharsets.ISO_8859_1)).contains("\0" + mark);
        } catch (IOException endedOrForeign) {
            return false;
        }
    }
}
