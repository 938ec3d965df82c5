package papa.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;
import papa.wire.Words;

/** A model of all that a kernel holds, as docs/papa.md tells it: plain tables, and no time. Words are ordinary text. */
final class ModelKernel {
    final TreeMap<String, String> values = new TreeMap<>();
    final TreeMap<String, ModelSocket> sockets = new TreeMap<>();
    final ModelLeases leases = new ModelLeases();
    final Map<Long, ModelProcess> processes = new LinkedHashMap<>();

    /** All there ever were. */
    final Map<Long, ModelProcess> known = new HashMap<>();

    private final Map<String, ModelProcess> latest = new HashMap<>();
    long dropped;

    static boolean matches(List<String> patterns, String name) {
        return patterns.isEmpty()
                || patterns.stream()
                        .anyMatch(each -> each.endsWith("*")
                                ? name.startsWith(each.substring(0, each.length() - 1))
                                : name.equals(each));
    }

    static boolean isExact(String pattern) {
        return !pattern.endsWith("*");
    }

    void add(ModelProcess process) {
        processes.put(process.number, process);
        known.put(process.number, process);
        latest.put(process.name, process);
    }

    @Nullable
    ModelProcess latest(String name) {
        return latest.get(name);
    }

    boolean isLatest(ModelProcess process) {
        return latest.get(process.name) == process;
    }

    /** Those of these names, the forgotten ones included. */
    List<ModelProcess> named(List<String> patterns) {
        return processes.values().stream()
                .filter(each -> matches(patterns, each.name))
                .toList();
    }

    void commit(ModelProcess process, Channel channel, long offset) {
        ModelStream stream = process.stream(channel);
        if (stream != null) {
            stream.commit(offset);
        }
        releaseIfSettled(process);
    }

    void takeExit(ModelProcess process) {
        process.taken |= process.ended;
        releaseIfSettled(process);
    }

    void forget(ModelProcess process) {
        process.forgotten = true;
        process.streams.values().forEach(each -> each.commit(each.end()));
        if (process.ended) {
            release(process);
        }
    }

    void end(ModelProcess process, int code) {
        process.ended = true;
        process.exitCode = code;
        if (process.forgotten) {
            release(process);
        }
    }

    private void releaseIfSettled(ModelProcess process) {
        if (process.isSettled()) {
            release(process);
        }
    }

    void release(ModelProcess process) {
        process.released = true;
        process.streams.values().forEach(each -> each.commit(each.end()));
        processes.remove(process.number);
        latest.remove(process.name, process);
    }

    // Listings.

    String listProcesses(List<String> patterns, boolean papas) {
        return sorted(named(patterns).stream()
                .filter(each -> papas ? isLatest(each) : !each.forgotten)
                .map(each -> papas ? each.papasLine() : each.quotedLine()));
    }

    String listSockets(List<String> patterns, boolean papas) {
        return sorted(sockets.values().stream()
                .filter(each -> matches(patterns, each.name()))
                .map(each -> each.line(papas)));
    }

    String listValues(List<String> patterns, boolean papas) {
        return sorted(values.entrySet().stream()
                .filter(each -> matches(patterns, each.getKey()))
                .map(each -> papas
                        ? each.getKey() + " " + each.getValue()
                        : Words.quote(each.getKey()) + " " + Words.quote(each.getValue())));
    }

    /** In the order of their bytes. */
    private static String sorted(Stream<String> lines) {
        List<String> sorted = new ArrayList<>(lines.map(Words::utf8).sorted().toList());
        StringBuilder text = new StringBuilder();
        sorted.forEach(each -> text.append(each).append('\n'));
        return Words.text(text.toString());
    }

    /** What {@code stats} must tell among other figures. */
    List<String> figures() {
        long ended = processes.values().stream().filter(each -> each.ended).count();
        long bytes = values.entrySet().stream()
                .mapToLong(each -> 64
                        + Words.utf8(each.getKey()).length()
                        + Words.utf8(each.getValue()).length())
                .sum();
        long held = processes.values().stream().mapToLong(ModelProcess::held).sum();
        return List.of(
                "running=" + (processes.size() - ended),
                "ended=" + ended,
                "launching=0",
                "heldback=0",
                "sockets=" + sockets.size(),
                "values=" + values.size(),
                "valuebytes=" + bytes,
                "leases=" + leases.count(),
                "output=" + held,
                "dropped=" + dropped,
                "starved=0");
    }
}
