package circus.manager.stats;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the files of proc(5) that say something of processes. Throws when the process has gone. One thread. */
final class ProcFiles {
    /** Ticks of all times in /proc: USER_HZ, which is 100 on every architecture that Java runs on. */
    static final int TICKS_PER_SECOND = 100;

    /** Linux's page size here; statm counts in pages. */
    private static final int PAGE_BYTES = 4096;

    private final Path root;
    private final Path users;
    private final double bootTime;
    private final long memoryBytes;
    private final Map<Integer, String> userNames = new HashMap<>();

    /** @param root normally {@code /proc} */
    ProcFiles(Path root, Path users) throws IOException {
        this.root = root;
        this.users = users;
        this.bootTime = number(root.resolve("stat"), "btime ");
        this.memoryBytes = number(root.resolve("meminfo"), "MemTotal:") * 1024;
    }

    private static long number(Path file, String label) throws IOException {
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(label)) {
                return Long.parseLong(line.substring(label.length()).replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("cannot find " + label.strip() + " in " + file);
    }

    /**
     * The fields of {@code stat} that are needed.
     *
     * @param ticks CPU time of the process and of those of its children that it has waited for, and the time it waited for disks
     * @param ownTicks CPU time of the process alone
     * @param createTime seconds since the epoch
     */
    record Stat(long ticks, long ownTicks, int nice, double createTime) {}

    boolean exists(int pid) {
        return Files.exists(root.resolve(Integer.toString(pid)));
    }

    long memoryBytes() {
        return memoryBytes;
    }

    Stat stat(int pid) throws IOException {
        String text = read(pid, "stat");
        // The name stands in parentheses and may hold anything, parentheses and blanks too.
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        long own = field(fields, 14) + field(fields, 15);
        long children = field(fields, 16) + field(fields, 17);
        return new Stat(
                own + children + field(fields, 42),
                own,
                (int) field(fields, 19),
                bootTime + (double) field(fields, 22) / TICKS_PER_SECOND);
    }

    /** @param number as in proc(5), where the first field is 1; the name and what stands before it are cut off */
    private static long field(String[] fields, int number) {
        int index = number - 3;
        return index < fields.length ? Long.parseLong(fields[index].strip()) : 0;
    }

    /** Virtual and resident size. */
    long[] memory(int pid) throws IOException {
        String[] fields = read(pid, "statm").split(" ");
        return new long[] {Long.parseLong(fields[0]) * PAGE_BYTES, Long.parseLong(fields[1]) * PAGE_BYTES};
    }

    /** The first word of the command line; empty for a process that has none. */
    String firstWord(int pid) throws IOException {
        String line = read(pid, "cmdline");
        int end = line.indexOf('\0');
        return end < 0 ? line : line.substring(0, end);
    }

    String userName(int pid) throws IOException {
        for (String line : read(pid, "status").split("\n")) {
            if (line.startsWith("Uid:")) {
                int uid = Integer.parseInt(line.split("\\s+")[1]);
                return userNames.computeIfAbsent(uid, this::lookUp);
            }
        }
        throw new IOException("cannot find the user of process " + pid);
    }

    private String lookUp(int uid) {
        try {
            for (String line : Files.readAllLines(users)) {
                String[] fields = line.split(":");
                if (fields.length > 2 && fields[2].equals(Integer.toString(uid))) {
                    return fields[0];
                }
            }
        } catch (IOException unreadable) {
            // The number says it too.
            return Integer.toString(uid);
        }
        return Integer.toString(uid);
    }

    /** The pids of its children, of all its threads. */
    List<Integer> children(int pid) throws IOException {
        List<Integer> children = new ArrayList<>();
        try (DirectoryStream<Path> threads =
                Files.newDirectoryStream(root.resolve(Integer.toString(pid)).resolve("task"))) {
            for (Path thread : threads) {
                for (String child : readIfThere(thread.resolve("children")).split(" ")) {
                    if (!child.isBlank()) {
                        children.add(Integer.valueOf(child.strip()));
                    }
                }
            }
        }
        children.sort(null);
        return children;
    }

    /** A thread may have ended since the directory was listed. */
    private static String readIfThere(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    private String read(int pid, String file) throws IOException {
        Path path = root.resolve(Integer.toString(pid)).resolve(file);
        return new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
    }
}
