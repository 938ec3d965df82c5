package circus.manager.stats;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The info object of one process, its keys in the order of the contract (events-and-stats.md, 4). Pure functions.
 *
 * <p>What may not be looked at is {@code "N/A"}. A child that has ended and was not waited for is told with the niceness {@code "Zombie"}.
 */
final class ProcessInfo {
    private static final String NOT_AVAILABLE = "N/A";
    private static final String ZOMBIE = "Zombie";

    private ProcessInfo() {}

    /** @param user its name, or null; {@code firstWord} of its command line, or null */
    static Map<String, @Nullable Object> of(
            ProcessStat process,
            Machine machine,
            double cpu,
            double ageSeconds,
            @Nullable String user,
            @Nullable String firstWord) {
        long resident = process.residentPages() * machine.pageBytes();
        Map<String, @Nullable Object> info = new LinkedHashMap<>(32);
        info.put("mem_info1", HumanSize.of(resident));
        info.put("mem_info2", HumanSize.of(process.virtualBytes()));
        info.put("cpu", cpu);
        info.put("mem", Math.round(resident * 100_000.0 / machine.memoryBytes()) / 1000.0);
        info.put("ctime", cpuTime(process.allTicks() * 100 / machine.ticksPerSecond()));
        info.put("pid", process.pid());
        info.put("username", user == null ? NOT_AVAILABLE : user);
        info.put("nice", process.isZombie() ? ZOMBIE : process.nice());
        info.put("create_time", createTime(process, machine));
        info.put("age", ageSeconds);
        info.put("cmdline", firstWord == null ? NOT_AVAILABLE : program(firstWord));
        info.put("children", List.of());
        return info;
    }

    /** The same of a process of which nothing may be known. */
    static Map<String, @Nullable Object> hidden(int pid) {
        Map<String, @Nullable Object> info = new LinkedHashMap<>(32);
        for (String key : List.of("mem_info1", "mem_info2", "cpu", "mem", "ctime")) {
            info.put(key, NOT_AVAILABLE);
        }
        info.put("pid", pid);
        for (String key : List.of("username", "nice", "create_time", "age", "cmdline")) {
            info.put(key, NOT_AVAILABLE);
        }
        info.put("children", List.of());
        return info;
    }

    /** Seconds since the epoch, in hundredths. */
    static double createTime(ProcessStat process, Machine machine) {
        return machine.bootTime() + (double) process.startTicks() / machine.ticksPerSecond();
    }

    /** {@code M:SS.cc}, with as many minutes as it takes. */
    static String cpuTime(long hundredths) {
        return hundredths / 6000 + ":" + Hundredths.twoDigits(hundredths / 100 % 60) + "."
                + Hundredths.twoDigits(hundredths % 100);
    }

    /** Some programs put a sentence in the place of their name; its first word is the name then. */
    static String program(String firstWord) {
        String word = firstWord.strip();
        int end = 0;
        while (end < word.length() && !Character.isWhitespace(word.charAt(end))) {
            end++;
        }
        String name = word.substring(word.lastIndexOf('/', end) + 1, end);
        return name.isEmpty() ? NOT_AVAILABLE : name;
    }
}
