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
 * What a process takes of the machine, from proc(5).
 *
 * @param descriptors how many of each kind: a path, or {@code socket}, {@code pipe}, {@code [pidfd]}
 * @param threads how many of each name, without the JVM's compilers, of which there are more while there is more to compile
 * @param children each {@code PID (NAME)}, of all its threads
 * @param residentKb what ps shows
 * @param proportionalKb the same, pages that others share counted in parts
 * @param outputKb of what is resident, memory files: output that is held, or room for it
 */
public record Footprint(
        Map<String, Integer> descriptors,
        Map<String, Integer> threads,
        List<String> children,
        long residentKb,
        long proportionalKb,
        long outputKb) {
    public static Footprint of(long pid) {
        Path process = Path.of("/proc/" + pid);
        try {
            Map<String, Integer> descriptors = new TreeMap<>();
            for (Path each : list(process.resolve("fd"))) {
                descriptors.merge(kind(each), 1, Integer::sum);
            }
            descriptors.remove("");
            List<Path> threads = list(process.resolve("task"));
            Map<String, Integer> names = new TreeMap<>();
            List<String> children = new ArrayList<>();
            for (Path thread : threads) {
                names.merge(text(thread.resolve("comm")).strip(), 1, Integer::sum);
                for (String child : text(thread.resolve("children")).split(" ", 0)) {
                    if (!child.isEmpty()) {
                        children.add(told(child));
                    }
                }
            }
            names.keySet().removeIf(name -> name.isEmpty() || name.matches("C[12] Compiler.*"));
            return new Footprint(
                    descriptors,
                    names,
                    children,
                    kilobytes(process.resolve("status"), "VmRSS:"),
                    kilobytes(process.resolve("smaps_rollup"), "Pss:"),
                    kilobytes(process.resolve("status"), "RssShmem:"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }

    private static String kind(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor)
                    .toString()
                    .replaceFirst("^anon_inode:", "")
                    .replaceFirst(":\\[\\d+]$", "")
                    .replaceAll("\\d{3,}", "N");
        } catch (IOException closed) {
            return "";
        }
    }

    private static String told(String child) {
        String stat = text(Path.of("/proc/" + child + "/stat"));
        int end = stat.lastIndexOf(')') + 1;
        if (end == 0) {
            return child + " gone";
        }
        return child + " " + stat.substring(stat.indexOf('('), end) + (stat.startsWith(" Z", end) ? " zombie" : "");
    }

    /** Nothing of what is gone. */
    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    private static long kilobytes(Path file, String key) {
        return text(file)
                .lines()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }

    /** How many descriptors are open. */
    public int open() {
        return descriptors.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** How many threads run. */
    public int running() {
        return threads.values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * How many threads of each name there are more than at another time. One of each kind of papa's own may always have come: some are
     * started when they are needed first.
     */
    public Map<String, Integer> moreThreadsThan(Footprint other) {
        Map<String, Integer> more = more(threads, other.threads);
        more.keySet().removeIf(name -> name.startsWith("papa-") && threads.getOrDefault(name, 0) == 1);
        return more;
    }

    /** How many descriptors of each kind there are more than at another time; of kinds of which there are as many, or fewer, nothing. */
    public Map<String, Integer> moreThan(Footprint other) {
        return more(descriptors, other.descriptors);
    }

    private static Map<String, Integer> more(Map<String, Integer> now, Map<String, Integer> before) {
        Map<String, Integer> more = new TreeMap<>(now);
        more.replaceAll((kind, count) -> count - before.getOrDefault(kind, 0));
        more.values().removeIf(count -> count <= 0);
        return more;
    }

    /** Children that have ended and were not waited for. */
    public List<String> zombies() {
        return children.stream().filter(child -> child.endsWith(" zombie")).toList();
    }
}
