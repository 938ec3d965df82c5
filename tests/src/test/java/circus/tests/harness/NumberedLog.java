package circus.tests.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what {@code LoadWorker}s logged and tells whether each line is there exactly once and in order. */
public final class NumberedLog {
    private static final Pattern LINE = Pattern.compile("(\\S+ \\d+) (total )?(\\d+)");
    private static final int ENOUGH = 20;

    private final Map<String, Long> last = new TreeMap<>();
    private final Set<String> ended = new HashSet<>();
    private final List<String> faults = new ArrayList<>();

    private NumberedLog() {}

    public static NumberedLog read(Path file) {
        NumberedLog log = new NumberedLog();
        String text = Home.read(file);
        if (!text.isEmpty() && !text.endsWith("\n")) {
            log.faults.add("the file ends within a line");
        }
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                log.take(number, matcher.group(1), matcher.group(2) != null, Long.parseLong(matcher.group(3)));
            } else {
                log.faults.add("line " + number + " is no line of a worker: " + line);
            }
        }
        log.last.keySet().stream()
                .filter(worker -> !log.ended.contains(worker))
                .forEach(worker -> log.faults.add(worker + ": its last line (the total) is missing"));
        return log;
    }

    private void take(int line, String worker, boolean total, long number) {
        long before = last.getOrDefault(worker, 0L);
        if (total) {
            ended.add(worker);
            if (number != before) {
                faults.add(worker + ": printed " + number + " lines, the last one logged is " + before);
            }
        } else {
            if (number != before + 1) {
                faults.add("line " + line + ": " + worker + " " + number + " after " + before);
            }
            last.put(worker, number);
        }
    }

    /** What is wrong, the first few; empty when each line is there once, in order, and all of them. */
    public List<String> faults() {
        return faults.subList(0, Math.min(ENOUGH, faults.size()));
    }

    /** The workers that wrote, each {@code NAME PID}. */
    public Set<String> workers() {
        return last.keySet();
    }

    public long lines() {
        return last.values().stream().mapToLong(Long::longValue).sum();
    }
}
