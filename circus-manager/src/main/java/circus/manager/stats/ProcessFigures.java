package circus.manager.stats;

import circus.manager.watcher.Clock;
import circus.manager.watcher.ProcessView;
import circus.message.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The info object of a process, as {@code stats} answers it. Reads /proc by itself; oshi comes with the statistics stream, and then this
 * class is where it goes. One thread.
 *
 * <p>The CPU share is that since the former look at the same process, whoever asked then; 0 at the first one.
 */
final class ProcessFigures {
    private static final String NOT_AVAILABLE = "N/A";
    private static final int MOST_SAMPLES = 10_000;

    /** CPU time at the former look; a pid that is used again has another creation time. */
    private record Sample(double createTime, long ticks, long nanos) {}

    private final ProcFiles files;
    private final Clock clock;
    private final Map<Integer, Sample> samples = new HashMap<>();

    ProcessFigures(ProcFiles files, Clock clock) {
        this.files = files;
        this.clock = clock;
    }

    /** One that circusd manages, with its children. */
    Map<String, @Nullable Object> of(ProcessView process) throws IOException {
        Map<String, @Nullable Object> info = describe(process.pid());
        double started = Json.seconds(process.started());
        info.put("age", Json.seconds(clock.now()) - started);
        info.put("children", children(process.pid()));
        info.put("started", started);
        info.put("wid", process.wid());
        return info;
    }

    /** Circusd itself: whatever it has as children is of no interest. */
    Map<String, @Nullable Object> ofDaemon(int pid) throws IOException {
        return describe(pid);
    }

    private List<Object> children(int parent) throws IOException {
        List<Object> children = new ArrayList<>();
        for (int child : files.children(parent)) {
            // One that has ended since the list was made is no child any more.
            if (files.exists(child)) {
                children.add(describe(child));
            }
        }
        return children;
    }

    private Map<String, @Nullable Object> describe(int pid) throws IOException {
        ProcFiles.Stat stat = files.stat(pid);
        long[] memory = files.memory(pid);
        Map<String, @Nullable Object> info = new LinkedHashMap<>();
        info.put("mem_info1", HumanSize.of(memory[1]));
        info.put("mem_info2", HumanSize.of(memory[0]));
        info.put("cpu", cpu(pid, stat));
        info.put("mem", Math.round(memory[1] * 100_000.0 / files.memoryBytes()) / 1000.0);
        info.put("ctime", cpuTime(stat.ticks()));
        info.put("pid", pid);
        info.put("username", files.userName(pid));
        info.put("nice", stat.nice());
        info.put("create_time", stat.createTime());
        info.put("age", Json.seconds(clock.now()) - stat.createTime());
        info.put("cmdline", program(files.firstWord(pid)));
        info.put("children", List.of());
        return info;
    }

    /** Percent of one CPU, with one decimal. */
    private double cpu(int pid, ProcFiles.Stat stat) {
        Sample now = new Sample(stat.createTime(), stat.ownTicks(), clock.nanos());
        Sample before = samples.put(pid, now);
        if (before == null || before.createTime() != now.createTime() || before.nanos() >= now.nanos()) {
            return 0.0;
        }
        double busySeconds = (double) (now.ticks() - before.ticks()) / ProcFiles.TICKS_PER_SECOND;
        double passedSeconds = (now.nanos() - before.nanos()) / 1e9;
        return Math.round(busySeconds / passedSeconds * 1000.0) / 10.0;
    }

    /** Forgets the processes that are no more, once they may have become many. */
    void tidy() {
        if (samples.size() > MOST_SAMPLES) {
            samples.keySet().removeIf(pid -> !files.exists(pid));
        }
    }

    /** {@code M:SS.cc}, with as many minutes as it takes. */
    static String cpuTime(long ticks) {
        long hundredths = ticks * 100 / ProcFiles.TICKS_PER_SECOND;
        return String.format(Locale.ROOT, "%d:%02d.%02d", hundredths / 6000, hundredths / 100 % 60, hundredths % 100);
    }

    private static String program(String firstWord) {
        String word = firstWord.strip().split("\\s", 2)[0];
        String name = word.substring(word.lastIndexOf('/') + 1);
        return name.isEmpty() ? NOT_AVAILABLE : name;
    }
}
