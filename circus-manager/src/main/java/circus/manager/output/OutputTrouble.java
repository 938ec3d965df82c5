package circus.manager.output;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is wrong with the output of one watcher, or was.
 *
 * @param bytesLost dropped by the kernel, and told in a log file, since this manager was started
 * @param waiting the files that its output waits for
 */
public record OutputTrouble(long bytesLost, List<Waiting> waiting) {
    /**
     * A file, or another sink, that cannot be written at present.
     *
     * @param sinceSeconds since 1970
     */
    public record Waiting(String file, String reason, double sinceSeconds) {}

    static final OutputTrouble NONE = new OutputTrouble(0, List.of());

    public OutputTrouble {
        waiting = List.copyOf(waiting);
    }

    OutputTrouble withWaiting(Optional<Waiting> more) {
        List<Waiting> all = new ArrayList<>(waiting);
        more.ifPresent(all::add);
        return new OutputTrouble(bytesLost, all);
    }

    /** As {@code stats} and {@code status} tell it. */
    public Map<String, Object> toJson() {
        List<Object> files = new ArrayList<>();
        for (Waiting each : waiting) {
            Map<String, Object> file = new LinkedHashMap<>();
            file.put("file", each.file());
            file.put("reason", each.reason());
            file.put("since", each.sinceSeconds());
            files.add(file);
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("lost", bytesLost);
        fields.put("waiting", files);
        return fields;
    }
}
