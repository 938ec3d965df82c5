package circus.manager.output;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is wrong with the output of which watcher; put together only when that has changed. Runs on circus-output only. */
final class Troubles {
    private final LogFiles files;

    /** By watcher; as many as there are. */
    private final Map<String, Long> lost = new HashMap<>();

    private long bytesLost;
    private @Nullable Map<String, OutputTrouble> last;

    Troubles(LogFiles files) {
        this.files = files;
    }

    void lost(String watcher, long bytes) {
        bytesLost += bytes;
        lost.merge(watcher, bytes, Long::sum);
        last = null;
    }

    /** A file's state has changed, or who writes to it. */
    void changed() {
        last = null;
    }

    OutputCounts counts(OutputRoutes routes) {
        Map<String, OutputTrouble> now = last;
        if (now == null) {
            now = byWatcher(routes);
            last = now;
        }
        return files.counts(bytesLost, now);
    }

    private Map<String, OutputTrouble> byWatcher(OutputRoutes routes) {
        Map<String, List<OutputTrouble.Waiting>> waiting = new LinkedHashMap<>();
        routes.table().forEach((source, route) -> {
            if (route instanceof OutputRoute.ToFile toFile) {
                files.waiting(toFile.file())
                        .ifPresent(each -> waiting.computeIfAbsent(source.watcher(), added -> new ArrayList<>())
                                .add(each));
            }
        });
        Map<String, OutputTrouble> troubles = new LinkedHashMap<>();
        lost.forEach((watcher, bytes) -> troubles.put(watcher, new OutputTrouble(bytes, List.of())));
        waiting.forEach((watcher, each) -> troubles.put(
                watcher,
                new OutputTrouble(
                        lost.getOrDefault(watcher, 0L), each.stream().distinct().toList())));
        return troubles;
    }
}
